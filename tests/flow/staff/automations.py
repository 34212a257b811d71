"""Interprets our Automation documents, as Systems Manager is documented to: parameters, steps, `{{ }}`, outputs.

An execution is kept where the engine looks for it (infra/local/engine/automations.py). A step whose function raised an error
succeeds here, because AWS does not say that it fails: so the step behind it must notice.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.operations.documents import document
from lambdas.runbooks.catalog import RUNBOOKS
from lambdas.runbooks.runbook import Verb
from tests.flow.conftest import Shop

ALICE = "arn:aws:sts::000000000000:assumed-role/Operators/alice"
_KEPT_BELOW = "/orderq/automations/"
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_.:]+)\s*\}\}")
_SELECTOR = re.compile(r"\$\.([A-Za-z]+)\.([A-Za-z]+)")


class NotStarted(Exception):
    """Systems Manager would not start the document with these parameters."""


@dataclass
class Ended:
    """`text`: what the document put out. `failure`: why it failed."""

    execution_id: str
    status: str
    text: str = ""
    failure: str = ""


@dataclass
class Automation:
    """`ssm`, `functions`: clients. `function`: the name of the function. `by`: who starts."""

    ssm: Any
    functions: Any
    function: str
    stack_name: str
    by: str = ALICE
    answers: list[dict[str, Any]] = field(default_factory=list)

    def start(self, verb: Verb, **parameters: str | list[str]) -> Ended:
        """Start a document and run it to its end."""
        execution_id = self.keep(verb, parameters)
        return self.run(verb, execution_id, parameters)

    def keep(
        self, verb: Verb, parameters: Mapping[str, str | list[str]], *, record: Mapping[str, Any] | None = None
    ) -> str:
        """Keep an execution that is under way. `record`: what is otherwise in it; a value of None is left out."""
        content = self._document(verb)
        given = {name: [value] if isinstance(value, str) else value for name, value in parameters.items()}
        check_parameters(content["parameters"], given)
        execution_id = str(uuid.uuid4())
        execution = {
            "AutomationExecutionId": execution_id,
            "DocumentName": f"{self.stack_name}-{verb}",
            "DocumentVersion": "1",
            "AutomationExecutionStatus": "InProgress",
            "ExecutedBy": self.by,
            "Parameters": given,
            **(record or {}),
        }
        kept = {name: value for name, value in execution.items() if value is not None}
        self.ssm.put_parameter(
            Name=f"{_KEPT_BELOW}{execution_id}", Value=json.dumps(kept), Type="String", Overwrite=True
        )
        return execution_id

    def run(self, verb: Verb, execution_id: str, parameters: Mapping[str, Any], *, times: int = 1) -> Ended:
        """Run the steps of one that is kept. `times`: how often the first step is begun, as when its answer is lost."""
        content = self._document(verb)
        known = {"automation:EXECUTION_ID": execution_id, **parameters}
        name: str | None = content["mainSteps"][0]["name"]
        steps = {step["name"]: step for step in content["mainSteps"]}
        while name:
            step = steps[name]
            for _ in range(times if step["action"] == "aws:invokeLambdaFunction" else 1):
                try:
                    outputs = self._step(step, known)
                except Exception as error:  # noqa: BLE001 - what a script raises fails its step
                    return Ended(execution_id, "Failed", failure=str(error))
            known |= {f"{name}.{output}": value for output, value in outputs.items()}
            name = None if step.get("isEnd") else step["nextStep"]
        (output,) = content["outputs"]
        return Ended(execution_id, "Success", text=str(known[output]))

    def call(self, event: Any) -> dict[str, Any]:
        """Invoke the function itself, as somebody could who has the right to."""
        answer = self.functions.invoke(FunctionName=self.function, Payload=json.dumps(event))
        return {"FunctionError": answer.get("FunctionError", ""), **json.loads(answer["Payload"].read())}

    def _document(self, verb: Verb) -> dict[str, Any]:
        (runbook,) = (each for each in RUNBOOKS if each.verb is verb)
        return document(runbook, function=self.function, role="arn:aws:iam::000000000000:role/runbooks")

    def _step(self, step: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        inputs = resolved(step["inputs"], known)
        if step["action"] == "aws:invokeLambdaFunction":
            answer = self.functions.invoke(
                FunctionName=inputs["FunctionName"],
                InvocationType=inputs["InvocationType"],
                LogType=inputs["LogType"],
                Payload=json.dumps(inputs["InputPayload"]),
            )
            payload = answer["Payload"].read().decode()
            self.answers.append(json.loads(payload))
            return {"Payload": payload, "StatusCode": answer["StatusCode"]}
        assert step["action"] == "aws:executeScript"
        names: dict[str, Any] = {}
        exec(inputs["Script"], names)  # noqa: S102 - our own document
        answered = {"Payload": names[inputs["Handler"]](inputs["InputPayload"], {})}
        return {output["Name"]: _selected(answered, output["Selector"]) for output in step["outputs"]}


def automation(shop: Shop) -> Automation:
    """Of the deployed function."""
    functions = shop.client("lambda")
    pages = functions.get_paginator("list_functions").paginate()
    (function,) = (
        found["FunctionName"]
        for page in pages
        for found in page["Functions"]
        if found["Handler"] == "lambdas.runbooks.handler.handler"
    )
    return Automation(ssm=shop.client("ssm"), functions=functions, function=function, stack_name="OrderQueues-local")


def check_parameters(declared: Mapping[str, Any], given: Mapping[str, list[str]]) -> None:
    """Raise NotStarted as Systems Manager would refuse the start."""
    for name, values in given.items():
        if name not in declared:
            raise NotStarted(f"{name} is not declared")
        rules = declared[name]
        for value in values:
            if not 1 <= len(value) <= 512:
                raise NotStarted(f"{name} is empty or too long")
            if value not in rules.get("allowedValues", [value]):
                raise NotStarted(f"{name} is none of the allowed values")
            if not re.search(rules.get("allowedPattern", ""), value):
                raise NotStarted(f"{name} does not match its pattern")
    if missing := [name for name, rules in declared.items() if "default" not in rules and name not in given]:
        raise NotStarted(f"{', '.join(missing)} missing")


def resolved(value: Any, known: Mapping[str, Any]) -> Any:
    """The value with its variables filled in. A KeyError names one that nothing puts out."""
    if isinstance(value, Mapping):
        return {name: resolved(each, known) for name, each in value.items()}
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: str(known[found[1]]), value)
    return value


def _selected(answered: Mapping[str, Any], selector: str) -> Any:
    found = _SELECTOR.fullmatch(selector)
    assert found is not None, selector
    return answered[found[1]][found[2]]
