"""Contact data that is changed on an order after its client was made counts for that order, and the order says so."""

from typing import Any

import pytest

from lambdas.orders.decisions.late_contact import contact_note
from lambdas.orders.errors import OrderIsFinalError
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.service import OrderService
from tests.support.build import NOW, a_draft, a_service

PROVISION = "101"


@pytest.fixture
def service() -> OrderService:
    return a_service()


def submitted(service: OrderService, **changes: Any) -> Order:
    order = service.submit(service.create(a_draft()))
    return service.store.save(order.changed(**changes)) if changes else order


def updated(service: OrderService, order: Order, **info: Any) -> Order:
    return service.update(service.get(order_id=order.order_id), {"info": info})


def being_made(order: Order) -> dict[str, Any]:
    action = order.actions[PROVISION].changed(state=ActionState.RUNNING, claim="c", claim_ends_at=NOW + 60)
    return {**order.actions, PROVISION: action}


def test_before_the_client_is_made_it_is_the_client_s(service: OrderService) -> None:
    order = updated(service, submitted(service), email="ada@example.org")

    assert (order.info["email"], contact_note(order)) == ("ada@example.org", "")


def test_afterwards_the_order_says_which_is_meant(service: OrderService) -> None:
    order = updated(service, submitted(service, client_id="101"), email="ada@example.org")
    order = updated(service, order, phone="020 7946 0018", notes="ring twice", first="Ada")

    assert order.info["email"] == "ada@example.org"
    note = "email, phone: changed after client 101 was made, so it counts for this order alone; client.update corrects the client"
    assert contact_note(order) == note


def test_so_it_does_while_the_client_is_being_made(service: OrderService) -> None:
    order = submitted(service)
    order = service.store.save(order.changed(actions=being_made(order)))

    assert contact_note(updated(service, order, email="ada@example.org")).startswith(
        "email: changed after the client was made"
    )
    assert updated(service, order, email="ada@example.org").contact_changed == ("email",)


def test_what_is_sent_back_as_it_is_changes_nothing(service: OrderService) -> None:
    order = submitted(service, client_id="101")

    assert updated(service, order, **order.info).contact_changed == ()


def test_a_complete_order_says_where_its_client_is_corrected(service: OrderService) -> None:
    order = submitted(service, client_id="101")
    complete = next(step for step in order.checklist_steps if step.status is StepStatus.COMPLETE)
    order = service.store.save(order.changed(step_id=complete.step_id, step_status=complete.status))

    with pytest.raises(OrderIsFinalError, match=r"and client 101 by client\.update"):
        updated(service, order, email="ada@example.org")
