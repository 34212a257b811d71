"""The step, the actions and the waits of an order as new callers get them."""

from typing import Annotated, Any, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.orders.decisions.lead.lead_expiry import waits_of
from lambdas.orders.decisions.open_work import open_work
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Assignment, Order, Wait


class StepView(TypedDict):
    order_step_id: Annotated[int, Doc("The step's id.")]
    name: Annotated[str, Doc("The step's name.")]
    status: Annotated[str, Doc("ordinary, leads, complete or canceled.")]


class ActionView(TypedDict):
    order_action_id: Annotated[int, Doc("The action's id.")]
    order_step_id: Annotated[int, Doc("The id of the step it belongs to.")]
    name: Annotated[str, Doc("The action's name.")]
    module: Annotated[str, Doc("The module that does it, as order.module_list names it.")]
    automatic: Annotated[bool, Doc("Whether it starts without a person.")]
    optional: Annotated[bool, Doc("Whether its step can be left without it.")]
    owner: Annotated[str, Doc("Who is responsible for it.")]
    prereqs: Annotated[list[int], Doc("Ids of the actions that must be done or skipped first.")]
    state: Annotated[str, Doc("pending, running, waiting, failed, done, skipped or undone.")]
    reason: Annotated[str, Doc("Why it is in this state, or empty.")]
    attempts: Annotated[int, Doc("How often it has run.")]
    at: Annotated[str | None, Doc("When its state last changed.")]
    by: Annotated[str | None, Doc("The user who last acted on it; null if none did.")]
    result: Annotated[dict[str, Any], Doc("What its module returned.")]
    paused_until: Annotated[
        str | None, Doc("When a pause that it waits for ends, unless that is changed; null: it waits for none.")
    ]


_FOR = (
    "An action's id; `leads`: the submit; `machine`: a restart of its execution; or a prefix and an action's id: `undo_` to "
    "undo it, `gate_` for the actions before it, `settle_` for what a skipped action left at a provider."
)
WaitView = TypedDict(
    "WaitView",
    {
        "for": Annotated[str, Doc(_FOR)],
        "owner": Annotated[str, Doc("Who must act.")],
        "since": Annotated[str | None, Doc("Since when it waits.")],
        "due_at": Annotated[str | None, Doc("Until when the owner should act; null: without a deadline.")],
        "overdue": Annotated[bool, Doc("Whether that time is over.")],
        "assigned_to": Annotated[str | None, Doc("The user in whose hands it is; null: in nobody's.")],
        "assigned_at": Annotated[str | None, Doc("Since when.")],
    },
)


def step_view(order: Order) -> StepView:
    return {"order_step_id": order.step_id, "name": order.step.name, "status": order.step_status.name.lower()}


def wait_views(order: Order) -> list[WaitView]:
    taken = {work.key: work.assignment for work in open_work(order)} if order.assigned else {}
    return [_wait(key, wait, taken.get(key)) for key, wait in waits_of(order).items()]


def _wait(key: str, wait: Wait, taken: Assignment | None) -> WaitView:
    return {
        "for": key,
        "owner": wait.owner,
        "since": iso(wait.since),
        "due_at": iso(wait.due_at),
        "overdue": wait.overdue,
        "assigned_to": taken.to if taken else None,
        "assigned_at": iso(taken.at if taken else None),
    }


def action_view(order: Order, action: ChecklistAction) -> ActionView:
    return {
        "order_action_id": action.action_id,
        "order_step_id": action.step_id,
        "name": action.name,
        "module": action.module,
        "automatic": action.automatic,
        "optional": action.optional,
        "owner": action.owner,
        "prereqs": list(action.prereqs),
        "state": action.state.value,
        "reason": action.reason,
        "attempts": action.attempts,
        "at": iso(order.at_of(action)),
        "by": action.by or None,
        "result": action.result,
        "paused_until": iso(action.paused_until),
    }
