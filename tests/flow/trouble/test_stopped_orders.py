"""An execution is stopped in the console: whatever is done with its order next, somebody walks it, or waits for it by name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lambdas.payments.gateway import TransactionState
from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine

INVOICE = 103
Verb = Callable[[Shop, str], Any]


def act(method: str, **given: Any) -> Verb:
    return lambda shop, order_id: shop.done(method, {"order_id": order_id, **given})


PROCESS = act("order.process", order_action_id=INVOICE)
ANSWER = act("order.process", order_action_id=INVOICE, input={"value": "yes"})
SKIP = act("order.process", order_action_id=INVOICE, skip=1, reason="paid in cash")
CANCEL = act("order.cancel")
STAY = act("order.update", step_id=12)
SUBMIT = act("order.submit")
RESTART = act("order.restart")


def waiting_orders(shop: Shop, count: int) -> list[str]:
    """Their captures were refused, so each waits for somebody at Generate Invoice, with its money held."""
    order_ids = []
    for _ in range(count):
        order_ids.append(str(shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]))
        shop.done("order.submit", {"order_id": order_ids[-1]})
    for order_id in order_ids:
        shop.until_action(order_id, "Generate Invoice", "waiting")
    return order_ids


def stop(shop: Shop, order_ids: list[str]) -> None:
    for order_id in order_ids:
        shop.step_functions.stop_execution(executionArn=shop.execution_arn(order_id))


@contextmanager
def events_lost(shop: Shop) -> Iterator[None]:
    """Status events of executions reach nobody."""
    events = shop.client("events")
    rules = [rule["Name"] for rule in events.list_rules()["Rules"] if "WatchEnded" in rule["Name"]]
    assert rules
    for name in rules:
        events.disable_rule(Name=name)
    try:
        yield
    finally:
        for name in rules:
            events.enable_rule(Name=name)


def stop_noticed(shop: Shop, order_id: str) -> dict[str, Any]:
    order = until("the stop shows", lambda: (o := shop.order(order_id))["machine_stopped_at"] and o)
    return dict(order)


def walked_again(shop: Shop, order_id: str) -> bool:
    """A new execution waits for whoever mends the capture, with an owner and a deadline."""

    def ask() -> bool | None:
        order = shop.order(order_id)
        (wait, *others) = order["waits"] or [None]
        if order["machine_stopped_at"] or others or wait is None or wait["for"] != str(INVOICE):
            return None
        arn = shop.execution_arn(order_id)
        runs = arn.endswith("-2") and shop.step_functions.describe_execution(executionArn=arn)["status"] == "RUNNING"
        return bool(runs and wait["owner"] and wait["due_at"]) or None

    return until(f"order {order_id} is walked again", ask)


def is_unwound(shop: Shop, order_id: str) -> bool:
    shop.until_unwound(order_id)
    held = shop.gateway.find(shop.hold_key(order_id))
    return held is not None and held.state is TransactionState.VOIDED


def is_complete(shop: Shop, order_id: str) -> bool:
    return bool(shop.until_step(order_id, "complete")["client_id"])


AFTER: dict[str, tuple[Verb, Callable[[Shop, str], bool]]] = {
    "process": (PROCESS, walked_again),
    "answer": (ANSWER, walked_again),
    "stay": (STAY, walked_again),
    "submit": (SUBMIT, walked_again),
    "restart": (RESTART, walked_again),
    "skip": (SKIP, is_complete),
    "cancel": (CANCEL, is_unwound),
}


def test_every_verb_on_a_stopped_order_has_it_walked_again_or_unwound(shop: Shop) -> None:
    orders = dict(zip(AFTER, waiting_orders(shop, len(AFTER)), strict=True))
    stop(shop, list(orders.values()))
    for order_id in orders.values():
        waits = {wait["for"]: wait for wait in stop_noticed(shop, order_id)["waits"]}
        assert (waits["machine"]["owner"], bool(waits["machine"]["due_at"])) == ("operations", True)

    for verb, order_id in orders.items():
        AFTER[verb][0](shop, order_id)

    for verb, order_id in orders.items():
        assert AFTER[verb][1](shop, order_id), verb
    for order_id in orders.values():
        shop.call("order.cancel", {"order_id": order_id})


def test_a_stop_that_nobody_told_of_is_found_by_whoever_acts_and_by_the_sweep(shop: Shop) -> None:
    verbs = ("process", "answer", "skip", "cancel", "restart")
    *acted_on, left_alone = waiting_orders(shop, len(verbs) + 1)
    orders = dict(zip(verbs, acted_on, strict=True))
    with events_lost(shop):
        stop(shop, [*acted_on, left_alone])
        for verb, order_id in orders.items():
            AFTER[verb][0](shop, order_id)
        for verb, order_id in orders.items():
            assert AFTER[verb][1](shop, order_id), verb

        assert shop.order(left_alone)["machine_stopped_at"] is None
        until("the sweep finds it", lambda: shop.sweep()["without_execution"] or None)
        assert shop.order(left_alone)["machine_stopped_because"] == "the machine was stopped in the console"
        assert shop.sweep()["without_execution"] == 0

    shop.done("order.cancel", {"order_id": left_alone})
    assert is_unwound(shop, left_alone)
    for order_id in acted_on:
        shop.call("order.cancel", {"order_id": order_id})
