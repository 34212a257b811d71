"""Why an order waits, who must act and until when, and what can be done."""

from collections.abc import Mapping

from lambdas.desk.acts.act import Act
from lambdas.desk.pages.times import moment, span
from lambdas.orders.decisions import money_back
from lambdas.orders.decisions.hold_texts import hold_texts
from lambdas.orders.decisions.lead.lead_expiry import waits_of
from lambdas.orders.decisions.open_work import ADDRESS, ANSWERED_WITHIN_SECONDS, REPLY, REVIEW, open_work
from lambdas.orders.decisions.progress import unmet_prereqs
from lambdas.orders.decisions.same_address import doubled_client, doubled_why
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.waits import WaitKey, WaitKind
from lambdas.runtime.models import Frozen


class WaitLine(Frozen):
    """`remedy`: what can be done. `due`: empty for a wait without a deadline. `person`: who took it."""

    key: str
    person: str = ""
    what: str
    why: str
    owner: str
    since: str
    due: str
    overdue: bool
    remedy: str
    mark: str = "waiting"
    acts: tuple[Act, ...] = ()


def waits_shown(order: Order, acts: Mapping[str, tuple[Act, ...]], *, now: int) -> tuple[WaitLine, ...]:
    """`acts`: what the user may do with open work, by its key."""
    people = {work.key: work.person for work in open_work(order)}
    return tuple(
        line.changed(person=people.get(line.key, ""), acts=acts.get(line.key, ())) for line in _lines(order, now)
    )


def _lines(order: Order, now: int) -> list[WaitLine]:
    found = [_line(order, WaitKey(key), wait, now) for key, wait in waits_of(order).items()]
    if order.reply_waiting_at is not None:
        found.insert(0, _of_reply(order.reply_waiting_at, now))
    if (made := doubled_client(order)) is not None:
        found.insert(0, _of_address(order, made.at or now, now))
    if order.is_lead and order.review_at is not None:
        why = order.review_because or "somebody must look at it before its payment is tried again"
        remedy = "Look at the order. Submit it after review, or cancel it."
        found.insert(
            0,
            WaitLine(
                key=REVIEW, what="Review of the lead", why=why, owner="sales", since=moment(order.review_at), due="",
                overdue=False, remedy=remedy,
            ),
        )  # fmt: skip
    return found


def _of_reply(since: int, now: int) -> WaitLine:
    due_at = since + ANSWERED_WITHIN_SECONDS
    return WaitLine(
        key=REPLY,
        what="Reply of the client",
        why="The client wrote, and nobody has answered yet.",
        owner="sales",
        since=f"{moment(since)} ({span(max(0, now - since))})",
        due=moment(due_at),
        overdue=due_at < now,
        remedy="Send the client a message.",
    )


def _of_address(order: Order, since: int, now: int) -> WaitLine:
    due_at = since + ANSWERED_WITHIN_SECONDS
    return WaitLine(
        key=ADDRESS,
        what="Two clients with one address",
        why=doubled_why(order),
        owner="sales",
        since=f"{moment(since)} ({span(max(0, now - since))})",
        due=moment(due_at),
        overdue=due_at < now,
        remedy="Ask the buyer whether they are that client, and resolve which one your billing continues with.",
    )


def _line(order: Order, key: WaitKey, wait: Wait, now: int) -> WaitLine:
    what, why, remedy = _texts(order, key)
    return WaitLine(
        key=key,
        mark=_mark(order, key),
        what=what,
        why=why,
        owner="" if key.kind is WaitKind.GATE else wait.owner,
        since=f"{moment(wait.since)} ({span(max(0, now - wait.since))})",
        due=moment(wait.due_at),
        overdue=wait.overdue or (wait.due_at is not None and wait.due_at < now),
        remedy=remedy,
    )


def _mark(order: Order, key: WaitKey) -> str:
    action = order.actions.get(key.action_key)
    is_failed = key.kind in (WaitKind.MACHINE, WaitKind.UNDO) or (action is not None and action.failed_last)
    return "failed" if is_failed else "waiting"


def _texts(order: Order, key: WaitKey) -> tuple[str, str, str]:
    """The wait's name, its reason, and what can be done."""
    if key.kind is WaitKind.LEADS:
        return "Submit", "The client has not sent the order yet.", "Nothing needs to be done. An unsent order expires."
    if key.kind is WaitKind.MACHINE:
        why = order.machine_stopped_because or "Its execution ended before the order did."
        return "Stopped execution", why, "See why it stopped, then restart the order."
    if key in money_back.NAMES:
        return money_back.NAMES[key], *money_back.texts(order, key)
    action = order.actions.get(key.action_key)
    if action is None:
        return str(key), "The order has no such action any more.", "Restart or move the order."
    return _of_action(order, key.kind, action)


def _of_action(order: Order, kind: WaitKind, action: ChecklistAction) -> tuple[str, str, str]:
    match kind:
        case WaitKind.GATE:
            names = ", ".join(prereq.name for prereq in unmet_prereqs(order, action))
            return action.name, f"It comes after {names or 'other actions'}.", "It continues automatically after them."
        case WaitKind.UNDO:
            return f"Taking back {action.name}", action.reason, "Fix the cause, then process it to try again."
        case WaitKind.OUTSTANDING:
            why = f"Money of this skipped action is outstanding: {action.reason}"
            return action.name, why, "Process it to clear the money."
        case WaitKind.HOLD:
            return f"Money held for {action.name}", *hold_texts(order)
        case _:
            return action.name, action.reason or "Somebody must act.", _remedy(action)


def _remedy(action: ChecklistAction) -> str:
    if action.failed_last:
        return "Fix the cause, then process it to try again. Or skip it."
    if action.automatic:
        return "It continues automatically when an answer comes. It can be processed now, or skipped."
    return "Do it and process it, or skip it."
