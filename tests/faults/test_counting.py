"""What the verdicts call double or lost, and that one of either ends `make faults` with an error."""

import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from infra.local.engine_process import REPOSITORY
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import Queue, load_queues
from lambdas.orders.model.steps import StepStatus
from tests.faults.books import Made, Verdict, judged, made_of
from tests.faults.counting import Tallies
from tests.faults.dying import EXIT
from tests.faults.places import Fault, Life
from tests.faults.plan import Planner
from tests.support.build import NOW, an_order

FAULT = Fault("new_accounts", "generate_invoice", "after capture", EXIT)
CLEAN = Verdict((), ())


def complete(**changes: Any) -> Order:
    return an_order(step_status=StepStatus.COMPLETE, **changes)


def canceled(**changes: Any) -> Order:
    actions = {key: action.changed(state=ActionState.UNDONE) for key, action in an_order().actions.items()}
    return an_order(step_status=StepStatus.CANCELED, **{"unwound_at": NOW, "actions": actions, **changes})


def made(**changes: Any) -> Made:
    """What an order of two packs leaves when all is well."""
    right: dict[str, Any] = {
        "clients": 1,
        "services": ["active", "active"],
        "invoices": ["paid"],
        "payments": ["captured"],
        "executions": ["SUCCEEDED"],
    }
    return Made(**{**right, **changes})


def undone(**changes: Any) -> Made:
    """What a canceled order leaves when all is well."""
    right: dict[str, Any] = {
        "services": ["canceled", "canceled"],
        "invoices": ["credited"],
        "payments": ["refunded"],
        "credit_notes": 1,
    }
    return made(**{**right, **changes})


def test_an_order_that_came_to_its_end_counts_as_neither() -> None:
    assert judged(complete(), made(), packs=2, canceled=False) == CLEAN
    assert judged(canceled(), undone(), packs=2, canceled=True) == CLEAN


@pytest.mark.parametrize(
    ("twice", "words"),
    [
        ({"orders": 2}, "2 orders"),
        ({"clients": 2}, "2 clients"),
        ({"services": ["active"] * 3}, "3 services"),
        ({"invoices": ["paid", "open"]}, "2 invoices"),
        ({"payments": ["captured", "captured"]}, "2 live payments"),
        ({"payments": ["captured", "held"]}, "2 live payments"),
        ({"calls": [(3403, False), (3403, False)]}, "action 3403 was done outside 2 times"),
        ({"executions": ["SUCCEEDED", "SUCCEEDED"]}, "2 executions"),
    ],
)
def test_anything_twice_is_a_double(twice: dict[str, Any], words: str) -> None:
    assert any(found.startswith(words) for found in judged(complete(), made(**twice), packs=2, canceled=False).doubles)


def test_a_credit_note_or_an_undo_outside_twice_is_a_double() -> None:
    found = judged(canceled(), undone(credit_notes=2, calls=[(3403, True), (3403, True)]), packs=2, canceled=True)

    assert found.doubles == ("2 credit notes instead of 1", "action 3403 was taken back outside 2 times")


@pytest.mark.parametrize(
    "lacking",
    [
        {"clients": 0},
        {"services": ["active", "pending"]},
        {"invoices": []},
        {"invoices": ["open"]},
        {"payments": ["held"]},
        {"payments": []},
        {"executions": ["RUNNING"]},
        {"executions": []},
        {"credit_notes": 1},
    ],
)
def test_a_complete_order_that_lacks_something_is_a_loss(lacking: dict[str, Any]) -> None:
    assert judged(complete(), made(**lacking), packs=2, canceled=False).losses


@pytest.mark.parametrize(
    "live",
    [
        {"services": ["canceled", "active"]},
        {"payments": ["held"]},
        {"payments": ["captured"]},
        {"invoices": ["paid"]},
        {"credit_notes": 0},
    ],
)
def test_what_is_live_of_a_canceled_order_is_a_loss(live: dict[str, Any]) -> None:
    assert judged(canceled(), undone(**live), packs=2, canceled=True).losses


def test_an_order_that_stands_still_is_a_loss_that_names_its_owner_or_says_there_is_none() -> None:
    wait = Wait(token="t", since=NOW, due_at=NOW + 60, owner="finance")

    waiting = judged(an_order(waits={"103": wait}), made(), packs=2, canceled=False)
    stuck = judged(an_order(), made(), packs=2, canceled=False)

    assert "waiting: 103 for finance" in waiting.losses[0]
    assert "stuck without an owner" in stuck.losses[0]


def test_a_canceled_order_that_is_not_unwound_is_a_loss() -> None:
    assert judged(canceled(unwound_at=None), undone(), packs=2, canceled=True).losses


def test_a_checklist_that_does_not_tell_what_was_taken_back_is_a_loss() -> None:
    losses = judged(canceled(actions=an_order().actions), undone(), packs=2, canceled=True).losses

    assert losses == ("the checklist says ['Add Services pending', 'Generate Invoice pending']",)


