"""Results of the bulk methods, which both doors answer in their own form."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.bulk.run import Outcome, OutcomeKind, Run


@dataclass(frozen=True)
class RunReport:
    """A run with its counts, and a page of its outcomes."""

    run: Run
    counts: Mapping[OutcomeKind, int]
    outcomes: tuple[Outcome, ...] = ()
    next_cursor: str = ""


@dataclass(frozen=True)
class RunPage:
    """Runs with their counts, the latest first."""

    reports: tuple[RunReport, ...]
    next_cursor: str
