"""A pause of one gateway stops what is paid there, and nothing that is paid elsewhere."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.orders.pauses import PauseKind
from lambdas.orders.submit_errors import SubmitsPausedError
from lambdas.payments.gateway import GatewayUnavailableError
from lambdas.payments.gateways import gateways_of
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.several.choice import GatewayChoice
from lambdas.payments.several.gateways import SeveralGateways
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.table import RecordTable
from tests.support.build import NOW
from tests.unit.payments.several.test_several_gateways import CHOICE, PAYPAL, Stage


@pytest.fixture
def pauses(records: RecordTable) -> PauseRecords:
    return PauseRecords(records, lambda: NOW)


@pytest.fixture
def stage(records: RecordTable, pauses: PauseRecords) -> Stage:
    """Cards are paid at `one`, PayPal at `two`; each may be paused."""
    made = Stage(records)
    made.gateway = SeveralGateways(CHOICE, lambda name: PausableGateway(made.adapters[name], pauses, name))
    made.payments = PreAuthorization(made.gateway, made.clients, made.clock, CHOICE)
    made.service = replace(made.service, payments=made.payments, pauses=pauses)
    return made


def pause(pauses: PauseRecords, name: str) -> None:
    pauses.start(PauseKind.GATEWAY, name, reason="down", by="ada", ends_at=NOW + 3_600)


def test_submits_that_pay_elsewhere_go_on(stage: Stage, pauses: PauseRecords) -> None:
    pause(pauses, "two")

    assert stage.submitted().hold is not None
    with pytest.raises(SubmitsPausedError):
        stage.submitted(**PAYPAL)
    assert stage.asked("two") == []


def test_money_is_moved_at_the_gateways_that_are_not_paused(stage: Stage, pauses: PauseRecords) -> None:
    by_card, by_paypal = stage.submitted().hold, stage.submitted(**PAYPAL).hold
    assert by_card and by_paypal
    pause(pauses, "two")

    taken: Any = {"amount_cents": 100, "currency": "USD"}
    stage.gateway.capture(key=f"{by_card.key}:capture", transaction_id=by_card.transaction_id, **taken)
    with pytest.raises(GatewayUnavailableError, match="payments are paused until"):
        stage.gateway.capture(key=f"{by_paypal.key}:capture", transaction_id=by_paypal.transaction_id, **taken)
    assert stage.gateway.find(by_paypal.key) is not None


def test_what_names_no_gateway_waits_for_a_pause_of_any(pauses: PauseRecords) -> None:
    pause(pauses, "two")

    assert pauses.of_gateway("one") is None
    for name in ("", "two"):
        found = pauses.of_gateway(name)
        assert found is not None
        assert found.name == "two"
    assert pauses.of_module("generate_invoice", moves_money=True, gateway="one") is None
    assert pauses.of_module("generate_invoice", moves_money=True, gateway="two")
    assert pauses.of_module("generate_invoice", moves_money=False, gateway="two") is None


def test_the_only_gateway_of_a_stage_stops_at_a_pause_of_any_name(records: RecordTable, pauses: PauseRecords) -> None:
    """Whoever pauses payments in an outage may not know what the stage's adapter is called."""
    gateway = gateways_of(GatewayChoice(default="sandbox"), records, pauses)
    pause(pauses, "stripe")

    with pytest.raises(GatewayUnavailableError, match="payments are paused until"):
        gateway.authorize(key="1001:a", token="tok_approve", amount_cents=100, currency="USD", order_id="1001")
