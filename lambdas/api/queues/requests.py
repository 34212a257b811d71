"""Requests that look at queues: names and types of reference/ubersmith.md 4.5 (`api-2.0-methods.json`)."""

from pydantic import Field

from lambdas.api.http.parameters import Request

_STEP = "The step of a queue, by its order_step_id."


class QueueListRequest(Request):
    """`order.queue_list`."""

    brand_id: int = Field(gt=0, description="Whose queues: the brand.")


class QueueRequest(Request):
    """`order.queue_get`, `order.queue_step_list`."""

    order_queue_id: int = Field(gt=0, description="The queue, by its order_queue_id.")


class StepRequest(Request):
    """`order.queue_step_get`, `order.queue_action_list`."""

    order_step_id: int = Field(gt=0, description=_STEP)


class ActionRequest(Request):
    """`order.queue_action_get`."""

    order_action_id: int = Field(gt=0, description="The action of a queue, by its order_action_id.")


class ModuleRequest(Request):
    """`order.module_get`."""

    order_module_name: str = Field(
        min_length=1, max_length=100, description="The module, by the name order.module_list gives it."
    )
