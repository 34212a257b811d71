"""Requests that would edit queues: all parameters of reference ubersmith-orders 4.5, so that the refusal is about the edit."""

from pydantic import Field

from lambdas.api.http.parameters import Count, Flag, Info, Request, Text
from lambdas.api.queues.requests import ActionRequest, QueueRequest, StepRequest

_I18N = "The texts in other languages: a map of language to a map of field to text."


class _QueueFields(Request):
    name: Text = Field(default=None, description="What the queue is called.")
    allow_quotes: Flag | None = Field(default=None, description="1: the queue takes quotes.")
    sendlink_from: Text = Field(default=None, description="Sender of the mail with the link to an unfinished order.")
    sendlink_sub: Text = Field(default=None, description="Subject of that mail.")
    sendlink_body: Text = Field(default=None, description="Text of that mail.")
    i18n: Info | None = Field(default=None, description=_I18N)


class QueueAddRequest(_QueueFields):
    """`order.queue_add`."""

    brand_id: Count = Field(default=None, description="Brand of the new queue.")


class QueueUpdateRequest(QueueRequest, _QueueFields):
    """`order.queue_update`."""

    active: Flag | None = Field(default=None, description="1: the queue takes new orders.")


class _StepFields(Request):
    name: Text = Field(default=None, description="What the step is called.")
    priority: Count = Field(default=None, description="Its place among the steps.")
    i18n: Info | None = Field(default=None, description=_I18N)


class StepAddRequest(QueueRequest, _StepFields):
    """`order.queue_step_add`."""


class StepUpdateRequest(StepRequest, _StepFields):
    """`order.queue_step_update`."""


class StepDeleteRequest(StepRequest):
    """`order.queue_step_delete`."""


class _ActionFields(Request):
    name: Text = Field(default=None, description="What the action is called.")
    priority: Count = Field(default=None, description="Its place among the actions of the step.")
    automatic: Flag | None = Field(
        default=None, description="1: runs by itself as soon as its prereqs are done or skipped."
    )
    optional: Flag | None = Field(default=None, description="1: never holds up its step.")
    client_viewable: Flag | None = Field(default=None, description="1: the client may see it.")
    prereqs: Info | None = Field(
        default=None, description="What must be done or skipped first: a map of order_action_id to 1."
    )
    config: Info | None = Field(default=None, description="Settings of the module: a map of field to value.")
    i18n: Info | None = Field(default=None, description=_I18N)


class ActionAddRequest(StepRequest, _ActionFields):
    """`order.queue_action_add`."""

    module: str = Field(min_length=1, max_length=100, description="The module that does the work.")


class ActionUpdateRequest(ActionRequest, _ActionFields):
    """`order.queue_action_update`. In `prereqs`, 0 takes a prereq off."""

    module: Text = Field(default=None, description="The module that does the work.")


class ActionDeleteRequest(ActionRequest):
    """`order.queue_action_delete`."""
