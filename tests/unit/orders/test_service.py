"""The verbs, over in-memory twins."""

from typing import Any

import pytest

from lambdas.orders.errors import (
    InvalidOrderError,
    KeyTakenError,
    NotAfterSubmitError,
    OrderIsFinalError,
    OrderNotFoundError,
    QueueNotFoundError,
)
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.submit_errors import PaymentRefusedError, PaymentUnknownError, SubmitInProgressError
from lambdas.orders.submit_request import CLAIM_SECONDS
from lambdas.orders.table.keys import IdempotencyKey
from tests.support.build import CARD, CONTACT, Clock, a_draft, a_service, hold_key, the_default_queue
from tests.support.fakes import FakeClients, FakePayments, InMemoryOrderStore


def test_a_lead_needs_one_field_only() -> None:
    order = a_service().create(a_draft(info={"first": "Ada"}))

    assert (order.order_id, order.step.name, order.info) == ("1001", "Leads", {"first": "Ada"})


def test_each_order_gets_a_long_hash_of_its_own() -> None:
    service = a_service()
    hashes = {service.create(a_draft()).hash for _ in range(20)}

    assert len(hashes) == 20
    assert {len(hash.replace("-", "")) for hash in hashes} == {40}


def test_an_unknown_queue_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(QueueNotFoundError, match="the queues here are 1"):
        a_service().create(a_draft(order_queue_id=7))


def test_update_merges_info_deeply_and_keeps_the_rest() -> None:
    service = a_service()
    order = service.create(a_draft(info={"pack1": {"options": {"31": "1"}, "desserv": "a.example"}, "form_only": "x"}))

    updated = service.update(order, {"info": {"pack1": {"options": {"32": "2"}}}})

    assert updated.info == {"pack1": {"options": {"31": "1", "32": "2"}, "desserv": "a.example"}, "form_only": "x"}


def test_a_password_is_never_kept_in_the_clear() -> None:
    service = a_service()
    order = service.create(a_draft(info={"uber_pass": "correct horse"}))

    assert "uber_pass" not in order.info
    assert order.password_hash is not None
    assert "correct horse" not in repr(order)


def test_the_total_is_worked_out_from_what_is_asked_for() -> None:
    service = a_service()
    order = service.create(a_draft())

    assert order.total_cents == 2000
    assert service.update(order, {"info": {"pack2": {"price": "5"}}}).total_cents == 2500


def test_submit_holds_the_money_and_leaves_leads() -> None:
    payments = FakePayments()
    service = a_service(payments=payments)

    order = service.submit(service.create(a_draft()))

    assert order.step.name == "Processing"
    assert order.hold is not None
    assert order.hold.amount_cents == 2000
    assert order.attempt is None
    assert payments.authorized == [hold_key(order)]


def test_submitting_again_changes_nothing_and_holds_nothing_more() -> None:
    payments = FakePayments()
    service = a_service(payments=payments)
    first = service.submit(service.create(a_draft()))

    assert service.submit(first) == first
    assert len(payments.authorized) == 1


@pytest.mark.parametrize(
    ("info", "missing"),
    [
        ({}, ["info.first", "info.email"]),
        ({"first": "Ada"}, ["info.email"]),
        ({**CONTACT, "pack1": {"plan_id": "77"}}, ["info.pack1.plan_id"]),
        ({"company": "Ltd", "email": "a@b.example", "pack1": {}}, ["info.pack1.plan_id"]),
    ],
)
def test_submit_names_every_missing_part(info: dict[str, Any], missing: list[str]) -> None:
    service = a_service()
    order = service.create(a_draft(info=info))

    with pytest.raises(InvalidOrderError) as refused:
        service.submit(order)

    assert [problem.field for problem in refused.value.problems] == missing
    assert service.get(order_id=order.order_id).is_lead


