"""Anchors of history as they are deployed: one object a day, put by a function that can neither read nor delete it.

The bucket locks each object, and a history that was rewritten differs from its anchor.
"""

import json
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
from tests.flow.conftest import Shop
from tests.flow.operate.anchors_stack import deploy_anchors
from tests.flow.operate.conftest import a_complete_order

pytestmark = pytest.mark.engine


def anchored(shop: Shop, function: str) -> list[str]:
    """The days that the deployed function anchored now."""
    answer = shop.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    said = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    return list(said["anchored"])


def test_a_day_is_anchored_once_and_a_history_that_was_rewritten_is_found(
    shop: Shop, history: HistoryTable, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id, s3 = a_complete_order(shop), shop.client("s3")
    of, day = name_of(shop._row(order_id)), (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    history.mark_changed(of, day)  # as if the order had been written to yesterday

    bucket, function = deploy_anchors(shop)
    assert anchored(shop, function) == [day]
    assert anchored(shop, function) == []

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
