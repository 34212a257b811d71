"""order.effects on the wire: both doors, rights, brands, and what it never tells."""

import json
from dataclasses import replace

import pytest

from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import GatewayUnavailableError, Transaction
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CARD, CONTACT
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Caller

BILLING = Grant(rights=ROLES["billing"])


@pytest.fixture
def order_id(caller: Caller) -> str:
    """Of a submitted order, paid by a card."""
    sent = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1", "period": 1}}}
    made = str(caller.call("order.create", sent).body["order_id"])
    assert caller.call("order.submit", {"order_id": made}).status == 200
    return made


def test_it_answers_in_one_sentence_and_lists_each_call(caller: Caller, order_id: str) -> None:
    found = as_user(caller, BILLING, "order.effects", {"order_id": order_id}).body

    assert found["order_id"] == order_id
    assert found["charged_twice"] == "no"
    assert found["answer"].startswith("No: nothing was taken, and ")
    assert found["answer"].endswith(" is held once.")
    (payment,), (effect,), (look_up,) = found["payments"], found["effects"], found["look_ups"]
    assert (payment["state"], payment["current"], payment["key"]) == ("held", True, effect["key"])
    assert (effect["kind"], effect["outcome"], effect["try_number"], effect["gateway"]) == (
        "authorize",
        "done",
        1,
        "sandbox",
    )
    assert effect["asked_by"] == "web"
    assert effect["transaction_id"] == payment["transaction_id"]
    assert look_up["times"] == 1


def test_api_2_0_has_the_same_as_text(caller: Caller, order_id: str) -> None:
    found = caller.data("order.effects", {"order_id": order_id})

    assert found["charged_twice"] == "no"
    assert found["effects"][0]["try_number"] == "1"
    assert found["payments"][0]["current"] == "1"


def test_it_needs_the_right_to_money(caller: Caller, order_id: str) -> None:
    without = Grant(rights=frozenset(Right) - {Right.MONEY})
    elsewhere = Grant(rights=frozenset(Right), brands=frozenset({7}))

    assert as_user(caller, without, "order.effects", {"order_id": order_id}).status == 403
    refused = as_user(caller, elsewhere, "order.effects", {"order_id": order_id})
    unknown = as_user(caller, elsewhere, "order.effects", {"order_id": "999999"})
    assert refused.status == unknown.status == 403
    assert refused.body["detail"] == unknown.body["detail"]  # nobody counts the orders of another brand
    assert as_user(caller, BILLING, "order.effects", {"order_id": "999999"}).status == 404


def test_it_tells_neither_card_nor_client(caller: Caller, order_id: str) -> None:
    told = json.dumps(caller.call("order.effects", {"order_id": order_id}).body)

    for secret in ("tok_", "4242", CONTACT["email"], CONTACT["last"]):
        assert secret not in told


def test_a_silent_provider_is_no_refusal(caller: Caller, order_id: str) -> None:
    class Silent(SandboxGateway):
        def find(self, key: str) -> Transaction | None:
            raise GatewayUnavailableError

    backend = caller.api.backend
    quiet = Silent(backend.records.name, backend.records.client)
    gateway = RecordedGateway(quiet, "sandbox", EffectLedger(backend.records))
    shop = replace(caller, api=replace(caller.api, backend=replace(backend, gateway=gateway)))

    found = shop.call("order.effects", {"order_id": order_id}).body

    assert found["payments"][0]["current"] is False
    assert found["payments"][0]["state"] == "held"
    assert "our own records" in found["answer"]
    assert found["look_ups"][0]["found"] is None


def test_a_canceled_order_has_a_certificate_and_no_other_has_one(caller: Caller, order_id: str) -> None:
    assert caller.call("order.effects", {"order_id": order_id}).body["certificate"] is None
    assert caller.data("order.effects", {"order_id": order_id})["certificate"] == {}
    assert caller.call("order.cancel", {"order_id": order_id}).status == 200

    certificate = caller.call("order.effects", {"order_id": order_id}).body["certificate"]

    assert (certificate["complete"], certificate["holds"]) == (False, 1)  # no machine walks here, so nothing was undone
    assert "its actions are still being undone" in certificate["left"]
    assert any(each.endswith(" is still held") for each in certificate["left"])
    assert caller.data("order.effects", {"order_id": order_id})["certificate"]["complete"] == "0"
