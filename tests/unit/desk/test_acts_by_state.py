"""Acts that are offered, by the state of the order: only what it takes, and what means something to it."""

from collections.abc import Callable

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from tests.unit.desk.staff import Staff, an_order_in, at_call_back, changed

OF_ANY = {"answer", "note", "contact"}


def a_lead(site: Site) -> Order:
    return an_order_in(site, submit=False)


def canceled(site: Site) -> Order:
    return site.desk.service.cancel(a_lead(site), "the client asked", by="boss")


def canceled_while_it_waited(site: Site) -> Order:
    """Nothing was done yet that has to be taken back."""
    return site.desk.service.cancel(at_call_back(site), "the client asked", by="boss")


def complete(site: Site) -> Order:
    order = an_order_in(site)
    step = next(step for step in order.checklist_steps if step.status is StepStatus.COMPLETE)
    done = {key: action.changed(state=ActionState.DONE, met=True) for key, action in order.actions.items()}
    return changed(site, order, actions=done, waits={}, step_id=step.step_id, step_status=StepStatus.COMPLETE)


def acts_of_order(staff: Staff, order: Order) -> set[str]:
    """Without those of its actions and of what waits."""
    return {act for act in staff.order(order.order_id).acts if " " not in act}


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (a_lead, {"priority", "cancel"}),
        (at_call_back, {"priority", "move", "cancel"}),
        (complete, set()),
        (canceled, set()),
        (canceled_while_it_waited, set()),
    ],
)
def test_an_order_is_offered_what_it_takes(
    site: Site, staff: Staff, state: Callable[[Site], Order], offered: set[str]
) -> None:
    assert acts_of_order(staff, state(site)) == OF_ANY | offered


@pytest.mark.parametrize("state", [complete, canceled])
def test_a_final_order_that_waits_for_an_answer_has_a_priority(
    site: Site, staff: Staff, state: Callable[[Site], Order]
) -> None:
    """It stands on the worklist, which is sorted by priority."""
    order = site.desk.service.mark_reply(state(site), 1, by="form")

    assert acts_of_order(staff, order) == OF_ANY | {"priority"}
    staff.press("priority", priority="3")
    assert site.desk.service.get(order_id=order.order_id).priority == 3
