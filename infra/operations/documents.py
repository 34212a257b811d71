"""The content of a runbook's document.

It has two steps. The first calls the function with the automation's id and nothing else: the function asks Systems Manager who
started it, and with which parameters. The second tells the outcome, and fails with the text of a refusal. Whether a step fails
if its function raised an error is not documented, so the second step looks itself.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html
"""

from typing import Any

from lambdas.runbooks.parameters import Parameter
from lambdas.runbooks.runbook import Runbook

STEP_SECONDS = 290  # the longest that a step may call a function is 300
_TRIES = 2

TELL = """\
import json


def tell(event, context):
    answer = event["Answer"]
    told = answer if isinstance(answer, dict) else json.loads(answer)
    if told.get("outcome") != "done":
        raise Exception(told.get("text") or "The function failed, and its log says why. Look at what was done, then start again.")
    return {"Text": told["text"]}
"""


def document(runbook: Runbook, *, function: str, role: str) -> dict[str, Any]:
    """The content of the runbook's document. `function`, `role`: their ARNs."""
    return {
        "schemaVersion": "0.3",
        "description": runbook.about,
        "assumeRole": role,
        "parameters": {parameter.name: _declared(parameter) for parameter in runbook.parameters},
        "mainSteps": [_act(function), _tell()],
        "outputs": ["Tell.Text"],
    }


def _act(function: str) -> dict[str, Any]:
    return {
        "name": "Act",
        "action": "aws:invokeLambdaFunction",
        "maxAttempts": _TRIES,
        "timeoutSeconds": STEP_SECONDS,
        "onFailure": "Abort",
        "inputs": {
            "FunctionName": function,
            "InvocationType": "RequestResponse",
            "LogType": "None",
            "InputPayload": {"execution_id": "{{ automation:EXECUTION_ID }}"},
        },
        "nextStep": "Tell",
    }


def _tell() -> dict[str, Any]:
    return {
        "name": "Tell",
        "action": "aws:executeScript",
        "timeoutSeconds": 60,
        "onFailure": "Abort",
        "isEnd": True,
        "inputs": {
            "Runtime": "python3.11",
            "Handler": "tell",
            "Script": TELL,
            "InputPayload": {"Answer": "{{ Act.Payload }}"},
        },
        "outputs": [{"Name": "Text", "Selector": "$.Payload.Text", "Type": "String"}],
    }


def _declared(parameter: Parameter) -> dict[str, Any]:
    declared: dict[str, Any] = {
        "type": "StringList" if parameter.is_list else "String",
        "description": f"({'Required' if parameter.is_needed else 'Optional'}) {parameter.about}",
    }
    if parameter.default is not None:
        declared["default"] = [] if parameter.is_list else parameter.default
    if parameter.choices:
        declared["allowedValues"] = list(parameter.choices)
    elif parameter.pattern and not parameter.is_list:  # a pattern is for a String alone
        none = "" if parameter.is_needed or parameter.default else "^$|"
        declared["allowedPattern"] = f"{none}^{parameter.pattern}$"
    return declared
