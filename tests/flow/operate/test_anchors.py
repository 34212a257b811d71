"""Anchors of history as they are deployed here: one object a day, which its function cannot read or delete, and a history that
was rewritten differs from it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.history.anchors import ANCHOR_BUCKET
from infra.operate import verify_history
from infra.operate.deployed_stage import output_of
from infra.operate.verify_history import objects_in
from lambdas.read_models.history.anchors import Anchor, name_of_object
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.table import HistoryTable
from tests.flow.conftest import Shop
from tests.flow.operate.conftest import a_complete_order

pytestmark = pytest.mark.engine


def anchored(shop: Shop) -> list[str]:
    """The days that the deployed function anchored now."""
    functions = shop.client("lambda")
    (name,) = (f["FunctionName"] for f in functions.list_functions()["Functions"] if "watch.anchor" in f["Handler"])
    answer = functions.invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    return list(json.loads(answer["Payload"].read())["anchored"])


def test_a_day_is_anchored_once_and_a_history_that_was_rewritten_is_found(
    shop: Shop,
    history: HistoryTable,
    capsys: pytest.CaptureFixture[str],
) -> None:
    order_id = a_complete_order(shop)
    of, day = name_of(shop._row(order_id)), (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    history.mark_changed(of, day)  # as if the order had been written to yesterday

    assert anchored(shop) == [day]
    assert anchored(shop) == []

    s3 = shop.client("s3")
    bucket = output_of("local", ANCHOR_BUCKET, shop.engine.client_options())
    ((key, content),) = objects_in(s3, bucket)
    assert key == name_of_object(day)
    (chain,) = (chain for chain in Anchor.read(content).chains if chain.of == of)
    assert chain.revision == shop._row(order_id).revision
    (version,) = s3.list_object_versions(Bucket=bucket)["Versions"]
    locked = s3.get_object_retention(Bucket=bucket, Key=key, VersionId=version["VersionId"])["Retention"]
    assert locked["Mode"] == "GOVERNANCE"
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])

    assert verify_history.main(["--stage", "local", order_id]) == 0
    assert f"compared with the anchors of {day} to {day}" in capsys.readouterr().out
    last = list(history.of_order(of))[-1]
    forget(shop, last)
    assert verify_history.main(["--stage", "local", order_id]) == 1
    assert f"is missing: the anchor of {day} has it" in capsys.readouterr().out
    history.put_new(last)
    assert verify_history.main(["--stage", "local", order_id]) == 0


def forget(shop: Shop, record: dict[str, Any]) -> None:
    table = output_of("local", "HistoryTable", shop.engine.client_options())
    shop.dynamodb.delete_item(TableName=table, Key={name: {"S": record[name]} for name in ("pk", "sk")})
