"""What runbooks do with orders and pauses, and what they refuse."""

from datetime import UTC, datetime

import pytest

from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.pauses.pause import PauseRecords
from lambdas.runbooks.handler import RunbookFailedError
from lambdas.runbooks.runbook import Verb
from tests.support.build import Clock
from tests.unit.runbooks.conftest import ALICE, STACK, Runbooks

VISA = "4242424242424242"


@pytest.fixture
def lead(runbooks: Runbooks) -> Order:
    return runbooks.parts.service.create(OrderDraft(order_queue_id=1, info={"first": "Ada"}))


def test_a_cancel_is_signed_and_a_repeated_step_answers_the_same(runbooks: Runbooks, lead: Order) -> None:
    execution_id = runbooks.started(Verb.CANCEL, {"OrderId": [lead.order_id], "Reason": ["asked by phone"]})
    first, again = runbooks.call(execution_id), runbooks.call(execution_id)

    canceled = runbooks.parts.service.get(order_id=lead.order_id)
    assert first == again
    assert first["outcome"] == "done"
    assert canceled.changed_by == f"{ALICE} (automation {execution_id})"
    assert canceled.changed_how == "cancel"
    assert canceled.changed_because == "asked by phone"
    assert canceled.revision == lead.revision + 1


def test_another_automation_cannot_cancel_it_once_more(runbooks: Runbooks, lead: Order) -> None:
    wanted = {"OrderId": lead.order_id, "Reason": "x"}
    assert runbooks.outcome(Verb.CANCEL, **wanted)["outcome"] == "done"

    assert runbooks.outcome(Verb.CANCEL, **wanted) == {
        "outcome": "refused",
        "text": f"Nothing was done with order {lead.order_id}: it is canceled already.",
    }


def test_another_revision_than_the_one_that_was_seen_is_refused(runbooks: Runbooks, lead: Order) -> None:
    told = runbooks.outcome(Verb.CANCEL, OrderId=lead.order_id, Reason="x", Revision=str(lead.revision + 1))

    assert told["outcome"] == "refused"
    assert runbooks.parts.service.get(order_id=lead.order_id) == lead


def test_an_automation_that_has_ended_does_nothing(runbooks: Runbooks, lead: Order) -> None:
    ended = {"AutomationExecutionStatus": "Failed"}
    execution_id = runbooks.started(Verb.CANCEL, {"OrderId": [lead.order_id], "Reason": ["x"]}, **ended)

    assert runbooks.call(execution_id)["outcome"] == "refused"
    assert runbooks.parts.service.get(order_id=lead.order_id) == lead


@pytest.mark.parametrize(
    "starter", ["", "alice", "arn:aws:iam::123456789012", "arn:aws:s3:::bucket", f"{ALICE}\n{ALICE}"]
)
def test_who_is_nobody_in_iam_does_nothing(runbooks: Runbooks, lead: Order, starter: str) -> None:
    execution_id = runbooks.started(Verb.CANCEL, {"OrderId": [lead.order_id], "Reason": ["x"]}, ExecutedBy=starter)

    assert runbooks.call(execution_id)["outcome"] == "refused"
    assert runbooks.parts.service.get(order_id=lead.order_id) == lead


def test_an_unknown_order_is_refused_with_its_number(runbooks: Runbooks) -> None:
    told = runbooks.outcome(Verb.RESTART, OrderId="999")

    assert told["outcome"] == "refused"
    assert "999" in told["text"]


def test_a_card_number_in_a_reason_is_refused_and_not_repeated(runbooks: Runbooks, lead: Order) -> None:
    told = runbooks.outcome(Verb.CANCEL, OrderId=lead.order_id, Reason=f"card {VISA}")

    assert told["outcome"] == "refused"
    assert VISA not in told["text"]


def test_an_unexpected_error_shows_nothing_of_itself(runbooks: Runbooks, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise KeyError("ada@example.com")

    monkeypatch.setattr(type(runbooks.parts.service), "get", fail)
    with pytest.raises(RunbookFailedError) as failed:
        runbooks.outcome(Verb.RESTART, OrderId="1001")
    assert "ada@example.com" not in str(failed.value)
    assert failed.value.__cause__ is None


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"Verb": "retry"}, "OrderIds are missing"),
        ({"Verb": "skip", "QueueId": "1"}, "ActionId is missing"),
        ({"Verb": "cancel", "OrderIds": "1001", "State": "failed"}, "leave out State"),
        ({"Verb": "move", "QueueId": "1"}, "ToStepId"),
        ({"Verb": "assign", "QueueId": "1"}, "User"),
        ({"Verb": "cancel", "QueueId": "1", "ActionId": "101"}, "ActionId goes with skip and retry"),
        ({"Verb": "retry", "QueueId": "1", "Preview": "no", "Reason": "x"}, "PreviewToken is missing"),
    ],
)
def test_a_bulk_that_is_not_whole_says_what_is_missing(
    runbooks: Runbooks, parameters: dict[str, str], named: str
) -> None:
    told = runbooks.outcome(Verb.BULK, **parameters)

    assert told["outcome"] == "refused"
    assert named in told["text"]


