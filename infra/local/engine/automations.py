"""Answers `GetAutomationExecution` of Systems Manager.

AWS: `StartAutomationExecution` runs a document and remembers who started it; `GetAutomationExecution` tells.
The engine knows neither, and this runs no document. An execution that is kept as a parameter `/orderq/automations/<id>`, JSON of
the `AutomationExecution`, is found by its id: tests, which interpret documents, keep one there.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetAutomationExecution.html
"""

import json
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import ssm

from infra.local.engine.patching import rewrite

KEPT_BELOW = "/orderq/automations/"
_NOT_FOUND = "AutomationExecutionNotFoundException"


def apply() -> None:
    """Know executions of automations that are kept as parameters."""
    rewrite(
        ssm,
        "handle_request",
        (
            '        "GetServiceSetting": _get_service_setting,\n',
            '        "GetServiceSetting": _get_service_setting,\n'
            '        "GetAutomationExecution": _orderq_get_automation_execution,\n',
        ),
        _orderq_get_automation_execution=get_automation_execution,
    )


def get_automation_execution(asked: dict[str, Any]) -> Any:
    """The execution with this id, or AWS's error for one that is not there."""
    kept = ssm.resolve_parameter_value(f"{KEPT_BELOW}{asked.get('AutomationExecutionId', '')}")
    if kept is None:
        return error_response_json(_NOT_FOUND, "There is no automation execution of this id", 400)
    return json_response({"AutomationExecution": json.loads(kept)})
