"""A client's default payment method, and the removal of one: nothing that still needs it loses it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from lambdas.orders.model.order import PaymentAttempt
from lambdas.orders.model.steps import StepStatus
from lambdas.payments.gateway import Gateway, GatewayUnavailableError
from lambdas.payments.several.choice import GatewayChoice
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.method_removal import MethodRemovals
from lambdas.records.clients.stored_methods import MethodsBusyError, PaymentMethodRecords
from lambdas.records.invoices.invoice import ChargeAttempt
from lambdas.records.invoices.records import InvoiceRecords
from tests.support.build import CONTACT, NOW
from tests.unit.api.clients.test_clients import CARD, added
from tests.unit.api.conftest import Answer, Caller
from tests.unit.records.builders import an_invoice

PACK = {"pack1": {"plan_id": "1", "period": 12}}


@pytest.fixture
def shop(caller: Caller) -> Caller:
    """Client 101 with the cards 1 (the default one) and 2."""
    added(caller)
    for token in ("tok_approve", "tok_times_out"):
        caller.data("client.cc_add", {"client_id": "101", **CARD, "cc_token": token, "fname": "Ada"})
    return caller


def remove(shop: Caller, method: str = "1") -> Answer:
    return shop.call("client.payment_method_remove", {"client_id": "101", "billing_info_id": method})


def listed(shop: Caller) -> list[str]:
    return list(shop.data("client.payment_method_list", {"client_id": "101"}))


def default(shop: Caller) -> str | None:
    found: str | None = shop.call("client.get", {"client_id": "101"}).body["default_billing_info_id"]
    return found


def a_lead(shop: Caller, method: str = "1", **changes: Any) -> str:
    info = {**CONTACT, **PACK, "payment_type": "cc", "billing_info_id": method}
    answer = shop.call("order.create", {"order_queue_id": 1, "client_id": "101", "info": info})
    assert answer.status == 201, answer.body
    order_id = str(answer.body["order_id"])
    if changes:
        store = shop.api.backend.service.store
        store.save(store.get(order_id).changed(**changes))
    return order_id


def through(shop: Caller, gateway: Any, **parts: Any) -> Caller:
    backend = replace(shop.api.backend, gateway=gateway, **parts)
    return replace(shop, api=replace(shop.api, backend=backend))


def test_another_method_becomes_the_default_one(shop: Caller) -> None:
    answer = shop.call("client.payment_method_default", {"client_id": "ada", "billing_info_id": "2"})

    assert (answer.status, answer.body) == (
        200,
        {"client_id": "101", "billing_info_id": "2", "default_billing_info_id": "2"},
    )
    assert shop.data("client.payment_method_default", {"client_id": "101", "billing_info_id": "2"}) is True
    assert default(shop) == "2"
    found = shop.call("client.payment_method_list", {"client_id": "101"}).body["payment_methods"]
    assert [(each["billing_info_id"], each["is_default"]) for each in found] == [("1", False), ("2", True)]


def test_one_that_the_client_does_not_have_becomes_no_default_and_is_not_removed(shop: Caller) -> None:
    for method in ("client.payment_method_default", "client.payment_method_remove"):
        answer = shop.call(method, {"client_id": "101", "billing_info_id": "9"})
        assert (answer.status, answer.body["errors"][0]["field"]) == (404, "billing_info_id")
    assert (default(shop), listed(shop)) == ("1", ["1", "2"])


def test_a_removed_method_leaves_its_number_only_and_no_other_is_the_default_silently(shop: Caller) -> None:
    answer = remove(shop)

    assert (answer.status, answer.body["default_billing_info_id"], default(shop)) == (200, None, None)
    assert listed(shop) == ["2"]
    kept = shop.api.backend.records.query("client#101", "payment_")
    assert [set(each) - {"pk", "sk"} for each in kept if each["sk"].endswith("#1")] == [
        {"billing_info_id", "removal", "removed_at", "removed_by"}
    ]
    assert [each["sk"].startswith("payment_token#") for each in kept].count(True) == 1
    assert "tok_approve" not in str(kept)
    assert remove(shop).body == answer.body
    assert remove(shop, "2").status == 200


def test_the_next_method_is_the_default_one_again_and_has_a_number_of_its_own(shop: Caller) -> None:
    remove(shop)
    again = shop.data("client.cc_add", {"client_id": "101", **CARD})

    assert (again, default(shop), listed(shop)) == ("3", "3", ["2", "3"])


def test_the_removal_of_another_leaves_the_default_one(shop: Caller) -> None:
    assert remove(shop, "2").body["default_billing_info_id"] == "1"


def test_it_is_refused_while_a_submitted_order_holds_money_with_it(shop: Caller) -> None:
    order_id = a_lead(shop)
    assert shop.call("order.submit", {"order_id": order_id}).status == 200
    answer = remove(shop)

    assert (answer.status, answer.body["type"]) == (409, "urn:order-queues:problem:method_needed")
    assert f"order {order_id} may still be paid by it; finish or cancel" in answer.body["detail"]
    assert listed(shop) == ["1", "2"]
    assert remove(shop, "2").status == 200
    shop.call("order.cancel", {"order_id": order_id, "reason": "asked to"})
    assert remove(shop).status == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),  # a lead that only names how it will be paid
        ({"attempt": PaymentAttempt(key="k", amount_cents=1, currency="USD", method="card:x", claim="c", claim_ends_at=0)}, 409),
    ],
)  # fmt: skip
def test_a_lead_needs_it_once_its_payment_was_begun(shop: Caller, changes: dict[str, Any], status: int) -> None:
    order_id = a_lead(shop, **changes)

    assert remove(shop).status == status
    if not changes:
        refused = shop.call("order.submit", {"order_id": order_id})
        assert (refused.status, refused.body["errors"][0]["field"]) == (422, "info.billing_info_id")


def test_the_method_that_came_with_an_order_is_needed_before_the_order_has_its_client(shop: Caller) -> None:
    records, store = shop.api.backend.records, shop.api.backend.service.store
    sent = {"order_queue_id": 1, "info": {**CONTACT, **PACK, "payment_type": "cc", "cc_token": "tok_approve"}}
    order_id = str(shop.call("order.create", sent).body["order_id"])
    shop.call("order.submit", {"order_id": order_id})
    records.put_new({"pk": f"client_of#{order_id}", "sk": "client", "client_id": "101"})
    stored = PaymentMethodRecords(records).of_client("101")["1"].model_dump()
    records.put_new({"pk": "client#101", "sk": f"payment_method#{order_id}", "billing_info_id": order_id, **stored})
    assert store.get(order_id).client_id is None
    assert remove(shop, order_id).status == 409

    order = store.get(order_id)
    assert order.hold is not None
    store.save(order.changed(hold=order.hold.changed(captured=True)))
    assert remove(shop, order_id).status == 200


def test_it_is_refused_while_the_charge_of_an_invoice_is_not_settled(shop: Caller) -> None:
    invoices = InvoiceRecords(shop.api.backend.records)
    invoice = invoices.issue(an_invoice(order_id=None))
    charge = ChargeAttempt(key="k", billing_info_id="1", claim="c", claim_ends_at=0)
    claimed = invoices.write_charge(invoice, charge)
    assert claimed is not None
    assert f"invoice {invoice.invoice_id} may still be paid by it" in remove(shop).body["detail"]

    invoices.write_charge(claimed, None)
    assert remove(shop).status == 200


@dataclass
class Forgetful:
    """The sandbox, with something that happens when it is to forget a method."""

    gateway: Gateway
    first: Callable[[], Any]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.gateway, name)

    def forget(self, token: str) -> None:
        self.first()


def test_a_provider_that_does_not_answer_is_asked_again_and_the_method_pays_nothing_meanwhile(shop: Caller) -> None:
    def silent() -> None:
        raise GatewayUnavailableError("the payment provider cannot be reached")

    order_id = a_lead(shop)
    answer = remove(through(shop, Forgetful(shop.api.backend.gateway, silent)))

    assert (answer.status, answer.body["type"]) == (503, "urn:order-queues:problem:method_still_kept")
    assert listed(shop) == ["2"]
    assert shop.call("order.submit", {"order_id": order_id}).status == 422
    assert shop.call("client.payment_method_default", {"client_id": "101", "billing_info_id": "1"}).status == 404
    assert remove(shop).status == 200
    assert default(shop) is None


def test_two_removals_at_once_end_as_one(shop: Caller) -> None:
    answers: list[Answer] = []
    both = through(shop, Forgetful(shop.api.backend.gateway, lambda: answers.append(remove(shop))))
    mine = remove(both)

    assert [mine.status, *(answer.status for answer in answers)] == [200, 200]
    assert listed(shop) == ["2"]


def test_a_submit_that_came_while_it_is_removed_begins_no_payment(shop: Caller) -> None:
    order_id = a_lead(shop)
    answers: list[Answer] = []

    def submit() -> None:
        answers.append(shop.call("order.submit", {"order_id": order_id}))

    assert remove(through(shop, Forgetful(shop.api.backend.gateway, submit))).status == 200
    assert [answer.status for answer in answers] == [422]
    assert shop.api.backend.service.store.get(order_id).hold is None


def test_a_removal_that_was_refused_or_taken_over_is_given_up_by_its_own_call_only(shop: Caller) -> None:
    removals = MethodRemovals(shop.api.backend.records, "101")
    first, second = removals.begin("1", "a"), removals.begin("1", "b")
    assert first
    assert second
    assert second.method
    removals.give_up(first)
    assert listed(shop) == ["2"]
    with pytest.raises(MethodsBusyError):
        removals.finish(first, second.method, by="web", at=NOW)
    removals.give_up(second)
    assert listed(shop) == ["1", "2"]


def test_an_order_that_is_under_way_keeps_a_method_whose_removal_is_being_decided(shop: Caller) -> None:
    MethodRemovals(shop.api.backend.records, "101").begin("1", "a")
    clients = ClientRecords(shop.api.backend.records)

    assert clients.payment_method("101", "1") is None
    assert clients.payment_method("101", "1", to_begin=False) is not None
    remove(shop)
    assert clients.payment_method("101", "1", to_begin=False) is None


def test_a_method_of_a_gateway_that_the_stage_has_no_more_is_removed_here(shop: Caller) -> None:
    def never() -> None:
        raise AssertionError

    gateway = Forgetful(shop.api.backend.gateway, never)
    before, after = (through(shop, gateway, choice=GatewayChoice(default=name)) for name in ("sandbox", "stripe"))
    stored = before.data("client.cc_add", {"client_id": "101", **CARD, "cc_token": "tok_of_before"})
    assert remove(after, stored).status == 200


def test_a_complete_order_needs_no_method(shop: Caller) -> None:
    order_id = a_lead(shop)
    shop.call("order.submit", {"order_id": order_id})
    store = shop.api.backend.service.store
    store.save(store.get(order_id).changed(step_status=StepStatus.COMPLETE))

    assert remove(shop).status == 200