def test_a_run_that_was_asked_for_and_never_came_is_a_loss() -> None:
    order = complete()
    asked = order.with_action(next(iter(order.actions.values())).changed(requested_at=NOW))

    assert "never came" in judged(asked, made(), packs=2, canceled=False).losses[0]


def test_records_are_counted_for_the_order_that_made_them() -> None:
    found = made_of(
        [
            {"pk": "client#101", "sk": "client", "order_id": "1001"},
            {"pk": "client#102", "sk": "client", "order_id": "1001"},
            {"pk": "services#101", "sk": "service#1001001", "order_id": "1001", "status": "active"},
            {"pk": "invoices#101", "sk": "invoice#0000000001", "order_id": "1001", "status": "paid"},
            {"pk": "invoiced#1001", "sk": "invoice", "client_id": "101", "number": 1},
            {"pk": "sandbox#ab", "sk": "transaction", "order_id": "1002", "state": "held"},
        ]
    )

    assert (found["1001"].clients, found["1001"].services, found["1001"].invoices) == (2, ["active"], ["paid"])
    assert found["1002"].payments == ["held"]


@pytest.mark.parametrize(
    ("verdict", "unmet", "code"),
    [
        (CLEAN, [], 0),
        (Verdict(("2 clients instead of 1",), ()), [], 1),
        (Verdict((), ("still in Processing",)), [], 1),
        (CLEAN, [FAULT], 1),
    ],
)
def test_a_double_a_loss_or_points_not_met_end_with_an_error(verdict: Verdict, unmet: list[Fault], code: int) -> None:
    tallies = Tallies()
    tallies.count([FAULT], unmet, verdict)

    assert tallies.exit_code == code


def test_one_point_of_very_many_that_was_not_met_is_shown_but_no_error() -> None:
    tallies = Tallies()
    for _ in range(100):
        tallies.count([FAULT], [], CLEAN)
    tallies.count([FAULT], [FAULT], CLEAN)

    assert (tallies.exit_code, tallies.sums()["unmet"]) == (0, 1)


def test_points_of_a_kind_that_nobody_met_are_an_error_however_few() -> None:
    tallies = Tallies()
    for _ in range(1000):
        tallies.count([FAULT], [], CLEAN)
    gone = [replace(FAULT, function="send_notification", queue=queue) for queue in ("one", "another")]
    tallies.count(gone, gone, CLEAN)

    assert tallies.exit_code == 1


def test_no_run_at_all_shows_nothing() -> None:
    assert Tallies().exit_code == 1


@pytest.mark.parametrize("queue", load_queues().values(), ids=lambda queue: queue.key)
def test_no_fault_refuses_a_write_of_a_service_that_the_order_does_not_ask_for(queue: Queue) -> None:
    """It would never be met, and would look as if something were not tried."""
    refused = [
        (plan.packs, fault.point)
        for plan in Planner().plans([queue])
        for fault in plan.faults
        if fault.function == "add_services" and "of its records" in fault.point and "write" in fault.point
    ]

    assert (1, "write 1 of its records") in refused or (2, "write 2 of its records") in refused
    assert not [(packs, point) for packs, point in refused if f"write {packs + 1} " in point]


@pytest.mark.parametrize("queue", load_queues().values(), ids=lambda queue: queue.key)
def test_every_module_of_a_queue_meets_faults_and_every_undo_is_killed(queue: Queue) -> None:
    faults = [fault for plan in Planner().plans([queue]) for fault in plan.faults]

    assert {fault.function for fault in faults} >= {action.module for action in queue.actions} | {
        "api",
        "relay",
        "announcer",
    }
    undone = {fault.function for fault in faults if fault.point.startswith("undo")}
    assert undone >= {"generate_invoice", "add_services"}
    assert {fault.life for fault in faults} == set(Life)


@pytest.mark.parametrize(
    ("function", "handler"),
    [
        ("api", "lambdas.api.handler.handler"),
        ("relay", "lambdas.outbox.relay.handler"),
        ("announcer", "lambdas.outbox.announcer.handler"),
        ("generate_invoice", "lambdas.actions.generate_invoice.handler"),
        ("call_webhook", "lambdas.actions.call_webhook.handler"),
        ("send_notification", "lambdas.actions.send_notification.handler"),
    ],
)
def test_the_points_fit_the_product(function: str, handler: str) -> None:
    """All that they wrap is still there under its name; else the function would fail, and no order meet its fault."""
    stage = {"FAULT_FUNCTION": function, "FAULT_HANDLER": handler, "FAULT_FOLDER": "", "AWS_REGION": "us-east-1"}
    environment = {**os.environ, **stage, "PYTHONPATH": str(REPOSITORY)}

    subprocess.run([sys.executable, "-c", "import tests.faults.points"], env=environment, check=True)
