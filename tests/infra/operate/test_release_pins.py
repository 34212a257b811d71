"""No change of the stack replaces or deletes what holds state, or takes from a role what an execution under way may need."""

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra.generate.permissions_page import stage_of_the_page
from infra.operate.cost import resources_by_id
from infra.permissions.grants import Grant, grants_of
from tests.infra.filled_in import filled_in_prod
from tests.infra.operate.release_pins import (
    KEPT_FILE,
    PERMISSIONS_FILE,
    STATEFUL,
    grants_in,
    kept,
    lost,
)

MAY_BE_MADE_AGAIN = {"AWS::StepFunctions::StateMachine", "AWS::ApiGatewayV2::Api", "AWS::Events::EventBus"}


@pytest.fixture(scope="module")
def resources() -> Mapping[str, Any]:
    return resources_by_id(filled_in_prod())


def test_what_holds_state_is_what_it_was(resources: Mapping[str, Any]) -> None:
    """A changed or missing line means that CloudFormation replaces or deletes it: take the change back.

    A new line is fine: `python -m tests.infra.operate.release_pins kept`, and look at the difference.
    """
    assert kept(resources) == json.loads(KEPT_FILE.read_text("utf-8"))


def test_all_that_holds_state_outlives_the_stack_of_a_stage_that_keeps_its_data(resources: Mapping[str, Any]) -> None:
    for logical_id, each in kept(resources).items():
        if each["type"] not in MAY_BE_MADE_AGAIN:
            assert (each["when_deleted"], each["when_replaced"]) == ("Retain", "Retain"), logical_id
        if each["type"] == "AWS::DynamoDB::Table":
            assert each["protected"], logical_id
    for logical_id, each in resources.items():
        if each["Type"] == "AWS::Logs::LogGroup":
            assert each["UpdateReplacePolicy"] == "Retain", logical_id
            assert each["DeletionPolicy"] in ("Retain", "RetainExceptOnCreate"), logical_id


@pytest.mark.parametrize("change", ["renamed", "unprotected", "let go", "of another key", "gone"])
def test_a_change_that_would_lose_a_table_is_noticed(resources: Mapping[str, Any], change: str) -> None:
    changed = copy.deepcopy(dict(resources))
    (table,) = (name for name in changed if name.startswith("StorageOrderTable"))
    match change:
        case "renamed":
            changed["StorageOrders"] = changed.pop(table)
        case "unprotected":
            changed[table]["Properties"]["DeletionProtectionEnabled"] = False
        case "let go":
            changed[table]["DeletionPolicy"] = "Delete"
        case "of another key":
            changed[table]["Properties"]["KeySchema"].pop()
        case "gone":
            del changed[table]

    assert kept(changed) != json.loads(KEPT_FILE.read_text("utf-8"))


def test_no_kind_of_resource_that_keeps_something_is_forgotten(resources: Mapping[str, Any]) -> None:
    """Whatever says how it is deleted holds state, or is named here because it does not."""
    named = {each["Type"] for each in resources.values() if each.get("DeletionPolicy") == "Retain"}
    assert named <= {*STATEFUL, "AWS::Logs::LogGroup"}


def test_no_role_lost_what_an_execution_of_the_last_release_may_need() -> None:
    """An execution keeps its definition, but its role's permissions are those of now: it fails where one is gone.

    Let go of a permission only when no execution of a release that used it is left, and write the file at that release.
    """
    assert lost(grants_in(PERMISSIONS_FILE), grants_of(resources_by_id(stage_of_the_page()))) == []


OLD = Grant("QueuesA", "Table", ("dynamodb:GetItem", "dynamodb:Query"), "dynamodb:LeadingKeys order#* or post#*")


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        ([OLD], 0),
        ([Grant(OLD.role, OLD.resource, OLD.actions)], 0),
        ([Grant(OLD.role, OLD.resource, OLD.actions, OLD.condition + " or quote#*")], 0),
        ([Grant(OLD.role, OLD.resource, (action,), OLD.condition) for action in OLD.actions], 0),
        ([Grant(OLD.role, OLD.resource, OLD.actions[:1], OLD.condition)], 1),
        ([Grant(OLD.role, OLD.resource, OLD.actions, "dynamodb:LeadingKeys order#*")], 2),
        ([Grant(OLD.role, OLD.resource, OLD.actions, OLD.condition + "; dynamodb:Select COUNT")], 2),
        ([Grant("QueuesB", OLD.resource, OLD.actions)], 2),
        ([], 2),
    ],
)
def test_a_permission_is_lost_when_it_is_gone_or_narrower(now: list[Grant], missing: int) -> None:
    assert len(lost([OLD], now)) == missing
