"""What a changed queue would do to orders under way, decided from deployed facts, orders and the new queue alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from infra.operate.impact.consequences import Failure, NewQueue, QueueImpact, impact_of
from infra.operate.impact.definition import QueueFacts, UnreadableDefinitionError, facts_of
from lambdas.orders.decisions import progress
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.order import Order, PaymentAttempt
from lambdas.orders.model.queue import QUEUES_ROOT, Queue
from statemachines.compiler import compile_queue, to_json
from tests.support.build import NOW, a_queue, a_submitted_order, an_order
from tests.support.trees import queues

UNDOING = frozenset({"add_services", "generate_invoice"})
MODULES = {"provision_client", "add_services", "generate_invoice", "manual_check_off"}
OLD = a_queue()
DATA = Path(__file__).parents[2] / "data"


def facts(queue: Queue) -> QueueFacts:
    return facts_of(to_json(compile_queue(queue, UNDOING)))


def edited(**changes: Any) -> Queue:
    """The old queue with the actions of its ordinary step as given by id: new values, or None for removed."""
    content = OLD.model_dump(mode="json", exclude={"steps": {"__all__": {"status"}}})
    for key, values in changes.items():
        step = content["steps"][1]
        kept = [action for action in step["actions"] if key != f"a{action['id']}" or values is not None]
        step["actions"] = [action | values if key == f"a{action['id']}" else action for action in kept]
    return Queue.model_validate(content)


def impact(new: Queue | None, *orders: Order, modules: set[str] = MODULES) -> QueueImpact:
    return impact_of("a_queue", facts(OLD), orders, NewQueue(queue=new, facts=facts(new)) if new else None, modules)


def waiting(order_id: str, **changes: Any) -> Order:
    return a_submitted_order(OLD, order_id=order_id, **changes)


def harmed(found: QueueImpact) -> list[tuple[str, tuple[str, ...]]]:
    return [(failure.what, failure.order_ids) for failure in found.failures]


def test_states_that_an_earlier_version_named_after_modules_tell_the_same() -> None:
    """A deploy that only renames states changes no action, step or deadline of the queue."""
    queue = Queue.read(DATA / "virtual_hosting_2026_11_27")
    undoing = frozenset(name for name, module in load_modules().items() if module.undoes)
    old = facts_of((DATA / "virtual_hosting_2026_11_27" / "machine.asl.json").read_text("utf-8"))
    new = facts_of(to_json(compile_queue(queue, undoing)))

    assert old.actions == new.actions
    assert (old.steps, old.final_step_ids, old.undoes) == (new.steps, new.final_step_ids, new.undoes)
    found = impact_of(
        "virtual_hosting", old, [a_submitted_order(queue)], NewQueue(queue=queue, facts=new), load_modules()
    )
    assert found.changes == ("steps and actions are the same, but they compile to another machine",)
    assert (found.failures, found.restarts) == ((), {"": 1})


@given(queues())
def test_a_definition_says_what_its_queue_says(queue: Queue) -> None:
    found = facts(queue)

    in_machine = {
        action.id: (step.id, action.name, action.module, action.automatic, action.optional)
        for step in queue.steps
        for action in step.machine_actions
    }
    read = {
        key: (action.step_id, action.name, action.module, action.automatic, action.optional)
        for key, action in found.actions.items()
    }
    assert read == in_machine
    assert set(found.steps) == {step.id for step in queue.steps}
    assert {step.id: step.name for step in queue.steps if found.steps[step.id]}.items() <= found.steps.items()
    assert set(found.open_step_ids) == {step.id for step in queue.steps[:-2]}
    assert (found.order_queue_id, found.name) == (queue.order_queue_id, queue.name)
    assert found.undoes == {action.id for action in queue.actions if action.module in UNDOING}


def test_what_a_deployment_fills_in_makes_no_difference() -> None:
    definition = to_json(compile_queue(OLD, UNDOING))
    filled_in = definition.replace("${add_services}", "arn:aws:lambda:x").replace("${OrderTable}", "orders-1")

    assert facts_of(filled_in).body == facts(OLD).body


def test_a_machine_of_somebody_else_is_refused() -> None:
    with pytest.raises(UnreadableDefinitionError):
        facts_of(json.dumps({"Comment": "Made by hand", "States": {}}))


def test_an_unchanged_queue_has_no_impact() -> None:
    found = impact(OLD, waiting("1001"))

    assert (found.changes, found.failures, found.running) == ((), (), 1)


def test_a_removed_action_fails_for_the_orders_that_still_need_it() -> None:
    done = waiting("1002")
    done = done.with_action(done.actions["23"].changed(state=ActionState.DONE))

    found = impact(edited(a23=None), waiting("1003"), done, waiting("1001"))

    assert harmed(found) == [("action 23 Generate Invoice is removed", ("1001", "1003"))]
    assert "put it back into statemachines/a_queue/queue.toml" in found.failures[0].fix
    assert "removed from the machine: action 23 Generate Invoice (generate_invoice)" in found.changes


def test_an_action_made_optional_and_by_hand_fails_nothing_and_tells_what_a_restart_would_say() -> None:
    found = impact(edited(a23={"optional": True, "automatic": False}), waiting("1001"))

    assert found.failures == ()
    assert list(found.restarts) == ["the queue no longer has Generate Invoice; skip them on the order first"]


def test_renames_are_told_and_harm_nobody() -> None:
    found = impact(edited(a22={"name": "Set Up Services", "owner": "netops"}), waiting("1001"), an_order(OLD))

    assert found.changes == (
        "changed action 22 Add Services: renamed, is Set Up Services; owner netops, was operations",
    )
    assert (found.failures, found.standing, found.restarts) == ((), {"2 Processing": 1}, {"": 1})
    assert (found.running, found.leads) == (1, 1)


def test_an_added_required_action_refuses_the_restart_of_orders_made_without_it() -> None:
    added = {"id": 24, "name": "Call", "module": "manual_check_off"}
    content = OLD.model_dump(mode="json", exclude={"steps": {"__all__": {"status"}}})
    content["steps"][1]["actions"].append(added)

    found = impact(Queue.model_validate(content), waiting("1001"))

    assert found.changes == ("added action 24 Call (manual_check_off) to step 2",)
    assert found.failures == ()
    assert list(found.restarts) == [
        "the queue now has Call, which this order was not made with; cancel it and order again"
    ]


def test_what_the_machine_does_not_show_is_compared_with_the_orders_checklists() -> None:
    new = edited(a22={"config": {"default_service_status": "pending"}})

    found = impact(new, waiting("1001"), a_submitted_order(new, order_id="1002"))

    assert found.changes == ("changed action 22 Add Services: config; 1 running orders keep theirs",)


def test_a_removed_step_fails_for_orders_in_it_and_for_orders_that_will_come_to_it() -> None:
    content = OLD.model_dump(mode="json", exclude={"steps": {"__all__": {"status"}}})
    content["steps"][1]["id"] = 7

    before = an_order(OLD, order_id="1002", machine_run=1)  # a lead whose machine an earlier version began

    found = impact(Queue.model_validate(content), waiting("1001"), before, an_order(OLD, order_id="1003"))

    assert harmed(found) == [("step 2 Processing is removed", ("1001", "1002"))]
    assert "removed step 2 Processing" in found.changes
    assert "added step 7 Processing" in found.changes


def test_leads_take_the_new_queue_and_need_of_it_their_own_step_only() -> None:
    lead = an_order(OLD)
    content = OLD.model_dump(mode="json", exclude={"steps": {"__all__": {"status"}}})
    content["steps"][0]["id"] = 7

    assert impact(edited(a21=None, a22={"prereqs": []}, a23=None), lead, modules=set()).failures == ()
    assert harmed(impact(Queue.model_validate(content), lead)) == [("step 1 Leads is removed", ("1001",))]
    assert harmed(impact(None, lead))


def test_a_lead_with_a_payment_begun_needs_what_gives_it_back() -> None:
    attempt = PaymentAttempt(key="k", amount_cents=1, currency="USD", method="m", claim="c", claim_ends_at=NOW)
    begun = an_order(OLD, attempt=attempt)
    capturing = begun.with_action(begun.actions["23"].changed(captures=True))

    assert harmed(impact(edited(a23=None), capturing)) == [("action 23 Generate Invoice is removed", ("1001",))]
    assert harmed(impact(OLD, capturing, modules=MODULES - {"generate_invoice"})) == [
        ("the function of module generate_invoice would be deleted", ("1001",))
    ]


def test_what_earlier_versions_deployed_is_read_too() -> None:
    found = facts_of((DATA / "new_accounts_2026_11_22.asl.json").read_text("utf-8"))
    now = facts_of((QUEUES_ROOT / "new_accounts" / "machine.asl.json").read_text("utf-8"))

    assert found.model_copy(update={"body": "", "actions": {}}) == now.model_copy(update={"body": "", "actions": {}})
    assert found.actions.keys() == now.actions.keys()
    assert found.open_step_ids == (11, 12)


@pytest.mark.parametrize("new", [None, a_queue(order_queue_id=10)], ids=["removed", "another number"])
def test_a_queue_that_goes_fails_while_orders_run_or_are_being_unwound(new: Queue | None) -> None:
    canceled = progress.canceled(waiting("1002"), now=NOW, because="a test")

    found = impact(new, waiting("1001"), canceled)

    assert [failure.order_ids for failure in found.failures] == [("1001", "1002")]
    assert (found.running, found.unwinding) == (1, 1)
    assert impact(new).failures == ()


def test_a_module_that_goes_fails_for_orders_that_would_run_it_or_take_it_back() -> None:
    fresh, invoiced = waiting("1001"), waiting("1002")
    for key in ("21", "22", "23"):
        invoiced = invoiced.with_action(invoiced.actions[key].changed(state=ActionState.DONE))
    canceled = progress.canceled(invoiced.changed(order_id="1003"), now=NOW, because="a test")

    without_client = impact(OLD, fresh, invoiced, canceled, modules=MODULES - {"provision_client"})
    without_services = impact(OLD, fresh, invoiced, canceled, modules=MODULES - {"add_services"})

    assert harmed(without_client) == [("the function of module provision_client would be deleted", ("1001",))]
    assert without_services.failures == (
        Failure(
            what="the function of module add_services would be deleted",
            order_ids=("1001", "1002", "1003"),
            fix="keep lambdas/actions/add_services.py and its row in infra/actions.py until these orders are at their end",
        ),
    )
