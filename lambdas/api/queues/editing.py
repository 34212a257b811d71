"""Methods that would edit queues. Queues are files here, reviewed and deployed like code; each refusal says which and how."""

from collections.abc import Callable, Mapping
from typing import Any, Never

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import QueuesAreFilesError
from lambdas.api.http.parameters import Request
from lambdas.api.method import Method
from lambdas.api.queues import editing_requests as requests
from lambdas.api.queues.lookup import the_action, the_queue, the_step
from lambdas.api.queues.requests import ActionRequest, QueueRequest, StepRequest
from lambdas.records.users.rights import Right


def _add_queue(backend: Backend, request: requests.QueueAddRequest, caller: Caller) -> Never:
    raise QueuesAreFilesError("<queue>", "write")


def _edit_queue(backend: Backend, request: QueueRequest, caller: Caller) -> Never:
    raise QueuesAreFilesError(the_queue(backend, request.order_queue_id, caller).key)


def _edit_step(backend: Backend, request: StepRequest, caller: Caller) -> Never:
    raise QueuesAreFilesError(the_step(backend, request.order_step_id, caller).queue.key)


def _edit_action(backend: Backend, request: ActionRequest, caller: Caller) -> Never:
    raise QueuesAreFilesError(the_action(backend, request.order_action_id, caller).queue.key)


def _nothing(found: Never) -> None:
    """Nothing is ever found: every call is refused."""


def _refused(
    title: str,
    request: type[Request],
    verb: Callable[[Backend, Any, Caller], Never],
    example: Mapping[str, Any],
) -> Method:
    text = f"{title}: always refused, queues are files here"
    return Method(
        title=text, request=request, rights=(Right.VIEW,), verb=verb, answer=_nothing, view=_nothing, example=example
    )


METHODS: dict[str, Method] = {
    "order.queue_add": _refused(
        "Add an order queue", requests.QueueAddRequest, _add_queue, {"brand_id": 1, "name": "Domains"}
    ),
    "order.queue_update": _refused(
        "Change an order queue", requests.QueueUpdateRequest, _edit_queue, {"order_queue_id": 1, "active": False}
    ),
    "order.queue_step_add": _refused(
        "Add a step", requests.StepAddRequest, _edit_queue, {"order_queue_id": 1, "name": "Review"}
    ),
    "order.queue_step_update": _refused(
        "Change a step", requests.StepUpdateRequest, _edit_step, {"order_step_id": 12, "name": "Review"}
    ),
    "order.queue_step_delete": _refused("Delete a step", requests.StepDeleteRequest, _edit_step, {"order_step_id": 12}),
    "order.queue_action_add": _refused(
        "Add an action",
        requests.ActionAddRequest,
        _edit_step,
        {"order_step_id": 12, "module": "manual_check_off", "name": "Call the client"},
    ),
    "order.queue_action_update": _refused(
        "Change an action", requests.ActionUpdateRequest, _edit_action, {"order_action_id": 101, "optional": True}
    ),
    "order.queue_action_delete": _refused(
        "Delete an action", requests.ActionDeleteRequest, _edit_action, {"order_action_id": 101}
    ),
}
