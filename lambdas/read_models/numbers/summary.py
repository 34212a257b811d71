"""The numbers of some days of a queue, read out of what was counted. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lambdas.read_models.numbers.histogram import quantile_seconds

Numbers = Mapping[str, int]
_APART = "#"


@dataclass(frozen=True)
class StepTime:
    """How long orders were in a step that they left: how many, and the time that half and nine tenths of them did not exceed."""

    step_id: int
    left: int
    median_seconds: int
    p90_seconds: int


@dataclass(frozen=True)
class Money:
    """Sums in cents. `submitted`: of the orders submitted. `canceled`: of orders canceled before they were invoiced."""

    currency: str
    submitted: int
    captured: int
    returned: int
    canceled: int

    @property
    def outstanding(self) -> int:
        """The submitted that is neither captured nor canceled. Of some days it may be negative: earlier orders were paid."""
        return self.submitted - self.captured - self.canceled


def sum_of(days: Iterable[Numbers]) -> Numbers:
    total = Counter[str]()
    for numbers in days:
        total.update(numbers)
    return total


def step_times(numbers: Numbers) -> tuple[StepTime, ...]:
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for name, count in numbers.items():
        kind, *rest = name.split(_APART)
        if kind == "left":
            counts[int(rest[0])][int(rest[1])] = count
    return tuple(
        StepTime(
            step_id,
            sum(buckets.values()),
            quantile_seconds(buckets, 0.5) or 0,
            quantile_seconds(buckets, 0.9) or 0,
        )
        for step_id, buckets in sorted(counts.items())
    )


def money(numbers: Numbers) -> tuple[Money, ...]:
    """By currency."""
    kinds = ("submitted", "captured", "returned", "canceled")
    by_kind = {kind: by_name(numbers, f"{kind}_cents") for kind in kinds}
    currencies = sorted(set().union(*by_kind.values()))
    return tuple(Money(each, *(by_kind[kind].get(each, 0) for kind in kinds)) for each in currencies)


def by_name(numbers: Numbers, kind: str) -> dict[str, int]:
    """The numbers of this kind by what stands behind it, such as a team."""
    found = (name.partition(_APART) for name in numbers)
    return {rest: numbers[f"{kind}{_APART}{rest}"] for first, _, rest in found if first == kind}
