"""An order walks to Complete: its history is whole and proves itself, and shows the order as it was at each moment."""

import io
from typing import Any

import pytest
from rich.console import Console

from infra.operate.deployed_stage import output_of
from infra.operate.verify_history import Verification
from lambdas.read_models.history.history import History, name_of
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item, value_bytes
from tests.flow.conftest import Shop, as_text, new_client_order, until

pytestmark = pytest.mark.engine


def verified(shop: Shop, history: str, *order_ids: str) -> tuple[int, str]:
    said = io.StringIO()
    command = Verification(shop.dynamodb, shop.stack.order_table, history)
    return command.run(Console(file=said, width=200), order_ids), said.getvalue()


def recorded(shop: Shop, order_id: str) -> dict[str, Any] | None:
    page = shop.done("order.history", {"order_id": order_id, "direction": "asc"})
    return page if page["recorded_revision"] == page["revision"] else None


def test_an_order_to_complete_is_recorded_proven_shown_as_it_was_and_erased(shop: Shop) -> None:
    table = output_of("local", "HistoryTable", shop.engine.client_options())
    history = HistoryTable(RecordTable(table, shop.dynamodb))
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    remembered = [shop.order(order_id)]
    remembered.append(shop.done("order.update", {"order_id": order_id, "info": {"company": "<b>Hopper</b>"}}))
    shop.done("order.submit", {"order_id": order_id})
    remembered.append(shop.until_step(order_id, "complete"))
    page = until("history has caught up", lambda: recorded(shop, order_id))

    entries = page["entries"]
    assert [entry["revision"] for entry in entries] == list(range(1, page["revision"] + 1))
    assert [entry["how"] for entry in entries][:4] == ["create", "update", "submit", "submit"]
    assert {entry["by"] for entry in entries[:4]} == {shop.stack.user}
    runs = [(entry["actor"], entry["how"]) for entry in entries[4:]]
    assert runs == [("machine", "run"), ("machine", "done")] * 3 + [("machine", "complete")]
    for then in remembered:
        assert shop.done("order.get", {"order_id": order_id, "at": str(then["revision"])}) == then
    assert verified(shop, table, order_id) == (
        0,
        f"1 chains of {page['revision']} items: 0 wrong, 0 gaps, 0 with erased personal values\n",
    )

    of = name_of(shop._row(order_id))
    records = list(history.of_order(of))
    sizes = [value_bytes({"M": to_item(record)}) for record in records]
    assert max(sizes) <= 1_024, sizes  # a write unit each
    History(history, lambda: 0).follow(None, shop._row(order_id))  # as a redrive sends it
    assert list(history.of_order(of)) == records

    altered = {**records[3], "content": records[5]["content"]}
    shop.dynamodb.put_item(TableName=table, Item=to_item(altered))
    code, said = verified(shop, table, order_id)
    assert (code, records[3]["sk"] in said) == (1, True)
    shop.dynamodb.put_item(TableName=table, Item=to_item(records[3]))

    assert History(history, lambda: 1).erase(order_id) > 0
    code, said = verified(shop, table, order_id)
    assert (code, "0 wrong, 0 gaps" in said) == (0, True)
    past = shop.done("order.get", {"order_id": order_id, "at": "2"})
    assert (past["erased"], "Hopper" in as_text(past), "Ada" in as_text(past)) == (True, False, False)
