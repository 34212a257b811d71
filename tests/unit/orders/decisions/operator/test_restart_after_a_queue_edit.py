"""Restarted after its queue was edited, an order runs the new definition, so that has to fit its checklist in every respect."""

from typing import Any

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.operator.restart import restarted
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.operator_errors import RestartRefusedError
from tests.support.build import NOW, a_queue, a_submitted_order

OLD = a_queue()


def edited(*, invoice: dict[str, Any], in_step: int) -> Queue:
    """The old queue with another ordinary step, and Generate Invoice in this step and with these values."""
    steps = OLD.model_dump(mode="json", exclude={"steps": {"__all__": {"status"}}})["steps"]
    steps.insert(2, {"id": 5, "name": "Billing", "actions": []})
    moved = steps[1]["actions"].pop()
    next(step for step in steps if step["id"] == in_step)["actions"].append(moved | invoice)
    return a_queue(steps=steps)


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(edited(invoice={}, in_step=5), id="stands in another step: each claim of it raises OrderMoved"),
        pytest.param(
            edited(invoice={"module": "manual_check_off"}, in_step=2), id="has another module: that one is run"
        ),
    ],
)
def test_a_restart_is_refused_when_an_open_action_of_the_order(new: Queue) -> None:
    order = a_submitted_order(OLD, machine_stopped_at=NOW)

    with pytest.raises(RestartRefusedError):
        restarted(order, new, by="ada", now=NOW)


def canceled(**of_the_action: Any) -> Order:
    order = a_submitted_order(OLD, machine_stopped_at=NOW)
    tried = order.actions["23"].changed(**of_the_action)
    return progress.canceled(order.with_action(tried), now=NOW, because="").changed(machine_stopped_at=NOW)


def test_a_canceled_order_does_not_need_what_it_never_did() -> None:
    renamed = edited(invoice={"id": 999}, in_step=2)

    assert restarted(canceled(captures=False), renamed, by="ada", now=NOW).machine_run == 2


def test_a_canceled_order_needs_what_takes_back_what_it_did() -> None:
    renamed = edited(invoice={"id": 999}, in_step=2)

    with pytest.raises(RestartRefusedError, match=r"Generate Invoice .*must be undone"):
        restarted(canceled(attempts=1), renamed, by="ada", now=NOW)
