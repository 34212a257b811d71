"""Provision Client makes one client per order, or leaves an existing one as it is."""

from typing import Any

import pytest

from lambdas.actions._frame.module import PermanentError, Tools, TransientError
from lambdas.actions.provision_client import _method, module
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Hold
from lambdas.payments.several.choice import GatewayChoice
from lambdas.records.clients.client import Client, ClientRecords, ClientStatus
from lambdas.records.clients.payment_method import MethodKind
from lambdas.records.clients.promotion import promote
from tests.support.build import CARD, CONTACT, a_submitted_order
from tests.unit.actions.conftest import CLIENT, World
from tests.unit.records.builders import a_client
from tests.unit.records.invoices.test_invoice import conflict, contested


def clients(world: World) -> ClientRecords:
    return ClientRecords(world.records)


def test_the_client_is_made_from_the_order(world: World) -> None:
    world.order(password_hash="scrypt$00$00")
    world.run(module, CLIENT)

    order = world.at_present()
    assert (order.client_id, world.action(CLIENT).state) == ("101", ActionState.DONE)
    assert world.action(CLIENT).result == {"client_id": "101", "made": True}
    client = clients(world).get("101")
    assert client is not None
    assert (client.first, client.email, client.password_hash) == ("Ada", "ada@example.com", "scrypt$00$00")


def test_billing_settings_of_the_order_are_the_client_s(world: World) -> None:
    world.order(info={"default_renew": 15, "invoice_delivery": "3", "grace_due": "1"})
    world.run(module, CLIENT)

    client = clients(world).get("101")
    assert client is not None
    assert client.settings == {"default_renew": "15", "invoice_delivery": "3"}


def test_billing_settings_of_the_order_count_where_its_lead_had_none(world: World) -> None:
    lead = a_client(
        client_id="77", order_id=None, active=ClientStatus.LEAD, uber_login="", settings={"default_renew": "1"}
    )
    clients(world).add(lead)
    world.order(client_id="77", info={"default_renew": "15", "invoice_delivery": "3"})
    world.run(module, CLIENT)

    client = clients(world).get("77")
    assert client is not None
    assert (client.active, client.settings) == (ClientStatus.CLIENT, {"default_renew": "1", "invoice_delivery": "3"})


def test_a_stored_method_is_kept_where_its_money_is_held_else_where_it_was_entered(world: World) -> None:
    """The choice of gateways may have changed between submit and this action."""
    choice = GatewayChoice(default="stripe", methods={MethodKind.BANK_ACCOUNT: "sandbox"}, kept=("paypal",))
    held = Hold(transaction_id="t", key="1001:submit:authorize:1@paypal", method="card", amount_cents=1, currency="USD")
    found = []
    for hold, paid_by in ((held, {}), (None, {}), (held, {"payment_type": "ach", "ach_token": "t"})):
        tools = Tools(world.store, world.records, world.gateway, world.clock, choice=choice)
        method = _method(a_submitted_order().changed(hold=hold, info={**CONTACT, **CARD, **paid_by}), tools)
        found.append(method and method.gateway)

    assert found == ["paypal", "stripe", "sandbox"]


def test_the_submitted_card_is_stored_with_the_client(world: World) -> None:
    world.order()
    world.run(module, CLIENT)

    method = clients(world).payment_method("101", "1001")
    assert method is not None
    assert (method.token, method.last_four) == ("tok_approve", "4242")


def test_an_order_without_payment_data_makes_a_client_without_a_method(world: World) -> None:
    world.order(token=None)
    world.run(module, CLIENT)

    assert world.found("client#101", "payment_method#") == []


def test_a_second_run_answers_without_doing_anything(world: World) -> None:
    world.order()

    assert world.run(module, CLIENT) == {"settled_before": False}
    assert world.run(module, CLIENT) == {"settled_before": True}
    assert world.action(CLIENT).attempts == 1


def test_a_run_that_died_before_it_settled_leaves_one_client(world: World) -> None:
    world.order()
    world.run_and_die_before_settling(module, CLIENT)
    world.run(module, CLIENT)

    assert (world.at_present().client_id, world.action(CLIENT).attempts) == ("101", 2)
    assert clients(world).brand_of("102") is None


