"""Pins that a change of the stack is held against. `python -m tests.infra.operate.release_pins` writes `kept` or `permissions`.

`kept`: the resources that hold state, with what decides whether CloudFormation keeps, replaces or deletes them. A logical id
that is gone is a table, a secret or an address that is gone. `permissions`: of roles that executions under way act with.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from infra.app import ROOT
from infra.generate.permissions_page import stage_of_the_page
from infra.operate.cost import resources_by_id
from infra.permissions.grants import Grant, grants_of
from tests.infra.filled_in import filled_in_prod

KEPT_FILE = ROOT / "tests" / "data" / "kept_resources.json"
PERMISSIONS_FILE = ROOT / "tests" / "data" / "released_permissions.json"
# Types that hold state, with the properties whose change makes CloudFormation replace them (its template reference says so).
STATEFUL: Mapping[str, tuple[str, ...]] = {
    "AWS::DynamoDB::Table": ("TableName", "KeySchema", "StreamSpecification"),
    "AWS::KMS::Key": ("KeySpec", "KeyUsage", "MultiRegion"),
    "AWS::S3::Bucket": ("BucketName", "ObjectLockEnabled"),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "StateMachineType"),
    "AWS::ApiGatewayV2::Api": ("ProtocolType",),  # its id is in the address that callers have
    "AWS::Events::EventBus": ("Name",),
}
_UNDER_WAY = ("Actions", "Queues", "Bulk", "OutboxRelay")

Pinned = dict[str, dict[str, Any]]


def kept(resources: Mapping[str, Mapping[str, Any]]) -> Pinned:
    """By logical id."""
    return {
        logical_id: {
            "type": each["Type"],
            "when_deleted": each.get("DeletionPolicy", "Delete"),
            "when_replaced": each.get("UpdateReplacePolicy", "Delete"),
            "protected": each["Properties"].get("DeletionProtectionEnabled", False),
            "replaced_by": {
                name: each["Properties"][name] for name in STATEFUL[each["Type"]] if name in each["Properties"]
            },
        }
        for logical_id, each in sorted(resources.items())
        if each["Type"] in STATEFUL
    }


def permissions(resources: Mapping[str, Mapping[str, Any]]) -> list[list[Any]]:
    return [
        [each.role, each.resource, list(each.actions), each.condition]
        for each in grants_of(resources)
        if each.role.startswith(_UNDER_WAY)
    ]


def lost(released: Iterable[Grant], now: Iterable[Grant]) -> list[str]:
    """The permissions of the release that no grant of now covers."""
    current = list(now)
    return [
        f"{old.role}: {action} on {old.resource}" + (f", {old.condition}" if old.condition else "")
        for old in released
        for action in old.actions
        if not any(_covers(new, old, action) for new in current)
    ]


def _covers(new: Grant, old: Grant, action: str) -> bool:
    """A condition that allows more values, or that is gone, covers one with fewer."""
    if (new.role, new.resource) != (old.role, old.resource) or action not in new.actions:
        return False
    was, is_now = _values(old.condition), _values(new.condition)
    return all(key in was and was[key] <= values for key, values in is_now.items())


def _values(condition: str) -> dict[str, set[str]]:
    keys = (part.partition(" ") for part in condition.split("; ") if part)
    return {key: set(values.split(" or ")) for key, _, values in keys}


def grants_in(file: Path) -> list[Grant]:
    return [Grant(role, on, tuple(actions), when) for role, on, actions, when in json.loads(file.read_text("utf-8"))]


def main(what: str) -> None:
    if what == "permissions":
        rows = permissions(resources_by_id(stage_of_the_page()))
        text = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
        PERMISSIONS_FILE.write_text(text, "utf-8")
    elif what == "kept":
        KEPT_FILE.write_text(json.dumps(kept(resources_by_id(filled_in_prod())), indent=1) + "\n", "utf-8")
    else:
        sys.exit("say permissions, at a release, or kept, when a resource that holds state is added")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
