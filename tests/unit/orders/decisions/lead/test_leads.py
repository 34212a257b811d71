"""A lead costs rows and no execution: its machine begins with its submit, or with a cancel that has something to take back."""

from typing import Any

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.lead import deployed_checklist, lead_expiry
from lambdas.orders.decisions.operator.restart import machine_stopped, restarted
from lambdas.orders.errors import QueueNotFoundError
from lambdas.orders.machine import Answer, answers, starts
from lambdas.orders.model.order import Order, PaymentAttempt, Wait
from lambdas.orders.model.queue import Queue
from lambdas.orders.operator_errors import RestartRefusedError
from lambdas.orders.service import OrderService
from tests.support.build import NOW, a_draft, a_queue, a_service, an_order, the_default_queue
from tests.support.fakes import FakePayments, InMemoryOrderStore

WAIT = Wait(token="t", since=NOW, due_at=NOW + 99, owner="sales")


def of_an_earlier_version(**changes: Any) -> Order:
    return an_order(machine_run=1, lead_ends_at=None, waits={"leads": WAIT}, **changes)


def test_a_new_lead_starts_nothing_and_says_until_when_it_is_kept() -> None:
    lead = a_service().create(a_draft())

    assert not starts(None, lead)
    assert lead.lead_ends_at == NOW + 30 * 86_400
    (wait,) = lead_expiry.waits_of(lead).values()
    assert (wait.owner, wait.due_at) == ("sales", lead.lead_ends_at)


def test_updating_a_lead_starts_nothing() -> None:
    service = a_service()
    lead = service.create(a_draft())

    assert not starts(lead, service.update(lead, {"info": {"first": "Eve"}}))


def test_the_submit_starts_it_and_telling_that_twice_does_not() -> None:
    service = a_service()
    lead = service.create(a_draft())
    order = service.submit(lead)

    assert starts(lead, order)
    assert not starts(order, order)
    assert lead_expiry.waits_of(order) == {}
    assert order.lead_ends_at is None


def test_a_declined_submit_starts_nothing() -> None:
    service = a_service(payments=FakePayments(outcome="declined"))
    lead = service.create(a_draft())
    with pytest.raises(Exception, match="declined"):
        service.submit(lead)

    assert not starts(lead, service.get(order_id=lead.order_id))


def test_a_lead_that_did_nothing_is_unwound_with_its_cancel() -> None:
    service = a_service()
    lead = service.create(a_draft())
    canceled = service.cancel(lead)

    assert not starts(lead, canceled)
    assert canceled.unwound_at == canceled.canceled_at == NOW


def test_a_lead_whose_payment_was_begun_is_unwound_by_its_machine() -> None:
    service = a_service(payments=FakePayments(outcome="unclear"))
    lead = service.create(a_draft())
    with pytest.raises(Exception, match="being confirmed"):
        service.submit(lead)
    canceled = service.cancel(service.get(order_id=lead.order_id))

    assert starts(lead, canceled)
    assert canceled.unwound_at is None


def edited(queue: Queue) -> Queue:
    """With an action more, and its Leads under another number."""
    processing = queue.ordinary_steps[0]
    more = processing.actions[0].model_copy(update={"id": 999, "module": "manual_check_off", "automatic": False})
    steps = (
        queue.leads.model_copy(update={"id": 7}),
        processing.model_copy(update={"actions": (*processing.actions, more)}),
        *queue.steps[2:],
    )
    return Queue.model_validate({**queue.model_dump(), "steps": [step.model_dump() for step in steps]})


def test_an_order_takes_the_checklist_of_the_queue_its_machine_begins_with() -> None:
    store, queue = InMemoryOrderStore(), edited(the_default_queue())
    lead = a_service(store=store).create(a_draft())

    order = a_service(store=store, queues={1: queue}, machine_hashes={1: "new"}).submit(lead)

    assert "999" in order.actions
    assert (order.queue_hash, order.machine_hash) == (queue.content_hash, "new")
    assert order.step_id == queue.ordinary_steps[0].id


def test_so_does_one_that_is_canceled_with_a_payment_begun() -> None:
    store, queue = InMemoryOrderStore(), edited(the_default_queue())
    lead = a_service(store=store).create(a_draft())
    attempt = PaymentAttempt(key="k", amount_cents=1, currency="USD", method="m", claim="c", claim_ends_at=NOW - 1)
    store.save(lead.changed(attempt=attempt))

    canceled = a_service(store=store, queues={1: queue}).cancel(store.get(lead.order_id))

    assert "999" in canceled.actions


def test_an_order_under_way_keeps_its_own() -> None:
    order = progress.submitted(an_order(), now=NOW, hold=None)
    queue = edited(the_default_queue())

    assert deployed_checklist.as_deployed(order, queue, {}, machine_hash="new") is order
    assert (
        deployed_checklist.as_deployed(of_an_earlier_version(), queue, {}, machine_hash="new")
        == of_an_earlier_version()
    )


def test_a_lead_of_a_queue_that_is_gone_cannot_be_submitted_and_can_be_canceled() -> None:
    store = InMemoryOrderStore()
    lead = a_service(store=store).create(a_draft())
    service: OrderService = a_service(store=store, queues={9: a_queue()})

    with pytest.raises(QueueNotFoundError):
        service.submit(lead)
    assert service.cancel(lead).unwound_at == NOW


def test_a_lead_whose_execution_an_earlier_version_began_is_woken_by_its_submit_and_by_its_cancel() -> None:
    lead = of_an_earlier_version()
    order = progress.submitted(lead, now=NOW, hold=None)
    canceled = progress.canceled(lead, now=NOW, because="")

    assert (answers(lead, order), starts(lead, order)) == ({"t": Answer.GO_ON}, False)
    assert (answers(lead, canceled), starts(lead, canceled)) == ({"t": Answer.CANCELED}, False)
    assert canceled.unwound_at is None  # its execution says when


def test_if_that_execution_is_stopped_it_is_a_lead_as_any_other() -> None:
    stopped = machine_stopped(of_an_earlier_version(), execution="order-1001", because="stopped", at=NOW)

    assert (stopped.waits, stopped.lead_ends_at) == ({}, WAIT.due_at)
    order = progress.submitted(stopped, now=NOW, hold=None)
    assert starts(stopped, order)
    assert (order.machine_run, order.machine_stopped_at) == (2, None)


def test_an_execution_that_was_begun_for_a_lead_by_hand_is_none_of_its_own() -> None:
    lead = an_order()

    assert machine_stopped(lead, execution="order-1001", because="stopped", at=NOW) is lead


def test_a_lead_is_not_restarted() -> None:
    with pytest.raises(RestartRefusedError, match="it is a lead"):
        restarted(an_order(), the_default_queue(), by="ann", now=NOW)


@pytest.mark.parametrize(
    "ends",
    [lambda lead: progress.canceled(lead, now=NOW, because="x"), lambda lead: lead_expiry.expired(lead, now=NOW)],
)
def test_a_lead_that_is_over_waits_for_nobody_to_look_at_it(ends: Any) -> None:
    over = ends(an_order(review_at=NOW - 9, review_because="many payments were declined"))

    assert (over.review_at, over.review_because) == (None, "")
