"""Queues as new callers get them."""

from typing import Any, TypedDict

from lambdas.api.queues.parts import ActionOfStep, CountedQueue, StepOfQueue
from lambdas.orders.model.queue import MayBeInvoiced, Queue


class CountedStepView(TypedDict):
    """`count`: how many orders are in the step."""

    order_step_id: int
    name: str
    status: str
    count: int


class CountedQueueView(TypedDict):
    order_queue_id: int
    name: str
    steps: list[CountedStepView]


class QueuesView(TypedDict):
    queues: list[CountedQueueView]


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
    """`key`: the queue's folder. `may_be_invoiced`: whose orders it takes without money held for them. `sendlink_*`: the mail
    that leads back to an unfinished order."""

    order_queue_id: int
    key: str
    name: str
    brand_id: int
    active: bool
    allow_quotes: bool
    may_be_invoiced: MayBeInvoiced
    sendlink_from: str
    sendlink_sub: str
    sendlink_body: str


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
    """`status`: ordinary, leads, complete or canceled. `priority`: its place, from 1. `expires_after_days`: of leads."""

    order_step_id: int
    order_queue_id: int
    name: str
    priority: int
    status: str
    expires_after_days: int | None


class QueueStepsView(TypedDict):
    steps: list[QueueStepView]


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
    """`priority`: its place in the step, from 1. `config`: settings of its module, as order.module_get names them."""

    order_action_id: int
    order_step_id: int
    order_queue_id: int
    name: str
    module: str
    priority: int
    automatic: bool
    optional: bool
    client_viewable: bool
    owner: str
    due_hours: int
    prereqs: list[int]
    config: dict[str, Any]


class QueueActionsView(TypedDict):
    actions: list[QueueActionView]


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
