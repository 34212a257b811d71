"""The function that keeps holds, as it is deployed and under its own role."""

import json
import time

import pytest

from lambdas.orders.model.order import Hold, Order
from lambdas.orders.store import DynamoOrderStore, save
from lambdas.payments.gateway import TransactionState
from tests.flow.conftest import Shop, new_client_order
from tests.flow.read_models.test_worklist import until_listed
from tests.flow.server_orders import SERVER, submitted

pytestmark = pytest.mark.engine

DAY, INVOICE = 86_400, 3602


def grown_old(shop: Shop, order_id: str, *, days: int) -> Hold:
    """The hold of the order, as if it had been held so many days ago. It was due a second ago, which the index needs."""
    store, now = DynamoOrderStore(shop.stack.order_table, shop.dynamodb), int(time.time()) - 1

    def age(order: Order) -> Order:
        assert order.hold is not None
        past = {"held_at": now - days * DAY, "capture_before": now + (7 - days) * DAY}
        clock = order.hold.clock.changed(look_at=now)
        return order.changed(looked_at=now, hold=order.hold.changed(**past, clock=clock))

    aged = save(store, store.get(order_id), age)
    assert aged.hold is not None
    return aged.hold


def keep_holds(shop: Shop) -> dict[str, int]:
    """Have the deployed function look now, instead of within five minutes."""
    functions = shop.client("lambda")
    listed = functions.list_functions()["Functions"]
    name = next(each["FunctionName"] for each in listed if each["Handler"] == "lambdas.watch.holds.handler")
    answer = functions.invoke(FunctionName=name, Payload=b"{}")
    said = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    return dict(said)


def test_a_hold_is_noted_at_half_its_life_and_renewed_before_it_lapses(shop: Shop) -> None:
    order_id = submitted(shop)
    shop.until_action(order_id, "Identity Call-back", "waiting")
    grown_old(shop, order_id, days=4)
    keep_holds(shop)
    half = shop._row(order_id)
    assert half.hold is not None
    assert (half.hold.clock.marked, half.hold.clock.renewals) == (50, 0)

    old = grown_old(shop, order_id, days=6)
    keep_holds(shop)
    renewed = shop._row(order_id).hold
    assert renewed is not None
    assert (renewed.clock.renewals, renewed.clock.trouble.value) == (1, "")
    assert renewed.key != old.key
    before, after = shop.gateway.find(old.key), shop.gateway.find(renewed.key)
    assert before is not None and after is not None
    assert (before.state, after.state) == (TransactionState.VOIDED, TransactionState.HELD)
    calls = [each["kind"] for each in shop.done("order.effects", {"order_id": order_id})["effects"]]
    assert calls == ["authorize", "renew"]

    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)
    ended = shop.gateway.find(renewed.key)
    assert ended is not None
    assert ended.state is TransactionState.VOIDED


def test_a_hold_that_its_bank_does_not_renew_is_given_to_a_person(shop: Shop) -> None:
    order_id = submitted(shop, info=new_client_order(pack1=SERVER, cc_token="tok_renews_never")["info"])
    shop.until_action(order_id, "Identity Call-back", "waiting")
    old = grown_old(shop, order_id, days=6)
    keep_holds(shop)

    hold = shop._row(order_id).hold
    assert hold is not None
    assert (hold.key, hold.clock.trouble.value) == (old.key, "declined")
    entry = until_listed(shop, order_id, f"hold_{INVOICE}", kind="hold")
    assert entry["overdue"] is False
    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)
