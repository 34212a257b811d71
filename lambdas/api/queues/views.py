"""Queues as new callers get them."""

from typing import Annotated, Any, TypedDict

from typing_extensions import Doc

from lambdas.api.queues.lookup import ActionOfStep, CountedQueue, StepOfQueue
from lambdas.orders.model.queue import MayBeInvoiced, Queue


class CountedStepView(TypedDict):
    order_step_id: Annotated[int, Doc("The step's id.")]
    name: Annotated[str, Doc("The step's name.")]
    status: Annotated[str, Doc("ordinary, leads, complete or canceled.")]
    count: Annotated[int, Doc("How many orders are in the step.")]


class CountedQueueView(TypedDict):
    order_queue_id: Annotated[int, Doc("The queue's id.")]
    name: Annotated[str, Doc("The queue's name.")]
    steps: Annotated[list[CountedStepView], Doc("Its steps, in order.")]


class QueuesView(TypedDict):
    queues: Annotated[list[CountedQueueView], Doc("The queues that you may see.")]


def queues_view(found: list[CountedQueue]) -> QueuesView:
    return {"queues": [_counted(each) for each in found]}


def _counted(found: CountedQueue) -> CountedQueueView:
    steps: list[CountedStepView] = [
        {
            "order_step_id": step.id,
            "name": step.name,
            "status": step.status.name.lower(),
            "count": found.counts.get(step.id, 0),
        }
        for step in found.queue.steps
    ]
    return {"order_queue_id": found.queue.order_queue_id, "name": found.queue.name, "steps": steps}


class QueueView(TypedDict):
    order_queue_id: Annotated[int, Doc("The queue's id.")]
    key: Annotated[str, Doc("The name of the queue's folder.")]
    name: Annotated[str, Doc("The queue's name.")]
    brand_id: Annotated[int, Doc("The brand it sells for.")]
    active: Annotated[bool, Doc("Whether it takes new orders.")]
    allow_quotes: Annotated[bool, Doc("Whether quotes can be made for it.")]
    may_be_invoiced: Annotated[MayBeInvoiced, Doc("Who may pay by invoice later, without a payment held first.")]
    sendlink_from: Annotated[str, Doc("Sender of the mail that leads back to an unfinished order.")]
    sendlink_sub: Annotated[str, Doc("Subject of that mail.")]
    sendlink_body: Annotated[str, Doc("Text of that mail.")]


def queue_view(queue: Queue) -> QueueView:
    return {
        "order_queue_id": queue.order_queue_id,
        "key": queue.key,
        "name": queue.name,
        "brand_id": queue.brand_id,
        "active": queue.active,
        "allow_quotes": queue.allow_quotes,
        "may_be_invoiced": queue.may_be_invoiced,
        "sendlink_from": queue.sendlink_from,
        "sendlink_sub": queue.sendlink_sub,
        "sendlink_body": queue.sendlink_body,
    }


class QueueStepView(TypedDict):
    order_step_id: Annotated[int, Doc("The step's id.")]
    order_queue_id: Annotated[int, Doc("The queue it belongs to.")]
    name: Annotated[str, Doc("The step's name.")]
    priority: Annotated[int, Doc("Its place in the queue, from 1.")]
    status: Annotated[str, Doc("ordinary, leads, complete or canceled.")]
    expires_after_days: Annotated[
        int | None, Doc("Days until an unfinished order expires; null: never, or not a leads step.")
    ]


class QueueStepsView(TypedDict):
    steps: Annotated[list[QueueStepView], Doc("The steps, in order.")]


def steps_view(found: list[StepOfQueue]) -> QueueStepsView:
    return {"steps": [step_view(place) for place in found]}


def step_view(found: StepOfQueue) -> QueueStepView:
    return {
        "order_step_id": found.step.id,
        "order_queue_id": found.queue.order_queue_id,
        "name": found.step.name,
        "priority": found.priority,
        "status": found.step.status.name.lower(),
        "expires_after_days": found.step.expires_after_days,
    }


class QueueActionView(TypedDict):
    order_action_id: Annotated[int, Doc("The action's id.")]
    order_step_id: Annotated[int, Doc("The step it belongs to.")]
    order_queue_id: Annotated[int, Doc("The queue it belongs to.")]
    name: Annotated[str, Doc("The action's name.")]
    module: Annotated[str, Doc("The module that does it, as order.module_list names it.")]
    priority: Annotated[int, Doc("Its place in the step, from 1.")]
    automatic: Annotated[bool, Doc("Whether it starts without a person.")]
    optional: Annotated[bool, Doc("Whether its step can be left without it.")]
    client_viewable: Annotated[bool, Doc("Whether the client sees it.")]
    owner: Annotated[str, Doc("Who is responsible for it.")]
    due_hours: Annotated[int, Doc("Hours it may wait before it is overdue.")]
    prereqs: Annotated[list[int], Doc("Ids of the actions that must be done or skipped first.")]
    config: Annotated[dict[str, Any], Doc("Settings of its module, as order.module_get names them.")]


class QueueActionsView(TypedDict):
    actions: Annotated[list[QueueActionView], Doc("The actions, in order.")]


def actions_view(found: list[ActionOfStep]) -> QueueActionsView:
    return {"actions": [action_view(place) for place in found]}


def action_view(found: ActionOfStep) -> QueueActionView:
    action = found.action
    return {
        "order_action_id": action.id,
        "order_step_id": found.step.id,
        "order_queue_id": found.queue.order_queue_id,
        "name": action.name,
        "module": action.module,
        "priority": found.priority,
        "automatic": action.automatic,
        "optional": action.optional,
        "client_viewable": action.client_viewable,
        "owner": action.owner,
        "due_hours": action.due_hours,
        "prereqs": list(action.prereqs),
        "config": dict(action.config),
    }
