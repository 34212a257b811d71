"""The dedicated server, with people: what waits for whom, what they may do about it, and the words they are refused with."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from infra.local.panel.process import LocalPanel
from lambdas.payments.gateway import TransactionState
from lambdas.records.clients.service import ServiceStatus
from lambdas.records.invoices.invoice import InvoiceStatus
from tests.flow.conftest import Shop, until
from tests.flow.server_orders import (
    CALL_BACK,
    CHECKLIST,
    CONFIRMS,
    HANDOVER,
    INSTALL,
    NETWORK,
    RACK,
    action_of,
    asked_of_panel,
    handed_over,
    in_build,
    money_of,
    process,
    refuse_once,
    refused,
    submitted,
)

pytestmark = pytest.mark.engine


def test_a_server_is_built_by_people_and_machines_until_the_client_has_it(
    shop: Shop, second: httpx.Client, panel: LocalPanel
) -> None:
    order_id = submitted(shop)
    shop.until_action(order_id, "Identity Call-back", "waiting")
    call_back = next(wait for wait in shop.order(order_id)["waits"] if wait["for"] == str(CALL_BACK))
    assert (call_back["owner"], call_back["overdue"]) == ("fraud lead", False)
    process(shop, order_id, CALL_BACK)
    shop.until_action(order_id, "Rack and Cable", "waiting")
    process(shop, order_id, RACK)
    shop.until_action(order_id, "QA Checklist", "waiting")

    order = handed_over(shop, second, order_id)
    assert {action["name"]: action["by"] for action in order["actions"] if action["by"]} == {
        "Identity Call-back": "local",
        "Rack and Cable": "local",
        "Install OS": "panel",
        "Burn-in Test": "panel",
        "QA Checklist": "qa",
        "Client Confirms": "local",
    }
    assert {action["state"] for action in order["actions"] if not action["optional"]} == {"done"}
    assert action_of(order, INSTALL)["result"]["os"] == "Debian 13"
    assert asked_of_panel(panel, order_id) == ["/servers/reserve", "/network", "/install", "/burn-in", "/access-links"]
    (service,) = shop.services.of_order(order["client_id"], order_id)
    invoice = shop.invoices.of_order(order_id)
    assert invoice is not None
    assert (service.status, invoice.status) == (ServiceStatus.ACTIVE, InvoiceStatus.PAID)
    assert money_of(shop, order_id) is TransactionState.CAPTURED


def test_what_the_outside_refuses_waits_for_its_owner_who_processes_it_again(shop: Shop, panel: LocalPanel) -> None:
    order_id = in_build(shop)
    refuse_once(panel, order_id, "/network", "no free port on switch sw-12")
    process(shop, order_id, RACK)

    assert shop.until_action(order_id, "Assign Network", "waiting")["reason"] == (
        "the receiver refused with status 409: no free port on switch sw-12; resolve it there, then process this action again"
    )
    assert next(wait["owner"] for wait in shop.order(order_id)["waits"]) == "netops"
    process(shop, order_id, NETWORK)

    again = shop.until_action(order_id, "Assign Network", "done")
    assert (again["attempts"], again["by"]) == (2, "local")


def test_a_question_waits_until_it_is_answered_rightly(shop: Shop) -> None:
    order_id = in_build(shop)
    assert "holds money that Generate Invoice (3602) takes" in refused(shop, "order.update", order_id, step_id=HANDOVER)
    shop.done("order.update", {"order_id": order_id, "step_name": "Billing", "reason": "in a hurry"})
    shop.until_action(order_id, "Client Confirms", "waiting")

    process(shop, order_id, CONFIRMS, input={"answers": ["not yet"]})
    question = "1. Do you have access to your server?"
    assert shop.until_action(order_id, "Client Confirms", "waiting")["reason"] == (
        f"not answered rightly: {question}; process this action again with every answer"
    )
    process(shop, order_id, CONFIRMS, input={"answers": ["Yes"]})
    shop.until_step(order_id, "complete")


def test_who_racked_it_may_not_check_it(shop: Shop, second: httpx.Client) -> None:
    order_id = in_build(shop)
    process(shop, order_id, RACK)
    shop.until_action(order_id, "QA Checklist", "waiting")

    process(shop, order_id, CHECKLIST)
    own = shop.until_action(order_id, "QA Checklist", "waiting")
    assert own["attempts"] == 1
    assert own["reason"] == (
        "the user who processed Rack and Cable (3401) may not check it as well; somebody else must process this action"
    )

    second.post("/order.process", json={"order_id": order_id, "order_action_id": CHECKLIST}).raise_for_status()
    checked = shop.until_action(order_id, "QA Checklist", "done")
    assert (checked["by"], checked["reason"]) == ("qa", "checked off")


def test_two_people_who_press_process_at_once_make_one_run(shop: Shop, second: httpx.Client, panel: LocalPanel) -> None:
    order_id = in_build(shop)
    request = {"order_id": order_id, "order_action_id": RACK}

    with ThreadPoolExecutor(4) as pool:
        people = [shop.http, second] * 2
        answers = list(pool.map(lambda person: person.post("/order.process", json=request), people))

    shop.until_action(order_id, "QA Checklist", "waiting")
    racked = action_of(shop.order(order_id), RACK)
    assert (racked["state"], racked["attempts"]) == ("done", 1)
    assert asked_of_panel(panel, order_id) == ["/servers/reserve", "/network", "/install", "/burn-in"]
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert any(answer.is_success for answer in answers)
    assert {answer.json()["detail"] for answer in answers if not answer.is_success} <= {
        "action 3401 Rack and Cable is running at this moment; look again in a few seconds",
        "action 3401 Rack and Cable is done, and its module does nothing when it is run again",
        "action 3401 Rack and Cable belongs to Build, and the order is in QA: it cannot be processed now",
    }


def test_an_action_of_another_step_or_none_is_refused(shop: Shop) -> None:
    order_id = in_build(shop)
    before = shop.order(order_id)

    assert refused(shop, "order.process", order_id, order_action_id=CHECKLIST) == (
        "action 3501 QA Checklist belongs to QA, and the order is in Build: it cannot be processed now"
    )
    assert refused(shop, "order.process", order_id, order_action_id=CALL_BACK, undo_skip=True) == (
        "action 3202 Identity Call-back belongs to Verification, and the order is in Build: it cannot be unskipped now"
    )
    assert refused(shop, "order.process", order_id, order_action_id=NETWORK) == (
        "action 3402 Assign Network needs Rack and Cable (3401) first; process or skip that before"
    )
    assert refused(shop, "order.process", order_id, order_action_id=9999) == (
        f"order {order_id} has no action 9999; in Build it has: 3401 Rack and Cable, 3402 Assign Network, 3403 Install OS,"
        " 3404 Burn-in Test"
    )
    assert shop.order(order_id) == before


def test_a_skip_can_be_undone_while_the_order_is_there(shop: Shop, panel: LocalPanel) -> None:
    order_id = in_build(shop)
    refuse_once(panel, order_id, "/network", "no free port")  # which keeps the order in Build

    assert refused(shop, "order.process", order_id, order_action_id=RACK, undo_skip=True) == (
        "action 3401 Rack and Cable is waiting, not skipped"
    )
    over = action_of(process(shop, order_id, RACK, skip=True, reason="racked since May"), RACK)
    assert (over["state"], over["by"], over["reason"]) == ("skipped", "local", "skipped by local: racked since May")
    assert refused(shop, "order.process", order_id, order_action_id=RACK) == (
        "action 3401 Rack and Cable was skipped; undo the skip first (undo_skip=1)"
    )
    shop.until_action(order_id, "Assign Network", "waiting")

    again = action_of(process(shop, order_id, RACK, undo_skip=True), RACK)
    assert (again["state"], again["reason"]) == ("pending", "skip undone by local")
    assert refused(shop, "order.process", order_id, order_action_id=NETWORK) == (
        "action 3402 Assign Network needs Rack and Cable (3401) first; process or skip that before"
    )
    refuse_once(panel, order_id, "/network", "still no free port")  # for the step begins anew, and tries it again
    process(shop, order_id, RACK)
    shop.until_action(order_id, "Rack and Cable", "done")
    assert refused(shop, "order.process", order_id, order_action_id=RACK, skip=True, reason="again") == (
        "action 3401 Rack and Cable is done already, so there is nothing to skip"
    )
    until(
        "Assign Network tried again",
        lambda: "still no" in shop.until_action(order_id, "Assign Network", "waiting")["reason"] or None,
    )
    process(shop, order_id, NETWORK)
    shop.until_action(order_id, "QA Checklist", "waiting")
    assert refused(shop, "order.process", order_id, order_action_id=RACK, skip=True, reason="again") == (
        "action 3401 Rack and Cable belongs to Build, and the order is in QA: it cannot be skipped now"
    )


def test_the_stand_in_takes_no_request_that_is_not_signed(shop: Shop, panel: LocalPanel) -> None:
    assert shop.stack.webhook_secret
    body = {"order_id": "1", "order_action_id": 1}
    unsigned = httpx.post(f"{panel.url}/accounts", json=body, headers={"Idempotency-Key": "1:1"})

    assert (unsigned.status_code, unsigned.json()["reason"]) == (401, "the signature is not right")
    assert asked_of_panel(panel, "1") == []
