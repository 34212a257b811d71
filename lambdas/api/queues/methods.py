"""Queues, their steps, actions and modules. Queues are files here: a call that would edit one names the file to edit."""

from lambdas.api.auth.caller import Caller
from lambdas.api.auth.visibility import visible_queues
from lambdas.api.backend import Backend
from lambdas.api.errors import NotFoundError
from lambdas.api.http.parameters import NoParameters
from lambdas.api.method import Method
from lambdas.api.queues import module_views, views
from lambdas.api.queues import records_2_0 as answers
from lambdas.api.queues.lookup import (
    ActionOfStep,
    CountedQueue,
    NamedModule,
    StepOfQueue,
    actions_of,
    steps_of,
    the_action,
    the_queue,
    the_step,
)
from lambdas.api.queues.requests import ActionRequest, ModuleRequest, QueueListRequest, QueueRequest, StepRequest
from lambdas.orders.model.queue import Queue
from lambdas.records.step_counts import StepCounts
from lambdas.records.users.rights import Right

_VIEW = (Right.VIEW,)


def _queue_list(backend: Backend, request: QueueListRequest, caller: Caller) -> list[CountedQueue]:
    counts, visible = StepCounts(backend.records), visible_queues(backend, caller)
    return [
        CountedQueue(queue, counts.of_queue(queue_id))
        for queue_id, queue in backend.queues.items()
        if queue.brand_id == request.brand_id and queue_id in visible
    ]


def _queue_get(backend: Backend, request: QueueRequest, caller: Caller) -> Queue:
    return the_queue(backend, request.order_queue_id, caller)


def _step_list(backend: Backend, request: QueueRequest, caller: Caller) -> list[StepOfQueue]:
    return steps_of(the_queue(backend, request.order_queue_id, caller))


def _step_get(backend: Backend, request: StepRequest, caller: Caller) -> StepOfQueue:
    return the_step(backend, request.order_step_id, caller)


def _action_list(backend: Backend, request: StepRequest, caller: Caller) -> list[ActionOfStep]:
    return actions_of(the_step(backend, request.order_step_id, caller))


def _action_get(backend: Backend, request: ActionRequest, caller: Caller) -> ActionOfStep:
    return the_action(backend, request.order_action_id, caller)


def _module_list(backend: Backend, request: NoParameters, caller: Caller) -> list[NamedModule]:
    return [NamedModule(name, facts) for name, facts in sorted(backend.service.modules.items())]


def _module_get(backend: Backend, request: ModuleRequest, caller: Caller) -> NamedModule:
    facts = backend.service.modules.get(request.order_module_name)
    if facts is None:
        raise NotFoundError("Order module", "order_module_name")
    return NamedModule(request.order_module_name, facts)


METHODS: dict[str, Method] = {
    "order.queue_list": Method(
        title="List the order queues of a brand, with the number of orders in each step",
        request=QueueListRequest,
        rights=_VIEW,
        verb=_queue_list,
        answer=answers.queue_map,
        view=views.queues_view,
        reads=True,
        example={"brand_id": 1},
    ),
    "order.queue_get": Method(
        title="Get an order queue",
        request=QueueRequest,
        rights=_VIEW,
        verb=_queue_get,
        answer=answers.queue_data,
        view=views.queue_view,
        reads=True,
        example={"order_queue_id": 1},
    ),
    "order.queue_step_list": Method(
        title="List the steps of an order queue",
        request=QueueRequest,
        rights=_VIEW,
        verb=_step_list,
        answer=answers.step_map,
        view=views.steps_view,
        reads=True,
        example={"order_queue_id": 1},
    ),
    "order.queue_step_get": Method(
        title="Get a step of an order queue",
        request=StepRequest,
        rights=_VIEW,
        verb=_step_get,
        answer=answers.step_data,
        view=views.step_view,
        reads=True,
        example={"order_step_id": 12},
    ),
    "order.queue_action_list": Method(
        title="List the actions of a step",
        request=StepRequest,
        rights=_VIEW,
        verb=_action_list,
        answer=answers.action_map,
        view=views.actions_view,
        reads=True,
        example={"order_step_id": 12},
    ),
    "order.queue_action_get": Method(
        title="Get an action of an order queue",
        request=ActionRequest,
        rights=_VIEW,
        verb=_action_get,
        answer=answers.action_data,
        view=views.action_view,
        reads=True,
        example={"order_action_id": 101},
    ),
    "order.module_list": Method(
        title="List the modules that actions can run",
        request=NoParameters,
        rights=_VIEW,
        verb=_module_list,
        answer=answers.module_map,
        view=module_views.modules_view,
        reads=True,
    ),
    "order.module_get": Method(
        title="Get a module and its settings",
        request=ModuleRequest,
        rights=_VIEW,
        verb=_module_get,
        answer=answers.module_data,
        view=module_views.module_view,
        reads=True,
        example={"order_module_name": "call_webhook"},
    ),
}
