"""Get an order past its checks, or past its invoice, without the right to leave them out."""

from typing import Any

import httpx
import pytest

from lambdas.records.users.rights import ROLES, Grant
from tests.attack.conftest import CallAs
from tests.flow.conftest import Shop
from tests.flow.server_orders import BUILD, QA, RACK, in_build

OPERATOR, SUPERVISOR = Grant(rights=ROLES["operator"]), Grant(rights=ROLES["supervisor"])
WHY = {"reason": "the client is in a hurry"}


@pytest.mark.parametrize("where", [{"step_id": QA}, {"step_name": "qa"}, {"step_name": "Handover"}])
def test_an_operator_moves_an_order_past_its_checks(shop: Shop, call_as: CallAs, where: dict[str, Any]) -> None:
    order_id = in_build(shop)
    before = shop.order(order_id)

    for reason in ({}, WHY):
        assert call_as(OPERATOR, "order.update", {"order_id": order_id, **where, **reason}).status_code == 403
    assert shop.order(order_id) == before


def test_a_supervisor_moves_an_order_past_them_and_nobody_knows_why(shop: Shop, call_as: CallAs) -> None:
    order_id = in_build(shop)
    move = {"order_id": order_id, "step_id": QA}

    def field(answer: httpx.Response) -> str:
        return str(answer.json()["errors"][0]["field"])

    silent = call_as(SUPERVISOR, "order.update", move)
    assert (silent.status_code, field(silent)) == (409, "reason")
    assert call_as(SUPERVISOR, "order.update", {**move, **WHY}).status_code == 200
    over = [action for action in shop.order(order_id)["actions"] if action["order_step_id"] == BUILD]
    assert {action["reason"].partition(" moved the order to ")[2] for action in over} == {f"QA: {WHY['reason']}"}

    skipped = call_as(SUPERVISOR, "order.process", {"order_id": order_id, "order_action_id": RACK, "skip": 1})
    assert (skipped.status_code, field(skipped)) == (400, "reason")


def test_a_supervisor_leaves_out_the_invoice(shop: Shop, call_as: CallAs) -> None:
    order_id = in_build(shop)

    past = call_as(SUPERVISOR, "order.update", {"order_id": order_id, "step_name": "Handover", **WHY})
    assert (past.status_code, "`money`" in past.json()["detail"]) == (403, True)
    assert shop.order(order_id)["step"]["name"] == "Build"
