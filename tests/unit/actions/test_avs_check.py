"""The code that the card's bank gave at submit decides."""

from typing import Any

import pytest
from pydantic import ValidationError

from lambdas.actions._frame.module import PermanentError
from lambdas.actions.avs_check import AvsCheckConfig, module
from lambdas.orders.model.order import Hold, PaymentAttempt
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.records.clients.client import ClientRecords
from tests.support.build import CARD, CONTACT, NOW, an_order
from tests.unit.actions.conftest import HOLD_KEY, World
from tests.unit.actions.one_action import ACTION, an_order_with

PAYPAL = {"payment_type": "paypal", "paypal_token": "paypal_approve"}


def held(world: World, paid: dict[str, Any]) -> Hold:
    """What a submit holds."""
    payments = PreAuthorization(world.gateway, ClientRecords(world.records))
    attempt = PaymentAttempt(
        key=HOLD_KEY, amount_cents=100, currency="USD", method="card:x", claim="c", claim_ends_at=NOW
    )
    return payments.authorize(an_order(info={**CONTACT, **paid}), attempt)


def card(token: str) -> dict[str, Any]:
    return {**CARD, "cc_token": token}


@pytest.mark.parametrize(
    ("token", "code"),
    [("tok_approve", "Y"), ("tok_avs_mismatch", "N"), ("tok_times_out", "Y"), ("tok_capture_fails", "Y")],
)
def test_the_submit_keeps_the_code(world: World, token: str, code: str) -> None:
    assert held(world, card(token)).avs_code == code


def test_a_blocked_code_stops_the_order(world: World) -> None:
    an_order_with(world, module, {"block_codes": ["n", "A"]}, hold=held(world, card("tok_avs_mismatch")))

    with pytest.raises(PermanentError, match="AVS code N, which this queue blocks"):
        world.run(module, ACTION)
    assert world.payment() == "held"


def test_another_code_passes(world: World) -> None:
    an_order_with(world, module, {"block_codes": ["N"]}, hold=held(world, card("tok_approve")))
    world.run(module, ACTION)

    assert (world.action(ACTION).reason, world.action(ACTION).result) == (
        "AVS code Y is not blocked",
        {"avs_code": "Y"},
    )


def test_what_is_not_paid_by_card_has_no_code(world: World) -> None:
    hold = held(world, PAYPAL)
    an_order_with(world, module, {"block_codes": ["N"]}, hold=hold)
    world.run(module, ACTION)

    assert (hold.avs_code, world.action(ACTION).reason) == ("", "no card to check")


def test_a_free_order_has_no_card(world: World) -> None:
    an_order_with(world, module, {"block_codes": ["N"]})
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "no card to check"


def test_a_bank_that_says_nothing_stops_nothing(world: World) -> None:
    an_order_with(world, module, {"block_codes": ["N"]}, hold=held(world, card("tok_approve")).changed(avs_code=""))
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "the card's bank gave no AVS code"


@pytest.mark.parametrize("codes", [[], [""], ["NO"], ["1"]])
def test_a_code_is_one_letter(codes: list[str]) -> None:
    with pytest.raises(ValidationError):
        AvsCheckConfig.model_validate({"block_codes": codes})
