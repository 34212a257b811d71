"""Nobody has services unpaid because a queue's author did not think of it."""

from typing import Any

import pytest

from lambdas.orders.model.queue import Queue, load_queues
from statemachines.credit_checks import credit_problems, credit_warnings
from tests.support.build import a_queue

LEADS = {"id": 1, "name": "Leads", "expires_after_days": 30}
ENDS = ({"id": 8, "name": "Complete"}, {"id": 9, "name": "Canceled"})


def action(number: int, module: str, **changes: Any) -> dict[str, Any]:
    return {"id": number, "name": f"Action {number}", "module": module, "automatic": True, **changes}


PENDING = action(21, "add_services", config={"default_service_status": "pending"})
INVOICE = action(22, "generate_invoice", prereqs=[21])
AWAIT = action(23, "await_payment", prereqs=[22])
ACTIVATE = action(24, "activate_services", prereqs=[23])
ACTIVE = action(21, "add_services")


def queue(*steps: list[dict[str, Any]], **said: Any) -> Queue:
    ordinary = [{"id": 2 + place, "name": f"Step {place}", "actions": actions} for place, actions in enumerate(steps)]
    return a_queue(steps=[LEADS, *ordinary, *ENDS], **{"may_be_invoiced": "everybody", **said})


def problems(*steps: list[dict[str, Any]], **said: Any) -> str:
    return "\n".join(credit_problems(queue(*steps, **said)))


@pytest.mark.parametrize(
    "steps",
    [
        [[PENDING, INVOICE, AWAIT, ACTIVATE]],
        [[PENDING, INVOICE], [AWAIT], [{**ACTIVATE, "prereqs": []}]],
        [[PENDING, INVOICE, AWAIT], [{**ACTIVE, "id": 25}]],
    ],
)
def test_services_that_wait_for_the_payment_are_for_everybody(steps: list[list[dict[str, Any]]]) -> None:
    assert not problems(*steps)


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([[ACTIVE]], "action 21"),
        ([[ACTIVE, INVOICE, AWAIT]], "action 21"),
        ([[PENDING, INVOICE, AWAIT, {**ACTIVATE, "prereqs": [22]}]], "action 24"),
        ([[PENDING, INVOICE, {**ACTIVATE, "prereqs": []}], [AWAIT]], "action 24"),
        ([[PENDING, {**INVOICE, "prereqs": [21]}, {**ACTIVATE, "prereqs": [22]}]], "action 24"),
    ],
)
def test_services_that_do_not_are_refused_with_the_cure(steps: list[list[dict[str, Any]]], named: str) -> None:
    text = problems(*steps)

    assert text.startswith(named)
    assert "before they paid; put an action of await_payment before it" in text
    assert not problems(*steps, active_unpaid="Credit is decided before.")
    assert not problems(*steps, may_be_invoiced="existing_clients")


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([[PENDING, INVOICE, {**AWAIT, "optional": True}]], "is optional, so nothing waits"),
        ([[PENDING, INVOICE, {**AWAIT, "automatic": False}]], "is done by hand"),
        ([[PENDING, INVOICE, {**AWAIT, "prereqs": []}]], "would find no invoice"),
        ([[PENDING, {**AWAIT, "prereqs": [21]}], [INVOICE]], "would find no invoice"),
    ],
)
def test_a_wait_that_waits_for_nothing_is_refused(steps: list[list[dict[str, Any]]], text: str) -> None:
    assert text in problems(*steps, may_be_invoiced="nobody")


def test_credit_that_nobody_spoke_of_is_warned_of() -> None:
    silent = a_queue()
    (warning,) = credit_warnings(silent)

    assert "action 22 Add Services" in warning
    assert 'set may_be_invoiced = "existing_clients" if that is meant' in warning
    for said in (
        {"may_be_invoiced": "existing_clients"},
        {"may_be_invoiced": "nobody"},
        {"active_unpaid": "they are kin"},
    ):
        assert not list(credit_warnings(a_queue(**said)))


@pytest.mark.parametrize("shipped", load_queues().values(), ids=lambda each: each.key)
def test_no_queue_here_is_warned_of(shipped: Queue) -> None:
    assert not list(credit_warnings(shipped))


def test_why_a_queue_trusts_its_clients_is_no_other_queue_for_its_orders() -> None:
    assert a_queue().content_hash == a_queue(active_unpaid="they are kin").content_hash
