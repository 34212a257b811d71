"""The commands about history on the stage that is deployed here: who was erased stays so, and orders from before are begun."""

import pytest

from infra.operate import begin_history, erase_history
from infra.operate.deployed_stage import output_of
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.item import HistoryItem
from lambdas.read_models.history.table import HistoryTable
from tests.flow.conftest import Shop, as_text, until
from tests.flow.operate.conftest import a_complete_order, has_heard

pytestmark = pytest.mark.engine


def kept(history: HistoryTable, shop: Shop, order_id: str) -> str:
    items = [HistoryItem.read(record) for record in history.of_order(name_of(shop._row(order_id)))]
    return repr([item.personal for item in items])


def test_a_person_who_was_erased_comes_back_with_no_later_correction(
    shop: Shop, history: HistoryTable, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = a_complete_order(shop)
    assert erase_history.main(["--stage", "local", order_id]) == 0
    assert "would be erased; EXECUTE=1 erases" in capsys.readouterr().out
    assert "Hopper Machines" in kept(history, shop, order_id)

    assert erase_history.main(["--stage", "local", "--execute", order_id]) == 0
    assert "Hopper Machines" not in kept(history, shop, order_id)
    for company in ("Erased", "Of Nobody"):
        shop.done("order.contact_update", {"order_id": order_id, "info": {"company": company}, "reason": "asked to"})
    until("history has caught up", lambda: has_heard(shop, order_id))

    assert "Hopper Machines" not in kept(history, shop, order_id)
    assert "Hopper Machines" not in as_text(shop.done("order.history", {"order_id": order_id}))
    assert erase_history.main(["--stage", "local", "999999999"]) == 1


def test_an_order_from_before_history_is_begun_once(shop: Shop, history: HistoryTable) -> None:
    order_id = a_complete_order(shop)
    of = name_of(shop._row(order_id))
    for record in list(history.of_order(of)):
        key = {"pk": {"S": record["pk"]}, "sk": {"S": record["sk"]}}
        shop.dynamodb.delete_item(TableName=output_of("local", "HistoryTable", shop.engine.client_options()), Key=key)

    assert begin_history.main(["--stage", "local"]) == 0
    begun = list(history.of_order(of))
    assert [record["sk"].rpartition("#")[2] for record in begun] == [f"{shop._row(order_id).revision:09d}"]
    began_at = history.begun_at()

    assert begin_history.main(["--stage", "local"]) == 0
    assert (list(history.of_order(of)), history.begun_at()) == (begun, began_at)
    assert (
        shop.done("order.get", {"order_id": order_id, "at": str(shop._row(order_id).revision)})["order_id"] == order_id
    )
