"""The documents of runbooks, held to what Systems Manager documents of schema 0.3.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html
"""

import ast
import json
import re
from typing import Any

import pytest

from infra.app import ROOT
from infra.operations.documents import STEP_SECONDS, document
from lambdas.runbooks.catalog import RUNBOOKS
from lambdas.runbooks.runbook import Runbook
from tests.flow.staff.automations import resolved
from tests.infra.template import Synthesized, name_of

MOST_BYTES = 64 * 1024
TYPES = {"String", "StringList", "Boolean", "Integer", "MapList", "StringMap"}
OF_PARAMETERS = {
    "type",
    "description",
    "default",
    "allowedValues",
    "allowedPattern",
    "minChars",
    "maxChars",
    "minItems",
}
OF_STEPS = {
    *("name", "action", "description", "inputs", "outputs", "maxAttempts", "timeoutSeconds", "onFailure", "onCancel"),
    *("nextStep", "isEnd", "isCritical"),
}
INPUTS = {
    "aws:invokeLambdaFunction": {
        "FunctionName",
        "Qualifier",
        "InvocationType",
        "LogType",
        "ClientContext",
        "InputPayload",
    },
    "aws:executeScript": {"Runtime", "Handler", "InputPayload", "Script", "Attachment"},
}
PUT_OUT = {
    "aws:invokeLambdaFunction": {"StatusCode", "FunctionError", "LogResult", "Payload"},
    "aws:executeScript": {"Payload"},
}
LONGEST_SECONDS = {"aws:invokeLambdaFunction": 300, "aws:executeScript": 600}
ROLE = FUNCTION = "arn:aws:x::000000000000:y"

each_runbook = pytest.mark.parametrize("runbook", RUNBOOKS, ids=[runbook.verb for runbook in RUNBOOKS])


def content_of(runbook: Runbook) -> dict[str, Any]:
    return document(runbook, function=FUNCTION, role=ROLE)


def test_each_runbook_is_a_document_of_the_stage(operations: Synthesized) -> None:
    documents = operations.properties_of_type("AWS::SSM::Document")

    assert {each["Name"] for each in documents.values()} == {
        runbook.document_name(operations.settings.stack_name) for runbook in RUNBOOKS
    }
    for each in documents.values():
        assert re.fullmatch(r"[a-zA-Z0-9_\-.]{3,128}", each["Name"])
        assert not each["Name"].lower().startswith(("aws", "amazon", "amzn"))
        assert (each["DocumentType"], each["DocumentFormat"]) == ("Automation", "JSON")
        assert each["UpdateMethod"] == "NewVersion"
        assert len(json.dumps(each["Content"])) < MOST_BYTES
        assert name_of(each["Content"]["assumeRole"]) == "RunbooksRole"