@pytest.mark.parametrize(
    ("begins", "ends"),
    [("2026-11-27T15:00Z", "2026-11-27T14:00Z"), ("2026-13-27T15:00Z", "2026-11-27T14:00Z")],
)
def test_a_window_that_is_none_is_refused(runbooks: Runbooks, begins: str, ends: str) -> None:
    assert runbooks.outcome(Verb.WINDOW, From=begins, Until=ends)["outcome"] == "refused"


def test_a_window_previews_the_orders_that_failed_in_it(runbooks: Runbooks, lead: Order, clock: Clock) -> None:
    action = next(each for each in lead.actions.values() if each.automatic)
    failed = action.changed(state=ActionState.FAILED, at=clock())
    step = {"step_id": action.step_id, "step_status": StepStatus.ORDINARY, "submitted_at": clock()}
    order = runbooks.parts.service.store.save(lead.with_action(failed).changed(**step))

    def preview(begins: int, ends: int) -> str:
        window = {"From": f"{moment(begins)}Z", "Until": f"{moment(ends)}Z"}
        return runbooks.outcome(Verb.WINDOW, **window)["text"]

    within, before = preview(clock() - 60, clock() + 60), preview(clock() - 600, clock() - 60)
    assert within.startswith("Nothing was done. 1 order is acted on, 0 refused")
    assert f"process again {action.name}" in within
    assert "PreviewToken: " in within
    assert before == "Nothing was done. 0 orders are acted on, 0 refused."
    assert runbooks.parts.service.get(order_id=lead.order_id) == order


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def test_a_pause_is_begun_once_and_names_its_starter(runbooks: Runbooks) -> None:
    parameters = {"What": ["gateway"], "Name": ["sandbox"], "Minutes": ["30"], "Reason": ["the bank is down"]}
    execution_id = runbooks.started(Verb.PAUSE, parameters)

    assert runbooks.call(execution_id) == runbooks.call(execution_id)
    assert runbooks.outcome(Verb.PAUSE, What="gateway", Name="sandbox", Minutes="5", Reason="x")["outcome"] == "refused"


def test_a_pause_is_prolonged_by_its_id_and_another_one_is_not(runbooks: Runbooks, clock: Clock) -> None:
    begun = runbooks.outcome(Verb.PAUSE, What="gateway", Name="sandbox", Minutes="5", Reason="x")["text"]
    (found,) = PauseRecords(runbooks.parts.records, clock).listed()
    assert f"(pause {found.pause_id})" in begun
    wanted = {"What": "gateway", "Name": "sandbox", "Minutes": "90", "Reason": "still down"}

    assert runbooks.outcome(Verb.PAUSE, **wanted, PauseId="0" * 16)["outcome"] == "refused"
    assert runbooks.outcome(Verb.PAUSE, **wanted, PauseId=found.pause_id)["outcome"] == "done"
    (longer,) = PauseRecords(runbooks.parts.records, clock).listed()
    assert (longer.pause_id, longer.ends_at, longer.reason) == (found.pause_id, clock() + 5_400, "still down")


@pytest.mark.parametrize("thing", [("module", "nothing"), ("queue", "99"), ("queue", "0" * 60), ("gateway", "bank")])
def test_what_is_not_there_cannot_be_paused(runbooks: Runbooks, thing: tuple[str, str]) -> None:
    what, name = thing
    told = runbooks.outcome(Verb.PAUSE, What=what, Name=name, Minutes="5", Reason="x")

    assert told["outcome"] == "refused"
    assert any(words in told["text"] for words in ("those here are", "queue's number", "99"))


def test_an_answer_holds_nothing_that_systems_manager_would_read_as_a_variable(runbooks: Runbooks) -> None:
    told = runbooks.outcome(Verb.PAUSE, What="gateway", Name="{{x}}", Minutes="5", Reason="x")

    assert told["outcome"] == "refused"
    assert "{{" not in told["text"]


def test_runbooks_of_another_stage_are_not_ours(runbooks: Runbooks, lead: Order) -> None:
    execution_id = runbooks.started(
        Verb.CANCEL, {"OrderId": [lead.order_id], "Reason": ["x"]}, DocumentName=f"{STACK}2-cancel-order"
    )

    assert runbooks.call(execution_id)["outcome"] == "refused"
