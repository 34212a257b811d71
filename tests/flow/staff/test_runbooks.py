"""Runbooks as staff start them in the AWS console: the documents' steps against the deployed function."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.runbooks.runbook import Verb
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.server_orders import CALL_BACK, action_of, submitted
from tests.flow.staff.automations import ALICE, Automation, automation

pytestmark = pytest.mark.engine

BOB = "arn:aws:iam::000000000000:user/bob"


@pytest.fixture
def console(shop: Shop) -> Automation:
    return automation(shop)


@pytest.fixture
def waiting(shop: Shop) -> str:
    """An order that waits for a call-back."""
    order_id = submitted(shop)
    shop.until_action(order_id, "Identity Call-back", "waiting")
    return order_id


def done_by(shop: Shop, order_id: str, how: str) -> list[dict[str, Any]]:
    """The entries of the order's history for this verb, once there is one."""

    def ask() -> list[dict[str, Any]] | None:
        entries = shop.done("order.history", {"order_id": order_id})["entries"]
        return [entry for entry in entries if entry["how"] == how] or None

    return until(f"order {order_id} has a {how} in its history", ask)


def test_the_history_of_a_canceled_order_names_who_started_the_runbook(
    shop: Shop, console: Automation, waiting: str
) -> None:
    ended = console.start(Verb.CANCEL, OrderId=waiting, Reason="the client called")

    assert (ended.status, ended.text) == (
        "Success",
        f"Order {waiting}: it is canceled, and what was done is taken back.",
    )
    (entry,) = done_by(shop, waiting, "cancel")
    assert entry["actor"] == "console"
    assert entry["by"] == f"{ALICE} (automation {ended.execution_id})"
    assert entry["why"] == ["the client called"]
    assert shop.order(waiting)["step"]["status"] == "canceled"
    shop.until_unwound(waiting)


def test_a_step_that_is_begun_again_skips_once(shop: Shop, console: Automation, waiting: str) -> None:
    asked = {"OrderId": waiting, "ActionId": str(CALL_BACK), "Reason": "known to us"}
    execution_id = console.keep(Verb.SKIP, asked)
    ended = console.run(Verb.SKIP, execution_id, asked, times=3)

    assert ended.status == "Success", ended.failure
    assert [answer["outcome"] for answer in console.answers] == ["done"] * 3
    (entry,) = done_by(shop, waiting, "skip")
    assert entry["by"].startswith(f"{ALICE} ")
    assert action_of(shop.order(waiting), CALL_BACK)["state"] == "skipped"


def test_an_order_that_moved_on_is_left_alone(shop: Shop, console: Automation, waiting: str) -> None:
    seen = shop.order(waiting)["revision"]
    shop.done("order.priority", {"order_id": waiting, "priority": 2})

    ended = console.start(Verb.CANCEL, OrderId=waiting, Reason="the client called", Revision=str(seen))

    assert ended.status == "Failed"
    assert f"order {waiting}" in ended.failure.lower()
    assert shop.order(waiting)["step"]["status"] == "ordinary"


def test_a_retry_by_a_runbook_runs_the_action(shop: Shop, console: Automation, waiting: str) -> None:
    console.by = BOB
    ended = console.start(Verb.RETRY, OrderId=waiting, ActionId=str(CALL_BACK))

    assert ended.status == "Success", ended.failure
    until("the call-back is done", lambda: action_of(shop.order(waiting), CALL_BACK)["state"] == "done" or None)
    (entry,) = done_by(shop, waiting, "process")
    assert entry["by"].startswith(f"{BOB} ")


def test_a_restart_of_an_order_with_an_execution_is_refused_with_its_text(
    shop: Shop, console: Automation, waiting: str
) -> None:
    ended = console.start(Verb.RESTART, OrderId=waiting)

    assert ended.status == "Failed"
    assert waiting in ended.failure


