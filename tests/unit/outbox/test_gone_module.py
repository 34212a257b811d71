"""An order that names a module which is not deployed any more: the stream goes on, and the action waits for a person."""

from typing import Any

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.machine import Machine, StepFunctionsMachine
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.executions import Execution
from lambdas.orders.model.order import Order
from tests.support.build import CONTACT, NOW, a_queue, an_order
from tests.support.fakes import InMemoryOrderStore
from tests.support.logs import fields
from tests.unit.outbox.test_relay import lead, record, relay, submitted

BY_HAND = a_queue(
    steps=[
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {
            "id": 2,
            "name": "Processing",
            "actions": [
                {"id": 21, "name": "Call", "module": "manual_check_off"},
                {"id": 22, "name": "Card", "module": "gone", "optional": True},
            ],
        },
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
)


def asked_for_a_module_that_is_gone(store: InMemoryOrderStore, **of_action: Any) -> list[dict[str, Any]]:
    """The order's own record and one of another order after it; the order is in the store."""
    before = submitted(an_order(BY_HAND))
    before = before.with_action(before.actions["22"].changed(**of_action))
    asked = manual_actions.processed(before, 22, by="ann", given={}, now=NOW).changed(
        revision=before.revision + 1, owner="x"
    )
    store.create(asked, (), NOW)
    return [record(1, asked.changed(info={**CONTACT, "first": "Grace"}), before), record(2, lead("1002"))]


def without_functions() -> Machine:
    class Started(StepFunctionsMachine):
        """Starts nothing: there is no account here."""

        def start(self, order: Order) -> bool:
            return True

        def execution(self, order: Order) -> Execution:
            return Execution(name="order-1001", status="RUNNING", started_at=NOW)

    return Started({}, {"manual_check_off": "arn"})


def test_a_run_of_a_module_that_is_gone_waits_for_a_person_and_holds_up_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = InMemoryOrderStore()
    batch = asked_for_a_module_that_is_gone(store)

    assert relay(batch, without_functions(), store) == []
    action = store.get("1001").actions["22"]
    assert (action.state, action.requested_at) == (ActionState.FAILED, None)
    assert "module gone is not deployed any more; deploy it again and process this action, or skip" in action.reason
    (said,) = (fields(entry) for entry in caplog.records if entry.message == "module has no function")
    assert (said["order_id"], said["action_id"], said["action"]) == ("1001", 22, "gone")
    assert CONTACT["email"] not in str(said)
    assert (
        manual_actions.processed(store.get("1001"), 22, by="ann", given={}, now=NOW).actions["22"].requested_at == NOW
    )


def test_that_record_may_come_twice(caplog: pytest.LogCaptureFixture) -> None:
    store = InMemoryOrderStore()
    batch = asked_for_a_module_that_is_gone(store)
    relay(batch, without_functions(), store)
    once = store.get("1001")
    relay(batch, without_functions(), store)

    assert store.get("1001") == once


def test_what_the_gone_module_did_before_stays_done() -> None:
    store = InMemoryOrderStore()
    batch = asked_for_a_module_that_is_gone(store, state=ActionState.DONE, reprocess=True)
    relay(batch, without_functions(), store)

    action = store.get("1001").actions["22"]
    assert (action.state, action.requested_at) == (ActionState.DONE, None)
    assert "not deployed any more" in action.reason


def test_a_canceled_order_is_left_as_it_is() -> None:
    store = InMemoryOrderStore()
    batch = asked_for_a_module_that_is_gone(store)
    canceled = store.save(progress.canceled(store.get("1001"), now=NOW, because="a test"))

    assert relay(batch, without_functions(), store) == []
    assert store.get("1001") == canceled
