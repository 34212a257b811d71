"""An entry of the worklist, with what its order says now."""

from typing import Annotated, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.orders.decisions import money_back
from lambdas.orders.decisions.hold_texts import hold_texts
from lambdas.orders.decisions.open_work import OpenWork, WorkKind
from lambdas.orders.decisions.same_address import doubled_why
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import WaitKey
from lambdas.read_models.worklist.listing import WorkEntry, WorklistPage
from lambdas.records.broken_promises import BrokenPromise


class WorkView(TypedDict):
    order_id: Annotated[str, Doc("The order's number.")]
    order_queue_id: Annotated[int, Doc("The queue it runs through.")]
    order_step_id: Annotated[int, Doc("The id of the step it is in.")]
    step: Annotated[str, Doc("The name of that step.")]
    wait: Annotated[str, Doc("What waits, for order.assign: an action's id, or a word with or without one.")]
    kind: Annotated[
        str,
        Doc("waiting, outside, failed, undo, outstanding, stopped, review, reply or money: why somebody must act."),
    ]
    order_action_id: Annotated[int | None, Doc("The action that waits; null if it is the whole order.")]
    action: Annotated[str, Doc("The action's name, or empty.")]
    reason: Annotated[str, Doc("Why it waits, or empty.")]
    team: Annotated[str, Doc("The team that must act.")]
    assigned_to: Annotated[str | None, Doc("The user in whose hands it is; null: in nobody's.")]
    assigned_at: Annotated[str | None, Doc("Since when.")]
    priority: Annotated[int, Doc("0 low, 1 normal, 2 high, 3 urgent.")]
    since: Annotated[str | None, Doc("Since when it waits.")]
    due_at: Annotated[str | None, Doc("Until when somebody should act.")]
    overdue: Annotated[bool, Doc("Whether that time is over.")]
    client_id: Annotated[str | None, Doc("The client who placed the order; null until there is one.")]
    listed_company: Annotated[str, Doc("The name the order is listed under.")]
    total: Annotated[str, Doc("What is charged first, with tax.")]
    currency: Annotated[str, Doc("ISO 4217 code, such as USD.")]
    revision: Annotated[int, Doc("The order's revision, as its ETag.")]


class UnreadableWorkView(TypedDict):
    order_id: Annotated[str, Doc("The order's number.")]
    why: Annotated[str, Doc("Why it cannot be read.")]


class ViolationView(TypedDict):
    promise: Annotated[str, Doc("The promise that is broken.")]
    place: Annotated[
        str, Doc("What breaks it: an order's number, or a step, a series of documents, a day of payments.")
    ]
    what: Annotated[str, Doc("What is wrong.")]
    mend: Annotated[str, Doc("How to fix it.")]
    first_day: Annotated[str, Doc("The day on which the nightly check found it first.")]
    last_day: Annotated[str, Doc("The day on which it was found last.")]


class WorklistView(TypedDict):
    """A page of the worklist. It may hold fewer than `limit`, and not be the last."""

    work: Annotated[list[WorkView], Doc("What waits, most urgent first.")]
    unreadable: Annotated[list[UnreadableWorkView], Doc("Orders that wait and could not be read.")]
    violations: Annotated[
        list[ViolationView],
        Doc("Broken promises that the nightly check found, for the team operations; on the first page, 100 at most."),
    ]
    more_violations: Annotated[bool, Doc("Whether there are more than are shown.")]
    next_cursor: Annotated[str | None, Doc("Send it as `cursor` for the next page; null after the last.")]
    behind_since: Annotated[
        str | None, Doc("The list does not know of some changes since then; null: there is no sign of that.")
    ]


def worklist_view(page: WorklistPage) -> WorklistView:
    return {
        "work": [_work(entry) for entry in page.entries],
        "unreadable": [{"order_id": order.order_id, "why": order.why} for order in page.unreadable],
        "violations": [_violation(each) for each in page.violations.shown],
        "more_violations": page.violations.are_more,
        "next_cursor": page.next_cursor,
        "behind_since": iso(page.behind_since),
    }


def _violation(broken: BrokenPromise) -> ViolationView:
    return {
        "promise": broken.promise,
        "place": broken.place,
        "what": broken.what,
        "mend": broken.mend,
        "first_day": broken.first_day,
        "last_day": broken.last_day,
    }


def _work(entry: WorkEntry) -> WorkView:
    order, work = entry.order, entry.work
    action = order.actions.get(str(work.action_id))
    return {
        "order_id": order.order_id,
        "order_queue_id": order.order_queue_id,
        "order_step_id": order.step_id,
        "step": order.step.name,
        "wait": work.key,
        "kind": work.kind.value,
        "order_action_id": work.action_id,
        "action": action.name if action else "",
        "reason": _reason(order, work),
        "team": work.team,
        "assigned_to": work.person or None,
        "assigned_at": iso(work.assignment.at if work.assignment else None),
        "priority": order.priority,
        "since": iso(work.since),
        "due_at": iso(work.due_at),
        "overdue": entry.is_overdue,
        "client_id": order.client_id,
        "listed_company": order.listed_company,
        "total": format_cents(order.total_cents, order.currency),
        "currency": order.currency,
        "revision": order.revision,
    }


def _reason(order: Order, work: OpenWork) -> str:
    if work.kind is WorkKind.REVIEW:
        return order.review_because
    if work.kind is WorkKind.STOPPED:
        return order.machine_stopped_because
    if work.kind is WorkKind.HOLD:
        return " ".join(hold_texts(order))
    if work.kind is WorkKind.SAME_ADDRESS:
        return doubled_why(order)
    if work.kind in (WorkKind.DISPUTE, WorkKind.REFUND):
        return " ".join(money_back.texts(order, WaitKey(work.key)))
    action = order.actions.get(str(work.action_id))
    return action.reason if action else ""