def test_many_orders_are_previewed_first_and_only_a_token_of_the_same_person_runs_them(
    shop: Shop, console: Automation, waiting: str
) -> None:
    other = submitted(shop)
    shop.until_action(other, "Identity Call-back", "waiting")
    asked: dict[str, str | list[str]] = {"Verb": "cancel", "OrderIds": [f"{waiting},{other}"]}
    preview = console.start(Verb.BULK, **asked)
    assert "2 orders are acted on, 0 refused" in preview.text
    assert shop.order(waiting)["step"]["status"] == "ordinary"

    token = preview.text.rpartition("PreviewToken: ")[2].rstrip(".")
    wanted = {**asked, "Preview": "no", "PreviewToken": token, "Reason": "an outage"}
    without = console.start(Verb.BULK, **{**asked, "Preview": "no", "Reason": "an outage"})
    assert (without.status, "PreviewToken is missing" in without.failure) == ("Failed", True)
    console.by = BOB
    assert console.start(Verb.BULK, **wanted).status == "Failed"
    console.by = ALICE
    ended = console.start(Verb.BULK, **wanted)
    assert ended.status == "Success", ended.failure

    for order_id in (waiting, other):
        shop.until_step(order_id, "canceled")
        (entry,) = done_by(shop, order_id, "cancel")
        assert entry["by"].startswith(f"{ALICE} (bulk ")
        assert entry["actor"] == "console"


@pytest.fixture
def resumed(shop: Shop) -> Iterator[None]:
    """The engine is shared: no pause outlives its test."""
    yield
    shop.call("order.resume", {"module": "call_webhook"})


@pytest.mark.usefixtures("resumed")
def test_a_runbook_pauses_a_module_once_and_resumes_it(shop: Shop, console: Automation) -> None:
    asked = {"What": "module", "Name": "call_webhook", "Minutes": "30", "Reason": "its receiver is down"}
    ended = console.run(Verb.PAUSE, console.keep(Verb.PAUSE, asked), asked, times=2)
    assert ended.status == "Success", ended.failure
    pauses = shop.done("order.pause_list", {})["pauses"]
    (pause,) = (each for each in pauses if each["name"] == "call_webhook" and each["over_at"] is None)
    assert pause["by"].startswith(ALICE)

    thing = {"What": "module", "Name": "call_webhook"}
    resumed = console.run(Verb.RESUME, console.keep(Verb.RESUME, thing), thing, times=2)
    assert resumed.status == "Success", resumed.failure
    assert console.start(Verb.RESUME, **thing).status == "Failed"


@pytest.mark.parametrize(
    "record",
    [
        {"ExecutedBy": None},
        {"ExecutedBy": "arn:aws:iam::999999999999:user/mallory"},
        {"ExecutedBy": "mallory"},
        {"DocumentName": "AWS-RestartEC2Instance"},
        {"DocumentName": "OrderQueues-prod-cancel-order"},
        {"AutomationExecutionStatus": "Success"},
        {"AutomationExecutionId": str(uuid.uuid4())},
    ],
)
def test_an_execution_that_is_not_ours_does_nothing(shop: Shop, console: Automation, record: dict[str, Any]) -> None:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    execution_id = console.keep(Verb.CANCEL, {"OrderId": order_id, "Reason": "forged"}, record=record)

    answer = console.call({"execution_id": execution_id})

    assert answer["outcome"] == "refused"
    assert "no running automation of a runbook of this stage" in answer["text"]
    assert shop.order(order_id)["step"]["status"] == "leads"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"execution_id": str(uuid.uuid4())},
        {"execution_id": "../../parameter/x"},
        {"execution_id": ["1"]},
        {"OrderId": "1001", "ExecutedBy": ALICE, "verb": "cancel-order"},
        [],
    ],
)
def test_a_call_that_names_no_execution_does_nothing(console: Automation, event: Any) -> None:
    assert console.call(event)["outcome"] == "refused"
