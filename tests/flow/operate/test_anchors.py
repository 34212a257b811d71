"""Anchors of history over the engine: one object a day in a bucket that a template locks, and a history that was rewritten
differs from it."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from infra.operate.deployed_stage import output_of
from infra.operate.verify_history import Verification, objects_in
from lambdas.read_models.history.anchored_days import anchors_of
from lambdas.read_models.history.anchors import Anchor, name_of_object
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.history_anchor import LastAnchor
from lambdas.watch.anchor import Anchoring
from tests.flow.conftest import Shop
from tests.flow.operate.conftest import a_complete_order

pytestmark = pytest.mark.engine
LOCKED = {
    "Type": "AWS::S3::Bucket",
    "DeletionPolicy": "Retain",
    "Properties": {
        "ObjectLockEnabled": True,
        "VersioningConfiguration": {"Status": "Enabled"},
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    },
}


@pytest.fixture
def bucket(shop: Shop) -> str:
    """A bucket as the stack of a stage with anchors makes it."""
    cloudformation, name = shop.client("cloudformation"), "anchors-of-a-test"
    template = {"Resources": {"Anchors": LOCKED}, "Outputs": {"Bucket": {"Value": {"Ref": "Anchors"}}}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    (output,) = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    return str(output["OutputValue"])


def test_a_day_is_anchored_once_and_a_history_that_was_rewritten_is_found(
    shop: Shop, history: HistoryTable, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id, s3 = a_complete_order(shop), shop.client("s3")
    of, day = name_of(shop._row(order_id)), (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    history.mark_changed(of, day)  # as if the order had been written to yesterday

    def put(key: str, content: bytes) -> None:
        s3.put_object(Bucket=bucket, Key=key, Body=content, ChecksumAlgorithm="SHA256")

    anchoring = Anchoring(history, LastAnchor(shop.records), put, lambda: int(time.time()))
    assert anchoring.run() == [day]
    assert anchoring.run() == []

    ((key, content),) = objects_in(s3, bucket)
    assert key == name_of_object(day)
    (chain,) = (chain for chain in Anchor.read(content).chains if chain.of == of)
    assert chain.revision == shop._row(order_id).revision
    (version,) = s3.list_object_versions(Bucket=bucket)["Versions"]
    locked = s3.get_object_retention(Bucket=bucket, Key=key, VersionId=version["VersionId"])["Retention"]
    assert locked["Mode"] == "GOVERNANCE"
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])

    assert verified(shop, bucket, order_id) == 0
    assert f"compared with the anchors of {day} to {day}" in capsys.readouterr().out
    last = list(history.of_order(of))[-1]
    forget(shop, last)
    assert verified(shop, bucket, order_id) == 1
    assert f"is missing: the anchor of {day} has it" in capsys.readouterr().out
    history.put_new(last)
    assert verified(shop, bucket, order_id) == 0


def verified(shop: Shop, bucket: str, order_id: str) -> int:
    """As `make verify-history` ends."""
    anchors = anchors_of(objects_in(shop.client("s3"), bucket))
    table = output_of("local", "HistoryTable", shop.engine.client_options())
    command = Verification(shop.dynamodb, shop.stack.order_table, table, anchors=anchors)
    return command.run(Console(width=200), (order_id,))


def forget(shop: Shop, record: dict[str, Any]) -> None:
    table = output_of("local", "HistoryTable", shop.engine.client_options())
    shop.dynamodb.delete_item(TableName=table, Key={name: {"S": record[name]} for name in ("pk", "sk")})
