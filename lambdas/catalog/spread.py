"""Rounds a sum once and spreads it over its parts, so that the parts add up to it."""

from collections.abc import Sequence


def spread(parts: Sequence[int], unit: int) -> tuple[int, ...]:
    """Whole units per part, in the order given. `parts` are exact, not negative, and counted in `unit`ths.

    The sum is rounded half up. Every part gets its whole units. The rest of the sum goes to the parts with the largest
    remainders, one unit each. Of equals the first one gets it. So no part is off by a whole unit; one of nothing gets none.
    """
    whole = [part // unit for part in parts]
    left = (sum(parts) + unit // 2) // unit - sum(whole)
    for index in sorted(range(len(parts)), key=lambda index: -(parts[index] % unit))[:left]:
        whole[index] += 1
    return tuple(whole)
