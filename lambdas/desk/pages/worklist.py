"""Open work, most urgent first (`order.worklist`): of the user, of their teams, or all that they see."""

from lambdas.access.visibility import queues_seen_by
from lambdas.desk.acts.act import TAKE, Act
from lambdas.desk.acts.handling import work_name
from lambdas.desk.acts.offered import Offering
from lambdas.desk.desk import Desk
from lambdas.desk.pages.times import moment
from lambdas.desk.pages.who import listed_name
from lambdas.orders.decisions.open_work import WorkKind
from lambdas.read_models.worklist.listing import WorkEntry, WorklistPage, WorklistReader
from lambdas.read_models.worklist.pages import WorklistFilter
from lambdas.read_models.worklist.store import WorklistStore
from lambdas.read_models.worklist.violations import read_violations
from lambdas.records.broken_promises import BrokenPromise, BrokenPromises
from lambdas.records.users.api_user import ApiUser
from lambdas.runtime.models import Frozen

MINE, TEAMS, ALL = "mine", "teams", "all"
WHOSE = (TEAMS, MINE, ALL)
_PAGE = 50
_MARKS = {WorkKind.FAILED: "failed", WorkKind.UNDO: "failed", WorkKind.STOPPED: "failed"}
# Beside the action's name. What else waits has a name that says it.
_KINDS = {
    WorkKind.WAITING: "waiting",
    WorkKind.OUTSIDE: "waiting for an answer",
    WorkKind.FAILED: "failed",
    WorkKind.UNDO: "taking it back failed",
    WorkKind.OUTSTANDING: "money outstanding",
    WorkKind.HOLD: "held money lapses",
}
_URGENT = {2: "high", 3: "urgent"}


class WorkLine(Frozen):
    """`what`: the action, or what else waits. `kind`: how an action waits. `urgency`: empty for a normal or low priority.

    `take`: takes what nobody has.
    """

    order_id: str
    what: str
    kind: str
    mark: str
    who: str
    team: str
    person: str
    due: str
    overdue: bool
    urgency: str
    take: Act | None


class ViolationLine(Frozen):
    """`order_id`: of the order that breaks the promise; empty: none does. `since`: the day it was found first."""

    order_id: str
    place: str
    promise: str
    what: str
    mend: str
    since: str


class WorkShown(Frozen):
    """`whose`: mine, teams or all. `behind`: since when the list does not know of some changes; empty: no sign of that."""

    whose: str
    lines: tuple[WorkLine, ...]
    unreadable: tuple[str, ...]
    next_cursor: str
    behind: str
    violations: tuple[ViolationLine, ...]
    more_violations: bool


def read_worklist(desk: Desk, user: ApiUser, whose: str, cursor: str) -> WorkShown:
    """Raises InvalidOrderError for a cursor of another list."""
    whose = whose if whose in WHOSE else TEAMS if user.teams else ALL
    page = _page(desk, user, whose, cursor)
    return WorkShown(
        whose=whose,
        lines=tuple(_line(entry, _take(entry, user)) for entry in page.entries),
        unreadable=tuple(order.order_id for order in page.unreadable),
        next_cursor=page.next_cursor or "",
        behind=moment(page.behind_since),
        violations=tuple(map(_violation, page.violations.shown)),
        more_violations=page.violations.are_more,
    )


def _page(desk: Desk, user: ApiUser, whose: str, cursor: str) -> WorklistPage:
    queues = queues_seen_by(user, desk.service.queues)
    if not queues or (whose == TEAMS and not user.teams):
        return WorklistPage()
    criteria = WorklistFilter(
        queues=queues,
        teams=user.teams if whose == TEAMS else (),
        person=user.name if whose == MINE else "",
        limit=_PAGE,
        cursor=cursor or None,
    )
    reader = WorklistReader(WorklistStore(desk.read_models), desk.service.orders, user, desk.plans, desk.now())
    violations = read_violations(BrokenPromises(desk.records), desk.service.orders, user, criteria, of_all_queues=True)
    return reader.read(criteria).changed(violations=violations)


def _violation(broken: BrokenPromise) -> ViolationLine:
    return ViolationLine(
        order_id=broken.place if broken.place.isdecimal() else "",
        place=broken.place,
        promise=broken.promise,
        what=broken.what,
        mend=broken.mend,
        since=broken.first_day,
    )


def _take(entry: WorkEntry, user: ApiUser) -> Act | None:
    offer = Offering(entry.order, user, None, 0).of_work(entry.work) if not entry.work.person else ()
    return next((act.changed(label=f"Take {act.order_id}") for act in offer if act.what == TAKE), None)


def _line(entry: WorkEntry, take: Act | None) -> WorkLine:
    order, work = entry.order, entry.work
    return WorkLine(
        order_id=order.order_id,
        what=work_name(order, work),
        kind=_KINDS.get(work.kind, ""),
        mark=_MARKS.get(work.kind, "waiting"),
        who=listed_name(order),
        team=work.team,
        person=work.person,
        due=moment(work.due_at),
        overdue=entry.is_overdue,
        urgency=_URGENT.get(order.priority, ""),
        take=take,
    )
