"""The history of the stage that is deployed here."""

import pytest

from infra.operate.deployed_stage import output_of
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.table import RecordTable
from tests.flow.conftest import Shop, new_client_order, until


@pytest.fixture
def history(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> HistoryTable:
    """The stage's history; the commands find this engine as they find AWS."""
    for name, value in shop.engine.environment().items():
        monkeypatch.setenv(name, value)
    table = output_of("local", "HistoryTable", shop.engine.client_options())
    return HistoryTable(RecordTable(table, shop.dynamodb))


def has_heard(shop: Shop, order_id: str) -> bool | None:
    page = shop.done("order.history", {"order_id": order_id})
    return page["recorded_revision"] == page["revision"] or None


def a_complete_order(shop: Shop) -> str:
    order_id = str(shop.done("order.create", new_client_order(company="Hopper Machines"))["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")
    until("history has caught up", lambda: has_heard(shop, order_id))
    return order_id
