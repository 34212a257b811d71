"""Moving an order past what it has still to go through: by whom, and why."""

from typing import Any

import pytest

from lambdas.api.orders.methods import METHODS
from lambdas.api.orders.requests import UpdateRequest
from lambdas.orders.model.queue import Queue
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CONTACT, a_queue
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller

CHECK, WISH, INVOICE, LOOK = 21, 22, 31, 41
MOVES = frozenset({Right.VIEW, Right.ACT})
SKIPS = MOVES | {Right.SKIP}
REASON = "the client asked for it"


def manual(action_id: int, name: str, module: str = "manual_check_off", **more: Any) -> dict[str, Any]:
    return {"id": action_id, "name": name, "module": module, "automatic": False, **more}


QUEUE: Queue = a_queue(
    order_queue_id=8,
    may_be_invoiced="everybody",
    steps=[
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {"id": 2, "name": "Check", "actions": [manual(CHECK, "Identity"), manual(WISH, "Wish", optional=True)]},
        {"id": 3, "name": "Billing", "actions": [manual(INVOICE, "Generate Invoice", "generate_invoice")]},
        {"id": 4, "name": "Delivery", "actions": [manual(LOOK, "Look")]},
        {"id": 5, "name": "Complete"},
        {"id": 6, "name": "Canceled"},
    ],
)


@pytest.fixture
def shop(caller: Caller) -> Caller:
    return caller.selling_in(QUEUE)


@pytest.fixture
def order_id(shop: Caller) -> str:
    """Submitted, to be paid by invoice; nothing is done yet."""
    sent = {"order_queue_id": 8, "info": {**CONTACT, "payment_type": "invoice", "pack1": {"plan_id": "1"}}}
    made = str(shop.call("order.create", sent).body["order_id"])
    assert shop.call("order.submit", {"order_id": made}).status == 200
    return made


def moved(shop: Caller, rights: frozenset[Right], order_id: str, step: str, **more: Any) -> Answer:
    return as_user(shop, Grant(rights=rights), "order.update", {"order_id": order_id, "step_name": step, **more})


def action(shop: Caller, order_id: str, action_id: int) -> dict[str, Any]:
    actions = shop.call("order.get", {"order_id": order_id}).body["actions"]
    return next(dict(each) for each in actions if each["order_action_id"] == action_id)


def test_who_may_not_skip_moves_past_nothing_that_is_required(shop: Caller, order_id: str) -> None:
    for named in ({"step_name": "Billing"}, {"step_id": 3}, {"step_id": 4}):
        asked = {"order_id": order_id, "reason": REASON, **named}
        answer = as_user(shop, Grant(rights=ROLES["operator"]), "order.update", asked)
        assert (answer.status, "`skip`" in answer.body["detail"]) == (403, True)
    assert action(shop, order_id, CHECK)["state"] == "pending"


def test_a_move_past_what_is_required_keeps_who_and_why(shop: Caller, order_id: str) -> None:
    assert moved(shop, SKIPS, order_id, "Billing", reason=f"  {REASON} ").status == 200

    over = action(shop, order_id, CHECK)
    assert (over["state"], over["reason"].split(" moved the order to ")[1]) == ("skipped", f"Billing: {REASON}")
    assert over["by"].startswith("user-")
    assert action(shop, order_id, WISH)["state"] == "pending"  # nobody had to do it


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "   "}])
def test_no_move_past_what_is_required_without_a_reason(shop: Caller, order_id: str, reason: dict[str, str]) -> None:
    answer = moved(shop, SKIPS, order_id, "Billing", **reason)
    assert (answer.status, answer.body["errors"][0]["field"]) == (409, "reason")
    old = shop.send("/api/2.0/", query=f"method=order.update&order_id={order_id}&step_id=3")
    assert (old.body["status"], "Identity (21)" in old.body["error_message"]) == (False, True)

    assert action(shop, order_id, CHECK)["state"] == "pending"


def test_what_takes_money_is_left_out_only_by_who_has_to_do_with_money(shop: Caller, order_id: str) -> None:
    assert moved(shop, SKIPS, order_id, "Billing", reason=REASON).status == 200
    skip = {"order_id": order_id, "order_action_id": INVOICE, "skip": 1, "reason": REASON}

    refused = moved(shop, SKIPS, order_id, "Delivery", reason=REASON)
    assert (refused.status, "`money`" in refused.body["detail"]) == (403, True)
    assert as_user(shop, Grant(rights=ROLES["supervisor"]), "order.process", skip).status == 403
    assert moved(shop, SKIPS | {Right.MONEY}, order_id, "Delivery", reason=REASON).status == 200


def test_skipping_it_needs_the_same_right(shop: Caller, order_id: str) -> None:
    assert moved(shop, SKIPS, order_id, "Billing", reason=REASON).status == 200
    skip = {"order_id": order_id, "order_action_id": INVOICE, "skip": 1, "reason": REASON}

    assert as_user(shop, Grant(rights=SKIPS), "order.process", skip).status == 403
    assert as_user(shop, Grant(rights=SKIPS | {Right.MONEY}), "order.process", skip).status == 200


def test_a_move_that_leaves_nothing_out_and_one_back_need_neither(shop: Caller, order_id: str) -> None:
    assert moved(shop, MOVES, order_id, "Check").status == 200  # where it is
    assert moved(shop, SKIPS, order_id, "Billing", reason=REASON).status == 200
    back = moved(shop, MOVES, order_id, "Check")
    assert (back.status, action(shop, order_id, CHECK)["state"]) == (200, "pending")


def test_the_right_has_to_hold_in_the_order_s_queue(shop: Caller, order_id: str) -> None:
    elsewhere = Grant(rights=frozenset(Right), queues=frozenset({1}))
    name = "two"
    token = shop.api.users.add(name, (Grant(rights=MOVES), elsewhere), now=0)
    asked = {"order_id": order_id, "step_id": 3, "reason": REASON}

    assert shop.as_named(name, token, "order.update", asked).status == 403


def test_a_skip_says_why_at_the_door_for_new_callers(shop: Caller, order_id: str) -> None:
    skip = {"order_id": order_id, "order_action_id": CHECK, "skip": 1}

    for reason in ({}, {"reason": "  "}):
        answer = shop.call("order.process", {**skip, **reason})
        assert (answer.status, answer.body["errors"][0]["field"]) == (400, "reason")
    assert shop.data("order.process", skip) is True  # a program written for Ubersmith cannot say it
    assert action(shop, order_id, CHECK)["reason"] == "skipped by web: no reason was given"


def test_a_reason_goes_with_a_move(shop: Caller, order_id: str) -> None:
    answer = shop.call("order.update", {"order_id": order_id, "info": {"city": "Bath"}, "reason": REASON})

    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "reason")


def test_a_flag_that_a_generated_client_sends_along_asks_for_no_further_right() -> None:
    update = METHODS["order.update"]

    assert update.needs(UpdateRequest.model_validate({"order_id": "1", "step_id": 12, "card_stored": False})) == (
        Right.ACT,
    )
    assert Right.CREATE in update.needs(
        UpdateRequest.model_validate({"order_id": "1", "card_id": "7", "card_stored": 1})
    )