def test_the_role_of_documents_may_call_the_function_and_only_automations_here_assume_it(
    operations: Synthesized,
) -> None:
    role = operations.properties("RunbooksRole")
    ((statement,),) = [each["PolicyDocument"]["Statement"] for each in role["Policies"]]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert (statement["Action"], statement["Effect"]) == ("lambda:InvokeFunction", "Allow")
    assert "RunbooksHandlerFunction" in json.dumps(statement["Resource"])
    assert "*" not in json.dumps(statement["Resource"])
    assert trust["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "automation-execution/*" in json.dumps(trust["Condition"]["ArnLike"]["aws:SourceArn"])


@each_runbook
def test_a_document_has_nothing_that_the_schema_does_not_know(runbook: Runbook) -> None:
    content = content_of(runbook)

    assert set(content) <= {"schemaVersion", "description", "assumeRole", "parameters", "mainSteps", "outputs", "files"}
    assert content["schemaVersion"] == "0.3"
    assert 0 < len(content["description"]) <= 1024
    for name, parameter in content["parameters"].items():
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,49}", name)
        assert set(parameter) <= OF_PARAMETERS
        assert parameter["type"] in TYPES
        assert len(parameter["description"]) <= 1024
    for step in content["mainSteps"]:
        assert set(step) <= OF_STEPS
        assert re.fullmatch(r"[A-Za-z0-9_\-.]{1,128}", step["name"])
        assert set(step["inputs"]) <= INPUTS[step["action"]]
        assert step["timeoutSeconds"] <= LONGEST_SECONDS[step["action"]]


@each_runbook
def test_a_default_fits_its_parameter(runbook: Runbook) -> None:
    for name, parameter in content_of(runbook)["parameters"].items():
        assert ("default" in parameter) is parameter["description"].startswith("(Optional)"), name
        pattern = re.compile(parameter.get("allowedPattern", ""))
        for value in [parameter["default"]] if isinstance(parameter.get("default"), str) else []:
            assert value in parameter.get("allowedValues", [value]), name
            assert pattern.search(value), name


@each_runbook
def test_steps_lead_to_an_end_and_name_only_what_is_put_out_before(runbook: Runbook) -> None:
    content = content_of(runbook)
    known = {"automation:EXECUTION_ID": "", **dict.fromkeys(content["parameters"], "")}
    steps = {step["name"]: step for step in content["mainSteps"]}
    name, seen = content["mainSteps"][0]["name"], list[str]()
    while True:
        step = steps[name]
        seen.append(name)
        resolved(step["inputs"], known)  # KeyError for what is not there
        own = {output["Name"] for output in step.get("outputs", ())} | PUT_OUT[step["action"]]
        known |= {f"{name}.{output}": "" for output in own}
        for output in step.get("outputs", ()):
            assert output["Selector"].split(".")[1] in PUT_OUT[step["action"]]
            assert output["Type"] in TYPES
        if step.get("isEnd"):
            break
        name = step["nextStep"]

    assert seen == list(steps)
    assert set(content["outputs"]) <= set(known)


@each_runbook
def test_no_parameter_is_put_into_a_step(runbook: Runbook) -> None:
    """The function asks Systems Manager for them, so a value can neither forge a field nor be read as a variable."""
    content = content_of(runbook)

    assert not any(f"{{{{ {name} }}}}" in json.dumps(content["mainSteps"]) for name in content["parameters"])
    assert content["mainSteps"][0]["inputs"]["InputPayload"] == {"execution_id": "{{ automation:EXECUTION_ID }}"}


@each_runbook
def test_what_acts_on_many_shows_first(runbook: Runbook) -> None:
    assert runbook.has_preview is (runbook.verb in {"redrive-window", "bulk", "replay-dead-letters"})
    if runbook.has_preview:
        assert content_of(runbook)["parameters"]["Preview"]["default"] == "yes"


def test_the_script_is_python_with_its_handler() -> None:
    inputs = content_of(RUNBOOKS[0])["mainSteps"][1]["inputs"]
    names = {node.name for node in ast.parse(inputs["Script"]).body if isinstance(node, ast.FunctionDef)}

    assert inputs["Handler"] in names


def test_a_step_outlasts_its_function(prod: Synthesized) -> None:
    assert prod.functions["RunbooksHandler"]["Timeout"] < STEP_SECONDS


def test_no_two_runbooks_have_one_name() -> None:
    assert len({runbook.verb for runbook in RUNBOOKS}) == len(RUNBOOKS)


def test_the_page_of_each_alarm_names_runbooks_that_there_are() -> None:
    pages = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
    verbs = {runbook.verb.value for runbook in RUNBOOKS}

    assert len(pages) > 20
    for page in pages:
        found = re.findall(r"^Runbook: (.+)$", page.read_text("utf-8"), re.MULTILINE)
        assert len(found) == 1, f"{page.name} needs a line `Runbook: ...` that names what helps, or says `none; ...`"
        line = found[0]
        named = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", line))
        assert (named and named <= verbs) or line.startswith("none;"), page.name