def test_an_order_of_an_existing_client_needs_no_contact_data() -> None:
    service = a_service(clients=FakeClients({"100"}))

    assert not service.submit(service.create(a_draft(client_id="100", info={}))).is_lead


def test_a_client_that_does_not_exist_is_refused_at_submit() -> None:
    service = a_service()
    with pytest.raises(InvalidOrderError, match="client_id"):
        service.submit(service.create(a_draft(client_id="100")))


def test_a_login_name_that_is_taken_is_refused_before_any_money() -> None:
    payments = FakePayments()
    service = a_service(clients=FakeClients({"100"}, logins={"ada"}), payments=payments)
    order = service.create(a_draft(info={**CONTACT, **CARD, "uber_login": "Ada", "pack1": {"price": "20"}}))

    with pytest.raises(InvalidOrderError, match=r"info\.uber_login: is the login name of another client"):
        service.submit(order)
    assert payments.authorized == []
    assert not service.submit(service.update(order, {"client_id": "100"})).is_lead


def test_a_decline_leaves_a_lead_that_can_be_changed_and_submitted_again() -> None:
    payments = FakePayments(outcome="declined")
    service = a_service(payments=payments)
    order = service.create(a_draft())

    with pytest.raises(PaymentRefusedError, match="declined by its bank"):
        service.submit(order)
    lead = service.update(service.get(order_id=order.order_id), {"info": {"cc_token": "tok_other"}})
    payments.outcome = "held"
    submitted = service.submit(lead)

    assert submitted.step.name == "Processing"
    assert payments.authorized == [hold_key(order), hold_key(order, 2)]


def test_an_unclear_payment_is_looked_up_under_its_own_key_and_made_once() -> None:
    payments, clock = FakePayments(outcome="unclear"), Clock()
    service = a_service(payments=payments, now=clock)
    order = service.create(a_draft())

    with pytest.raises(PaymentUnknownError, match="do not pay again"):
        service.submit(order)
    with pytest.raises(SubmitInProgressError):
        service.submit(service.get(order_id=order.order_id))
    clock.time += CLAIM_SECONDS + 1
    payments.outcome = "held"
    submitted = service.submit(service.get(order_id=order.order_id))

    assert submitted.hold is not None
    assert payments.held == {hold_key(order): 2000}


def test_a_payment_of_a_dead_submit_is_given_back_when_the_order_changed_since() -> None:
    payments, clock = FakePayments(outcome="unclear"), Clock()
    service = a_service(payments=payments, now=clock)
    order = service.create(a_draft())
    with pytest.raises(PaymentUnknownError):
        service.submit(order)
    clock.time += CLAIM_SECONDS + 1
    payments.outcome = "held"
    changed = service.update(service.get(order_id=order.order_id), {"info": {"pack1": {"price": "30"}}})

    with pytest.raises(PaymentRefusedError, match="now released"):
        service.submit(changed)
    submitted = service.submit(service.get(order_id=order.order_id))

    assert submitted.hold is not None
    assert payments.held == {hold_key(order, 2): 3000}


def test_of_two_submits_at_once_one_wins() -> None:
    payments = FakePayments()
    service = a_service(payments=payments)
    order = service.create(a_draft())
    refusals: list[Exception] = []

    def submit_too(current: Order) -> None:
        with pytest.raises(SubmitInProgressError) as refused:
            service.submit(current)
        refusals.append(refused.value)

    payments.during = submit_too
    assert service.submit(order).step.name == "Processing"
    assert len(payments.authorized) == len(refusals) == 1


def test_an_order_canceled_while_it_is_submitted_holds_nothing() -> None:
    payments = FakePayments()
    service = a_service(payments=payments)
    payments.during = service.cancel
    order = service.create(a_draft())

    with pytest.raises(OrderIsFinalError, match="Canceled"):
        service.submit(order)

    canceled = service.get(order_id=order.order_id)
    assert canceled.step_status is StepStatus.CANCELED
    assert canceled.attempt is None
    assert payments.held == {}


