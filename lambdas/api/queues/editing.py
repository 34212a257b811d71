"""Methods that would edit queues. Queues are files here, reviewed and deployed like code; each refusal says which and how.

They take all parameters of Ubersmith's (docs/reference/ubersmith.md), so that the refusal is about the edit.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Never

from pydantic import Field, create_model

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import QueuesAreFilesError
from lambdas.api.http.parameters import Count, Flag, Info, Request, Text
from lambdas.api.method import Method
from lambdas.api.queues.lookup import the_action, the_queue, the_step
from lambdas.api.queues.requests import ActionRequest, QueueRequest, StepRequest
from lambdas.records.users.rights import Right

_Module = Annotated[str, Field(min_length=1, max_length=100)]
_PARAMETERS: Mapping[str, tuple[Any, str]] = {
    "brand_id": (Count, "The brand of the new queue."),
    "active": (Flag | None, "1: the queue takes new orders."),
    "name": (Text, "The name of the queue, step or action."),
    "allow_quotes": (Flag | None, "1: the queue takes quotes."),
    "sendlink_from": (Text, "The sender of the mail with the link to an unfinished order."),
    "sendlink_sub": (Text, "The subject of that mail."),
    "sendlink_body": (Text, "The text of that mail."),
    "priority": (Count, "The place among the steps, or among the actions of the step; the lowest comes first."),
    "module": (Text, "The module that does the work."),
    "automatic": (Flag | None, "1: it runs automatically as soon as its prereqs are done or skipped."),
    "optional": (Flag | None, "1: it never holds up its step."),
    "client_viewable": (Flag | None, "1: the client may see it."),
    "prereqs": (
        Info | None,
        "Actions to be done or skipped first: a map of order_action_id to 1, or to 0 to remove one.",
    ),
    "config": (Info | None, "Settings of the module: a map of field to value."),
    "i18n": (Info | None, "The texts in other languages: a map of language to a map of field to text."),
}
_QUEUE = "name allow_quotes sendlink_from sendlink_sub sendlink_body i18n"
_STEP = "name priority i18n"
_ACTION = "name priority automatic optional client_viewable prereqs config i18n"


def _refuse(backend: Backend, request: Request, caller: Caller) -> Never:
    """Raise QueuesAreFilesError, which names the file. An unknown number is refused as such."""
    match request:
        case QueueRequest():
            key = the_queue(backend, request.order_queue_id, caller).key
        case StepRequest():
            key = the_step(backend, request.order_step_id, caller).queue.key
        case ActionRequest():
            key = the_action(backend, request.order_action_id, caller).queue.key
        case _:
            raise QueuesAreFilesError("<queue>", "write")
    raise QueuesAreFilesError(key)


def _nothing(found: Never) -> None:
    """No answer: every call is refused."""


def _row(title: str, about: type[Request], names: str, example: Mapping[str, Any], **required: Any) -> Method:
    """`names`: its optional parameters beside those of `about`."""
    fields: dict[str, Any] = {
        name: (kind, Field(default=None, description=text))
        for name, (kind, text) in _PARAMETERS.items()
        if name in names.split()
    }
    fields |= {name: (kind, Field(description=_PARAMETERS[name][1])) for name, kind in required.items()}
    return Method(
        title=f"{title}: always refused, queues are files here",
        request=create_model(f"{title.title().replace(' ', '')}Request", __base__=about, **fields),
        rights=(Right.VIEW,),
        verb=_refuse,
        answer=_nothing,
        view=_nothing,
        example=example,
    )


_AN_ACTION = {"order_step_id": 12, "module": "manual_check_off", "name": "Call the client"}
METHODS: dict[str, Method] = {
    "order.queue_add": _row("Add an order queue", Request, f"brand_id {_QUEUE}", {"brand_id": 1, "name": "Domains"}),
    "order.queue_update": _row(
        "Change an order queue", QueueRequest, f"active {_QUEUE}", {"order_queue_id": 1, "active": False}
    ),
    "order.queue_step_add": _row("Add a step", QueueRequest, _STEP, {"order_queue_id": 1, "name": "Review"}),
    "order.queue_step_update": _row("Change a step", StepRequest, _STEP, {"order_step_id": 12, "name": "Review"}),
    "order.queue_step_delete": _row("Delete a step", StepRequest, "", {"order_step_id": 12}),
    "order.queue_action_add": _row("Add an action", StepRequest, _ACTION, _AN_ACTION, module=_Module),
    "order.queue_action_update": _row(
        "Change an action", ActionRequest, f"module {_ACTION}", {"order_action_id": 101, "optional": True}
    ),
    "order.queue_action_delete": _row("Delete an action", ActionRequest, "", {"order_action_id": 101}),
}
