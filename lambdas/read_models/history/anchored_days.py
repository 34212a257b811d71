"""All anchors of a stage together, as `make verify-history` compares them with the chains. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from lambdas.read_models.history.anchors import Anchor, AnchoredChain, UnreadableAnchorError, hash_of, name_of_object
from lambdas.read_models.history.chain import Checked, Finding


@dataclass(frozen=True)
class Anchors:
    """All anchors of a stage: by day, each version of its object."""

    by_day: Mapping[str, tuple[Anchor, ...]]
    by_chain: Mapping[str, tuple[tuple[str, AnchoredChain], ...]]
    findings: tuple[Finding, ...] = ()

    def of_begin(self, begun_at: int) -> Iterator[Finding]:
        """Whether the record of when history was begun is as anchors have it."""
        known = {anchor.begun_at for found in self.by_day.values() for anchor in found} - {0}
        if known and known != {begun_at}:
            yield Finding("none", "begin", "was changed: an anchor has another time at which history was begun")

    def of_days(self) -> Iterator[Finding]:
        """Days between the first and the last anchor that have none."""
        if self.by_day:
            day, end = date.fromisoformat(self.first_day), date.fromisoformat(self.last_day)
            while day < end:
                if day.isoformat() not in self.by_day:
                    yield Finding("none", name_of_object(day.isoformat()), "is missing: the day has no anchor")
                day += timedelta(days=1)

    def of_chain(self, found: Checked, *, is_marked: bool) -> Iterator[Finding]:
        """How a chain differs from its anchors. `is_marked`: it was written to since the last anchor."""
        known = self.by_chain.get(found.of, ())
        for day, chain in known:
            yield from chain.problems(found, day)
        latest = max((chain.revision for _, chain in known), default=0)
        for item in found.items:
            is_due = self.first_day <= day_of(item.deed.at) <= self.last_day
            if is_due and not is_marked and not item.side and not item.is_late and item.revision > latest:
                order_id = found.of.partition("-")[0]
                yield Finding(
                    order_id, item.sk, f"is in no anchor, though it is from before the end of {self.last_day}"
                )
                return

    def of_missing(self, seen: Collection[str], order_ids: Collection[str]) -> Iterator[Finding]:
        """Chains that anchors have and the table has not. `order_ids`: those that were looked at; none: all."""
        for of, known in self.by_chain.items():
            order_id = of.partition("-")[0]
            if of not in seen and (not order_ids or order_id in order_ids):
                yield Finding(order_id, "all", f"are missing: the anchor of {known[-1][0]} has the chain")

    @property
    def first_day(self) -> str:
        return min(self.by_day, default="")

    @property
    def last_day(self) -> str:
        return max(self.by_day, default="")


def anchors_of(objects: Iterable[tuple[str, bytes]]) -> Anchors:
    """Read the objects, each version of each, given as key and content."""
    days: dict[str, list[tuple[str, Anchor]]] = {}
    findings = list[Finding]()
    for key, content in objects:
        try:
            anchor = Anchor.read(content)
            if key != name_of_object(anchor.day):
                raise UnreadableAnchorError(f"it is of {anchor.day}")
        except UnreadableAnchorError as error:
            findings.append(Finding("none", key, f"is no anchor: {error}"))
            continue
        days.setdefault(anchor.day, []).append((hash_of(content), anchor))
    findings += _broken_links(days)
    chains: dict[str, list[tuple[str, AnchoredChain]]] = {}
    for day in sorted(days):
        for _, anchor in days[day]:
            for chain in anchor.chains:
                chains.setdefault(chain.of, []).append((day, chain))
    by_day = {day: tuple(anchor for _, anchor in found) for day, found in days.items()}
    return Anchors(by_day, {of: tuple(found) for of, found in chains.items()}, tuple(findings))


def _broken_links(days: Mapping[str, list[tuple[str, Anchor]]]) -> Iterator[Finding]:
    before: set[str] = {""}
    for day in sorted(days):
        if not any(anchor.previous in before for _, anchor in days[day]):
            yield Finding(
                "none", name_of_object(day), "does not follow on the anchor before: one is missing, or was put in"
            )
        before = {known for known, _ in days[day]}


def day_of(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
