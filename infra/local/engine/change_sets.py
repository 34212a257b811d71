"""Lets one deployment at a time change a stack.

AWS: a stack whose status ends in `_IN_PROGRESS` takes no further change set (ValidationError). Only a stack that is still to be
made, `REVIEW_IN_PROGRESS`, does.
The engine takes it, so that two deployments change the same resources at once.

Right as it is: a change set cannot be executed after another one was.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

from typing import Any

from ministack.services.cloudformation import changesets

from infra.local.engine.patching import rewrite

_TO_BE_MADE = "REVIEW_IN_PROGRESS"
_CREATE = '    new_stack_import = cs_type == "IMPORT" and (\n'
_REFUSE = '    if busy := _orderq_busy(stack):\n        return _error("ValidationError", busy)\n'


def apply() -> None:
    """Refuse change sets of stacks that another deployment is changing."""
    rewrite(changesets, "_create_change_set", (_CREATE, _REFUSE + _CREATE), _orderq_busy=busy)


def busy(stack: dict[str, Any] | None) -> str:
    """Why the stack takes no change now; empty if it does."""
    status = str(stack["StackStatus"]) if stack else ""
    if not status.endswith("_IN_PROGRESS") or status == _TO_BE_MADE:
        return ""
    return f"Stack:{stack['StackId'] if stack else ''} is in {status} state and can not be updated."
