"""The tables of `make cost` and of docs/scale.md, in Markdown."""

from collections.abc import Sequence

from infra.costs.order import Cost


def table(costs: Sequence[Cost], per: str) -> str:
    """A line for each cost, and their sum. `per`: what the price is for, such as `a month`."""
    lines = [f"| {each.what} | {each.units:,.10g} | ${each.dollars:.4f} |" for each in costs]
    total = f"| **together** | | **${sum(each.dollars for each in costs):.2f}** |"
    return "\n".join([f"| what | units | {per} |", "| --- | --- | --- |", *lines, total])