def test_an_order_cannot_be_updated_while_it_is_being_submitted() -> None:
    payments = FakePayments()
    service = a_service(payments=payments)

    def update_too(order: Order) -> None:
        with pytest.raises(SubmitInProgressError):
            service.update(order, {"info": {"pack1": {"price": "1"}}})

    payments.during = update_too
    assert service.submit(service.create(a_draft())).total_cents == 2000


def test_what_is_bought_is_fixed_after_submit_but_contact_data_is_not() -> None:
    service = a_service()
    order = service.submit(service.create(a_draft()))

    with pytest.raises(NotAfterSubmitError) as refused:
        service.update(order, {"info": {"pack1": {"price": "1"}, "cc_token": "x"}})

    assert [problem.field for problem in refused.value.problems] == ["info.cc_token", "info.pack1"]
    assert service.update(order, {"info": {"phone": "+44 20 7946 0000"}}).info["phone"]


def test_cancel_is_final_raises_the_epoch_and_may_be_repeated() -> None:
    service = a_service()
    order = service.submit(service.create(a_draft()))

    canceled = service.cancel(order, "changed their mind")

    assert (canceled.step.name, canceled.epoch, canceled.canceled_because) == ("Canceled", 2, "changed their mind")
    assert service.cancel(canceled) == canceled
    with pytest.raises(OrderIsFinalError, match="cannot be submitted"):
        service.submit(canceled)
    with pytest.raises(OrderIsFinalError, match="cannot be updated"):
        service.update(canceled, {"priority": 2})


def test_a_complete_order_cannot_be_canceled_or_updated_and_submit_answers_the_same() -> None:
    store = InMemoryOrderStore()
    service = a_service(store=store)
    order = service.submit(service.create(a_draft()))
    complete = store.save(order.changed(step_id=13, step_status=StepStatus.COMPLETE))

    with pytest.raises(OrderIsFinalError, match="Complete, which is final: it cannot be canceled"):
        service.cancel(complete)
    with pytest.raises(OrderIsFinalError):
        service.update(complete, {"priority": 2})
    assert service.submit(complete) == complete


@pytest.mark.parametrize("by", ["key", "hash"])
def test_the_same_key_or_hash_makes_one_order(by: str) -> None:
    service = a_service()
    key = IdempotencyKey("web", "k-1") if by == "key" else None
    given = {"hash": "my-own-hash"} if by == "hash" else {}

    first = service.create(a_draft(**given), key)
    service.update(first, {"priority": 3})
    again = service.create(a_draft(**given), key)

    assert again == first
    with pytest.raises(KeyTakenError, match=r"already belongs to order 1001"):
        service.create(a_draft(priority=2, **given), key)


def test_an_idempotency_key_belongs_to_its_caller() -> None:
    service = a_service()
    one = service.create(a_draft(), IdempotencyKey("web", "k-1"))
    other = service.create(a_draft(), IdempotencyKey("shop", "k-1"))

    assert one.order_id != other.order_id


def test_identical_orders_without_a_key_are_two_orders() -> None:
    service = a_service()
    assert service.create(a_draft()).order_id != service.create(a_draft()).order_id


def test_get_by_hash_and_by_id_agree() -> None:
    service = a_service()
    order = service.create(a_draft())

    assert service.get(hash=order.hash) == service.get(order_id=order.order_id) == order
    with pytest.raises(OrderNotFoundError, match="this hash"):
        service.get(hash="nobody-has-this")
    with pytest.raises(OrderNotFoundError, match="the id 5"):
        service.get(order_id="5")


def test_a_queue_that_is_not_active_takes_no_new_orders() -> None:
    closed = the_default_queue().model_copy(update={"active": False})

    with pytest.raises(InvalidOrderError, match="takes no new orders"):
        a_service(queues={1: closed}).create(a_draft())
