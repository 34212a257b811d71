"""Finds the queue, step or action that a call names, if the caller may see its queue."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import NotFoundError
from lambdas.orders.errors import QueueNotFoundError
from lambdas.orders.model.modules import ModuleFacts
from lambdas.orders.model.queue import Action, Queue, Step


@dataclass(frozen=True)
class CountedQueue:
    """`counts`: orders by step id; a step that is missing has none."""

    queue: Queue
    counts: Mapping[int, int]


@dataclass(frozen=True)
class StepOfQueue:
    """`priority`: its place in the queue, from 1."""

    queue: Queue
    step: Step
    priority: int


@dataclass(frozen=True)
class ActionOfStep:
    """`priority`: its place in the step, from 1."""

    queue: Queue
    step: Step
    action: Action
    priority: int


@dataclass(frozen=True)
class NamedModule:
    name: str
    facts: ModuleFacts


def the_queue(backend: Backend, order_queue_id: int, caller: Caller) -> Queue:
    """Raises NotFoundError, or NotHereError for who may not see all queues; so do the others."""
    queue = backend.queues.get(order_queue_id)
    if queue is None:
        raise caller.not_found(NotFoundError(f"Order queue ID '{order_queue_id}'", "order_queue_id"))
    caller.admit_to_record(queue.order_queue_id, queue.brand_id)
    return queue


def queue_to_fill(backend: Backend, order_queue_id: int, caller: Caller) -> Queue:
    """The queue that a call names to put something in. Raises NotAllowedError in the same words where there is none, for who
    may not do so in every queue; QueueNotFoundError, which names the queues, for all others."""
    queue = backend.queues.get(order_queue_id)
    caller.admit(order_queue_id, queue.brand_id if queue else None)
    if queue is None:
        raise caller.not_found(QueueNotFoundError(order_queue_id, list(backend.queues)))
    return queue


def the_step(backend: Backend, order_step_id: int, caller: Caller) -> StepOfQueue:
    for queue in backend.queues.values():
        for found in steps_of(queue):
            if found.step.id == order_step_id:
                caller.admit_to_record(queue.order_queue_id, queue.brand_id)
                return found
    raise caller.not_found(NotFoundError(f"Order step ID '{order_step_id}'", "order_step_id"))


def the_action(backend: Backend, order_action_id: int, caller: Caller) -> ActionOfStep:
    for queue in backend.queues.values():
        for place in steps_of(queue):
            for found in actions_of(place):
                if found.action.id == order_action_id:
                    caller.admit_to_record(queue.order_queue_id, queue.brand_id)
                    return found
    raise caller.not_found(NotFoundError(f"Order action ID '{order_action_id}'", "order_action_id"))


def steps_of(queue: Queue) -> list[StepOfQueue]:
    return [StepOfQueue(queue, step, priority) for priority, step in enumerate(queue.steps, 1)]


def actions_of(place: StepOfQueue) -> list[ActionOfStep]:
    return [ActionOfStep(place.queue, place.step, each, at) for at, each in enumerate(place.step.actions, 1)]
