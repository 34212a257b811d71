"""Shows what is paused, by whom, why and until when, and how many orders wait for it."""

from lambdas.desk.desk import Desk
from lambdas.desk.pages.times import moment
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.pauses import Pause, PauseKind
from lambdas.pausing.pausing import Pausing
from lambdas.records.pauses.waiting_orders import count_waiting
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen


class PauseLine(Frozen):
    """`key`: names what is paused, as `module:call_webhook`. `pause_id`, `revision`: the pause as it was shown.

    `effect`: a sentence, or empty. `waiting`: how many orders wait for it, in words; empty: not known. `over`: since when it is
    over while its orders continue.
    """

    key: str
    pause_id: str
    revision: int
    what: str
    effect: str
    reason: str
    by: str
    since: str
    until: str
    over: str
    waiting: str = ""
    may_pause: bool = False


class PausesPage(Frozen):
    """`groups`: what the user may pause: a title, and keys with names."""

    lines: tuple[PauseLine, ...]
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def read_pauses(desk: Desk, pausing: Pausing, user: ApiUser) -> PausesPage:
    listed = pausing.list_pauses(user)
    lines = tuple(_with_orders(desk, pausing, user, pause) for pause in listed)
    return PausesPage(lines=lines, groups=tuple(_groups(desk, pausing, user)))


def pause_line(desk: Desk, pause: Pause) -> PauseLine:
    return PauseLine(
        key=f"{pause.kind.value}:{pause.name}",
        pause_id=pause.pause_id,
        revision=pause.revision,
        what=_what(desk, pause.kind, pause.name),
        effect=f"No money is moved at {pause.name}." if pause.kind is PauseKind.GATEWAY else "",
        reason=pause.reason,
        by=pause.by,
        since=moment(pause.since),
        until=moment(pause.ends_at),
        over=moment(
            pause.over_at if pause.over_at is not None else pause.ends_at if pause.ends_at <= desk.now() else None
        ),
    )


def _with_orders(desk: Desk, pausing: Pausing, user: ApiUser, pause: Pause) -> PauseLine:
    line = pause_line(desk, pause)
    may = pausing.may_pause(user, pause.kind, pause.name) and pause.is_active(desk.now())
    return line.changed(waiting=_waiting(desk, user, pause), may_pause=may)


def _waiting(desk: Desk, user: ApiUser, pause: Pause) -> str:
    """A count over all queues is for who sees all of them."""
    if pause.kind is PauseKind.QUEUE:
        queue = desk.service.queues.get(int(pause.name))
        leads = next((step.id for step in queue.steps if step.status is StepStatus.LEADS), None) if queue else None
        count = desk.counts.of_queue(int(pause.name)).get(leads, 0) if leads else 0
        return f"{count} {'lead' if count == 1 else 'leads'}"
    if not user.may_everywhere(Right.VIEW):
        return ""
    found = count_waiting(desk.records, pause)
    number = f"more than {found.orders}" if found.more else str(found.orders)
    return f"{number} {'order' if number == '1' else 'orders'}"


def _what(desk: Desk, kind: PauseKind, name: str) -> str:
    match kind:
        case PauseKind.MODULE:
            facts = desk.service.modules.get(name)
            return f"Module {facts.label if facts else name}"
        case PauseKind.GATEWAY:
            return f"Payment gateway {name}"
    queue = desk.service.queues.get(int(name))
    return f"Submits of the queue {queue.name if queue else name}"


def _groups(desk: Desk, pausing: Pausing, user: ApiUser) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    modules = sorted((facts.label, name) for name, facts in desk.service.modules.items())
    named = [
        ("Payment gateways", PauseKind.GATEWAY, [(name, name) for name in pausing.gateways]),
        ("Modules", PauseKind.MODULE, [(name, label) for label, name in modules]),
        (
            "Submits of queues",
            PauseKind.QUEUE,
            [(str(queue.order_queue_id), queue.name) for queue in desk.queues_of(user)],
        ),
    ]
    groups = []
    for title, kind, names in named:
        allowed = tuple((f"{kind.value}:{name}", label) for name, label in names if pausing.may_pause(user, kind, name))
        if allowed:
            groups.append((title, allowed))
    return groups
