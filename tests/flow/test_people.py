"""The dedicated server, with people: what waits for whom, what they may do about it, and the words they are refused with."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from infra.local_panel_process import LocalPanel
from lambdas.payments.gateway import TransactionState
from lambdas.records.invoice import InvoiceStatus
from lambdas.records.service import ServiceStatus
from tests.flow.conftest import Shop, new_client_order

pytestmark = pytest.mark.engine

QUEUE, VERIFICATION, BUILD, QA, COMPLETE = 3, 302, 304, 305, 308
CALL_BACK, RACK, NETWORK, INSTALL, CHECKLIST, CONFIRMS = 3202, 3401, 3402, 3403, 3501, 3702
SERVER = {"plan_id": "2", "period": 1, "options": {"31": "101"}}


@pytest.fixture
def second(shop: Shop) -> Iterator[httpx.Client]:
    """Another person than the one of `shop`."""
    user, token = shop.stack.people["qa"]
    with httpx.Client(base_url=shop.stack.api_url, auth=(user, token), timeout=60) as client:
        yield client


def process(shop: Shop, order_id: str, action_id: int, **more: Any) -> dict[str, Any]:
    return shop.done("order.process", {"order_id": order_id, "order_action_id": action_id, **more})


def refused(shop: Shop, method: str, order_id: str, **parameters: Any) -> str:
    """What the refusal says."""
    answer = shop.call(method, {"order_id": order_id, **parameters})
    assert answer.status_code == 409, answer.text
    return str(answer.json()["detail"])


def action_of(order: dict[str, Any], action_id: int) -> dict[str, Any]:
    return next(dict(action) for action in order["actions"] if action["order_action_id"] == action_id)


def asked_of_panel(panel: LocalPanel, order_id: str) -> list[str]:
    calls = httpx.get(f"{panel.url}/_calls", params={"order_id": order_id}).json()
    return [str(call["path"]) for call in calls]


def submitted(shop: Shop, **details: Any) -> str:
    order_id = str(
        shop.done("order.create", {**new_client_order(pack1=SERVER), "order_queue_id": QUEUE, **details})["order_id"]
    )
    shop.done("order.submit", {"order_id": order_id})
    return order_id


def in_build(shop: Shop, **details: Any) -> str:
    """An order that waits to be racked."""
    order_id = submitted(shop, **details)
    shop.until_action(order_id, "Identity Call-back", "waiting")
    process(shop, order_id, CALL_BACK, skip=True, reason="known to us")
    shop.until_action(order_id, "Rack and Cable", "waiting")
    return order_id


def test_a_server_is_built_checked_and_handed_over_by_its_people(
    shop: Shop, second: httpx.Client, panel: LocalPanel
) -> None:
    order_id = submitted(shop)
    failure = {"order_id": order_id, "path": "/network", "reason": "no free port on switch sw-12"}
    httpx.post(f"{panel.url}/_fail", json=failure).raise_for_status()

    shop.until_action(order_id, "Identity Call-back", "waiting")
    call_back = next(wait for wait in shop.order(order_id)["waits"] if wait["for"] == str(CALL_BACK))
    assert (call_back["owner"], call_back["overdue"]) == ("fraud lead", False)
    process(shop, order_id, CALL_BACK)
    shop.until_action(order_id, "Rack and Cable", "waiting")
    process(shop, order_id, RACK)
    assert shop.until_action(order_id, "Assign Network", "waiting")["reason"] == (
        "the receiver refused with status 409: no free port on switch sw-12; settle it there, then process this action again"
    )
    process(shop, order_id, NETWORK)
    shop.until_action(order_id, "QA Checklist", "waiting")
    second.post("/order.process", json={"order_id": order_id, "order_action_id": CHECKLIST}).raise_for_status()
    shop.until_action(order_id, "Client Confirms", "waiting")
    process(shop, order_id, CONFIRMS, input={"answers": ["not yet"]})
    shop.until_action(order_id, "Client Confirms", "waiting")
    process(shop, order_id, CONFIRMS, input={"answers": ["Yes"]})

    order = shop.until_step(order_id, "complete")
    by_hand = {action["name"]: action["by"] for action in order["actions"] if action["by"]}
    assert by_hand == {
        "Identity Call-back": "local",
        "Rack and Cable": "local",
        "Assign Network": "local",
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
    held = shop.gateway.find(f"{order_id}:submit:authorize:1")
    assert invoice is not None
    assert held is not None
    states = (service.status, invoice.status, held.state)
    assert states == (ServiceStatus.ACTIVE, InvoiceStatus.PAID, TransactionState.CAPTURED)


def test_who_racked_it_may_not_check_it(shop: Shop, second: httpx.Client) -> None:
    order_id = in_build(shop)
    process(shop, order_id, RACK)
    shop.until_action(order_id, "QA Checklist", "waiting")

    process(shop, order_id, CHECKLIST)
    own = shop.until_action(order_id, "QA Checklist", "waiting")
    assert own["attempts"] == 1
    assert own["reason"] == (
        "whoever processed Rack and Cable (3401) may not check it as well; somebody else has to process this action"
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


def test_a_skip_can_be_undone_while_the_order_is_there(shop: Shop) -> None:
    order_id = in_build(shop)

    assert refused(shop, "order.process", order_id, order_action_id=RACK, undo_skip=True) == (
        "action 3401 Rack and Cable is waiting, not skipped"
    )
    over = action_of(process(shop, order_id, RACK, skip=True, reason="racked since May"), RACK)
    assert (over["state"], over["by"], over["reason"]) == ("skipped", "local", "skipped by local: racked since May")
    assert refused(shop, "order.process", order_id, order_action_id=RACK) == (
        "action 3401 Rack and Cable was skipped; undo the skip first (undo_skip=1)"
    )
    again = action_of(process(shop, order_id, RACK, undo_skip=True), RACK)
    assert (again["state"], again["reason"]) == ("pending", "skip undone by local")

    shop.until_action(order_id, "Rack and Cable", "waiting")
    process(shop, order_id, RACK)
    shop.until_action(order_id, "QA Checklist", "waiting")
    order = shop.order(order_id)
    assert [action["state"] for action in order["actions"] if action["order_step_id"] == BUILD] == ["done"] * 4
    assert refused(shop, "order.process", order_id, order_action_id=RACK, skip=True) == (
        "action 3401 Rack and Cable belongs to Build, and the order is in QA: it cannot be skipped now"
    )


def test_an_order_is_moved_forth_and_back_and_what_it_passed_counts_again(shop: Shop, second: httpx.Client) -> None:
    order_id = in_build(shop)

    forth = shop.done("order.update", {"order_id": order_id, "step_name": "qa"})
    assert forth["step"]["name"] == "QA"
    passed = [action for action in forth["actions"] if action["order_step_id"] == BUILD]
    assert {action["state"] for action in passed} == {"skipped"}
    assert {action["reason"] for action in passed} == {"passed over: local moved the order to QA"}
    shop.until_action(order_id, "QA Checklist", "waiting")

    back = shop.done("order.update", {"order_id": order_id, "step_id": BUILD})
    assert {action["state"] for action in back["actions"] if action["order_step_id"] == BUILD} == {"pending"}
    assert shop.until_action(order_id, "Rack and Cable", "waiting")["reason"] == "local moved the order back to Build"

    process(shop, order_id, RACK)
    shop.until_action(order_id, "QA Checklist", "waiting")
    second.post("/order.process", json={"order_id": order_id, "order_action_id": CHECKLIST}).raise_for_status()
    shop.until_action(order_id, "Client Confirms", "waiting")
    process(shop, order_id, CONFIRMS, input={"answers": ["yes"]})
    order = shop.until_step(order_id, "complete")
    assert {action["state"] for action in order["actions"] if not action["optional"]} == {"done", "skipped"}


def test_no_order_is_moved_where_it_does_not_belong(shop: Shop) -> None:
    order_id = in_build(shop)
    before = shop.order(order_id)

    assert refused(shop, "order.update", order_id, step_id=COMPLETE) == (
        f"order {order_id} enters Complete by itself when every required action is done or skipped; still open: Rack and Cable"
        " (3401), Assign Network (3402), Install OS (3403), Burn-in Test (3404), QA Checklist (3501), Activate Services (3601),"
        " Generate Invoice (3602), Send Access Link (3701), Client Confirms (3702)"
    )
    assert refused(shop, "order.update", order_id, step_id=VERIFICATION) == (
        f"order {order_id} has nothing left to do there: every action of Verification is done or skipped; undo a skip, or"
        " process one of its actions again while the order is there"
    )
    assert refused(shop, "order.update", order_id, step_name="Leads") == (
        f"order {order_id} was submitted and does not become a lead again"
    )
    assert refused(shop, "order.update", order_id, step_name="Canceled") == (
        f"order {order_id} goes to Canceled by order.cancel only"
    )
    assert refused(shop, "order.update", order_id, step_name="Limbo").startswith(
        f"order {order_id} has no such step; its steps are 301 Leads, 302 Verification, 303 Stock, 304 Build"
    )
    assert shop.order(order_id) == before


def test_a_cancel_in_the_middle_of_build_leaves_nothing_behind(shop: Shop, panel: LocalPanel) -> None:
    order_id = in_build(shop)
    process(shop, order_id, RACK)
    assert shop.until_action(order_id, "Install OS", "waiting")["reason"] == (
        "the receiver is at work: the installer has booted"
    )

    canceled = shop.done("order.cancel", {"order_id": order_id, "reason": "changed their mind"})
    assert canceled["step"]["name"] == "Canceled"
    shop.until_unwound(order_id)

    order = shop.order(order_id)
    assert (order["canceled_because"], order["canceled_by"], order["waits"]) == ("changed their mind", "local", [])
    assert shop.services.of_order(order["client_id"], order_id) == ()
    held = shop.gateway.find(f"{order_id}:submit:authorize:1")
    assert held is not None
    assert held.state is TransactionState.VOIDED
    undone = {action["name"]: action["reason"] for action in order["actions"] if action["state"] == "undone"}
    assert undone == {
        "Generate Invoice": "payment given back",
        "Install OS": "taken back by the receiver",
        "Assign Network": "taken back by the receiver",
        "Reserve Server": "taken back by the receiver",
        "Add Services": "1 services canceled",
    }
    assert asked_of_panel(panel, order_id)[-3:] == ["/wipe", "/network/release", "/servers/release"]
    final = f"order {order_id} is in Canceled, which is final: it cannot be"
    assert refused(shop, "order.process", order_id, order_action_id=INSTALL).startswith(f"{final} processed")
    assert refused(shop, "order.update", order_id, step_id=QA).startswith(f"{final} moved")
    assert refused(shop, "order.submit", order_id).startswith(f"{final} submitted")
    again = shop.done("order.cancel", {"order_id": order_id, "reason": "another reason"})
    assert again == order  # canceled already: nothing is done twice, and the first reason stays


def test_a_complete_order_is_final_too(shop: Shop) -> None:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")

    final = f"order {order_id} is in Complete, which is final: it cannot be"
    assert refused(shop, "order.cancel", order_id) == f"{final} canceled; make a new order instead"
    assert refused(shop, "order.process", order_id, order_action_id=101).startswith(f"{final} processed")
    assert refused(shop, "order.update", order_id, step_id=12).startswith(f"{final} moved")


def test_the_list_finds_an_order_by_where_whose_and_when(shop: Shop) -> None:
    when = 1_500_000_000
    order_id = in_build(shop, ts=when)
    client_id = shop.order(order_id)["client_id"]
    later = submitted(shop, ts=when + 10)

    def found(**wanted: Any) -> list[str]:
        return [order["order_id"] for order in shop.done("order.list", {"max_ts": when + 10, **wanted})["orders"]]

    assert found(order_step_id=BUILD) == [order_id]
    assert found(order_queue_id=QUEUE) == [order_id, later]
    assert found(order_queue_id=QUEUE, direction="desc") == [later, order_id]
    assert found(order_queue_id=QUEUE, step_name="build") == [order_id]
    assert found(client_id=client_id) == [order_id]
    assert found(min_ts=when + 1) == [later]
    assert found(min_ts=when, max_ts=when + 9) == [order_id]
    assert found(step_status=0) == [order_id, later]
    assert found(step_status=3) == []
    shop.done("order.cancel", {"order_id": order_id})
    assert found(step_status=3) == [order_id]
    assert found(client_id=client_id, step_status=3) == [order_id]


def test_the_stand_in_takes_no_request_that_is_not_signed(shop: Shop, panel: LocalPanel) -> None:
    assert shop.stack.webhook_secret
    body = {"order_id": "1", "order_action_id": 1}
    unsigned = httpx.post(f"{panel.url}/accounts", json=body, headers={"Idempotency-Key": "1:1"})

    assert (unsigned.status_code, unsigned.json()["reason"]) == (401, "the signature is not right")
    assert asked_of_panel(panel, "1") == []