def test_an_existing_client_is_not_changed(world: World) -> None:
    existing = a_client(client_id="77", order_id="900", first="Grace", uber_login="")
    clients(world).make(existing, None)
    world.order(client_id="77")
    world.run(module, CLIENT)

    assert world.action(CLIENT).result == {"client_id": "77", "made": False}
    assert clients(world).get("77") == existing
    assert world.found("client#77", "payment_method#") == []


def a_lead(world: World, **order: Any) -> Client:
    lead = a_client(client_id="77", order_id=None, active=ClientStatus.LEAD, first="Grace", uber_login="")
    clients(world).add(lead)
    world.order(client_id="77", **order)
    return lead


def test_a_lead_of_the_sales_manager_becomes_a_client_with_the_submitted_card(world: World) -> None:
    lead = a_lead(world)
    world.run(module, CLIENT)

    assert world.action(CLIENT).result == {"client_id": "77", "made": True}
    assert world.action(CLIENT).reason == "the lead is a client now"
    changed = {"active": ClientStatus.CLIENT, "default_billing_info_id": "1001"}
    assert clients(world).get("77") == lead.model_copy(update=changed)
    method = clients(world).payment_method("77", "1001")
    assert method is not None
    assert method.token == "tok_approve"


def test_a_lead_without_payment_data_becomes_a_client_without_a_method(world: World) -> None:
    lead = a_lead(world, token=None)
    world.run(module, CLIENT)

    assert clients(world).get("77") == lead.model_copy(update={"active": ClientStatus.CLIENT})
    assert world.found("client#77", "payment_method#") == []


def test_a_run_that_died_after_the_lead_became_a_client_says_the_same(world: World) -> None:
    a_lead(world)
    world.run_and_die_before_settling(module, CLIENT)
    world.run(module, CLIENT)

    assert world.action(CLIENT).result == {"client_id": "77", "made": True}
    assert len(world.found("client#77", "payment_method#")) == 1


def test_a_lead_that_another_order_made_a_client_is_an_existing_client(world: World) -> None:
    a_lead(world)
    promote(world.records, "77", "900", None)
    world.run(module, CLIENT)

    assert world.action(CLIENT).result == {"client_id": "77", "made": False}
    assert world.found("client#77", "payment_method#") == []


def test_a_client_that_does_not_exist_waits_for_a_person(world: World) -> None:
    world.order(client_id="77")

    with pytest.raises(PermanentError, match="does not exist"):
        world.run(module, CLIENT)
    assert (world.action(CLIENT).state, world.at_present().client_id) == (ActionState.FAILED, "77")


def test_a_taken_login_says_what_to_do_and_can_be_mended(world: World) -> None:
    clients(world).make(a_client(client_id="77", order_id="900", uber_login="Ada"), None)
    order = world.order()
    order = world.store.save(order.changed(info={**order.info, "uber_login": "ada"}))

    with pytest.raises(PermanentError, match=r"login name is taken .* set info.uber_login"):
        world.run(module, CLIENT)
    failed = world.at_present()
    assert failed.actions[str(CLIENT)].reason.startswith("the login name is taken")
    world.store.save(failed.changed(info={**failed.info, "uber_login": "ada2"}))
    world.run(module, CLIENT)

    assert world.at_present().client_id is not None


def test_a_conflict_with_another_order_is_tried_again(world: World) -> None:
    """Two orders with one login at the same moment: which of them has it is not known yet."""
    world.order()

    def rival() -> None:
        raise conflict(world.records.client)

    world.records.client = contested(world.records, rival).client
    with pytest.raises(TransientError):
        world.run(module, CLIENT)


def test_a_client_is_not_taken_back(world: World) -> None:
    world.order()
    world.run(module, CLIENT)
    world.cancel()

    assert world.undo(module, CLIENT) == {"undone": False}
    assert world.action(CLIENT).state is ActionState.DONE
