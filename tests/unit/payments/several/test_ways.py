"""Ways to pay that no gateway of the order's brand takes are refused when the order is made, with those that are taken."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.order import Order
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.several.choice import GatewayChoice
from lambdas.records.clients.payment_method import MethodKind
from lambdas.records.table import RecordTable
from tests.support.build import CARD, CONTACT, a_draft
from tests.unit.payments.several.test_several_gateways import PAYPAL, Stage

STRIPE = GatewayChoice(default="stripe")
PACK = {"pack1": {"plan_id": "1", "price": "20"}}


@pytest.fixture
def stage(records: RecordTable) -> Stage:
    return Stage(records)


def with_choice(stage: Stage, choice: GatewayChoice) -> Any:
    return replace(stage.service, payments=PreAuthorization(stage.gateway, stage.clients, stage.clock, choice))


def lead(service: Any, **info: Any) -> Order:
    return service.create(a_draft(info={**CONTACT, **PACK, **info}), by="api")  # type: ignore[no-any-return]


def test_an_order_by_paypal_is_refused_where_only_cards_and_accounts_are_taken(stage: Stage) -> None:
    with pytest.raises(InvalidOrderError) as refused:
        lead(with_choice(stage, STRIPE), **PAYPAL)

    (problem,) = refused.value.problems
    assert problem.field == "info.payment_type"
    assert problem.text == (
        "paypal is taken by no payment provider of brand 1; send one of cc, charge_prior_auth, ach, ach_prior_auth, or invoice "
        "to pay on account"
    )


def test_a_token_without_a_type_names_its_way_too(stage: Stage) -> None:
    with pytest.raises(InvalidOrderError, match="paypal is taken by no payment provider"):
        lead(with_choice(stage, STRIPE), paypal_token="approval")


def test_what_one_brands_gateway_takes_another_brand_does_not(stage: Stage) -> None:
    of_others = GatewayChoice(default="stripe", brands={2: {MethodKind.PAYPAL: "paypal"}})
    with pytest.raises(InvalidOrderError):
        lead(with_choice(stage, of_others), **PAYPAL)
    assert lead(with_choice(stage, of_others.changed(brands={1: {MethodKind.PAYPAL: "paypal"}})), **PAYPAL).is_lead


def test_a_lead_from_before_is_edited_and_refused_only_when_it_is_submitted(stage: Stage) -> None:
    before = lead(stage.service, **PAYPAL)
    service = with_choice(stage, STRIPE)

    edited = service.update(before, {"info": {"city": "Bath"}}, by="api")
    with pytest.raises(InvalidOrderError, match="taken by no payment provider"):
        service.submit(edited, by="api")
    assert service.update(edited, {"info": {**CARD, "paypal_token": ""}}, by="api").info["payment_type"] == "cc"


def test_a_lead_is_not_changed_to_what_is_not_taken(stage: Stage) -> None:
    service = with_choice(stage, STRIPE)
    order = lead(service, **CARD)
    with pytest.raises(InvalidOrderError, match="taken by no payment provider"):
        service.update(order, {"info": PAYPAL}, by="api")
