"""A preview knows what is paused, and a filter finds orders by why they wait."""

from typing import Any

import pytest

from lambdas.records.users.rights import Grant, Right
from tests.support.build import Clock
from tests.unit.api.bulk.conftest import CLIENT, INVOICE, Desk

HOUR = 3_600
UNTIL = "2027-01-15 09:00 UTC"


def paused(desk: Desk, **what: str) -> None:
    asked: dict[str, Any] = {**what, "reason": "Ada Lovelace called", "minutes": 60}
    assert desk.caller.call("order.pause", asked).status == 200


def effects(preview: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(each["does"], each["paused"], each["orders"]) for each in preview["effects"]]


def test_a_preview_says_how_many_wait_for_a_paused_module_and_until_when(desk: Desk) -> None:
    orders = [desk.failed(CLIENT), desk.failed(CLIENT), desk.failed(INVOICE)]
    paused(desk, module="provision_client")

    preview = desk.preview(verb="retry", order_ids=orders)

    assert effects(preview) == [
        ("process again Provision Client (101)", f"provision_client is paused until {UNTIL}", 2),
        ("process again Generate Invoice (103)", "", 1),
    ]
    assert preview["summary"].endswith(
        f"none is charged twice; 2 wait because provision_client is paused until {UNTIL}"
    )
    assert "Lovelace" not in str(preview)


def test_while_no_money_is_moved_what_moves_some_waits(desk: Desk) -> None:
    asked, canceled = desk.failed(INVOICE), desk.failed(CLIENT)
    free = desk.failed(CLIENT)
    paused(desk, gateway="sandbox")
    waits = f"sandbox is paused until {UNTIL}"

    assert effects(desk.preview(verb="retry", order_ids=[asked, free])) == [
        ("process again Generate Invoice (103)", waits, 1),
        ("process again Provision Client (101)", "", 1),
    ]
    assert effects(desk.preview(verb="cancel", order_ids=[canceled])) == [("cancel the order", waits, 1)]
    skip = {"verb": "skip", "module": "generate_invoice", "order_ids": [asked]}
    assert effects(desk.preview(**skip)) == [("skip Generate Invoice (103)", waits, 1)]


def test_an_order_that_goes_on_to_a_paused_module_waits_there(desk: Desk) -> None:
    stopped, skipped = desk.order(), desk.failed(CLIENT)
    desk.change(stopped, lambda order: order.changed(machine_stopped_at=1, machine_stopped_because="stopped"))
    paused(desk, module="generate_invoice")
    waits = f"generate_invoice is paused until {UNTIL}"

    assert effects(desk.preview(verb="restart", order_ids=[stopped])) == [("restart the order", waits, 1)]
    skip = {"verb": "skip", "order_action_id": CLIENT, "order_ids": [skipped]}
    assert effects(desk.preview(**skip)) == [("skip Provision Client (101)", waits, 1)]


def test_a_queue_whose_submits_are_paused_holds_back_no_submitted_order(desk: Desk) -> None:
    order_id = desk.failed()
    asked = {"order_queue_id": 1, "reason": "stocktaking", "minutes": 60}
    assert desk.caller.call("order.pause", asked).status == 200

    assert effects(desk.preview(verb="retry", order_ids=[order_id]))[0][1] == ""


def test_a_pause_that_is_over_is_not_in_a_preview_and_one_that_ends_changes_no_run(desk: Desk) -> None:
    order_id = desk.failed()
    paused(desk, module="provision_client")
    run_id = desk.begun(desk.preview(verb="retry", order_ids=[order_id]))
    clock = desk.caller.api.backend.service.now
    assert isinstance(clock, Clock)
    clock.time += HOUR

    assert desk.carry_out(run_id)["done"] == 1
    assert effects(desk.preview(verb="retry", order_ids=[desk.failed()]))[0][1] == ""


def test_a_filter_finds_orders_by_a_part_of_why_they_wait(desk: Desk) -> None:
    down, other = desk.failed(), desk.failed()
    desk.change(other, lambda order: order.with_action(order.actions["101"].changed(reason="the name is taken")))
    stopped = desk.order()
    desk.change(stopped, lambda order: order.changed(machine_stopped_at=1, machine_stopped_because="A Panel died"))

    def found(verb: str, **more: Any) -> list[str]:
        preview = desk.preview(verb=verb, order_queue_id=1, **more)
        run = desk.carry_out(desk.begun(preview)) if preview["acting"] else {"outcomes": []}
        return [each["order_id"] for each in run["outcomes"]]

    assert found("retry", waits_because="THE PANEL") == [down]
    assert found("restart", waits_because="panel") == [stopped]
    assert found("retry", waits_because="nothing like it") == []


def test_reasons_find_nothing_for_who_may_not_read_them(desk: Desk) -> None:
    desk.failed()
    rights = frozenset(Right) - {Right.PERSONAL_DATA}
    token = desk.caller.api.users.add("x", (Grant(rights=rights),), now=0)
    asked = {"verb": "retry", "order_queue_id": 1, "waits_because": "panel"}

    answer = desk.caller.as_named("x", token, "order.bulk_preview", asked)

    assert (answer.status, answer.body["orders"]) == (200, 0)
    assert desk.preview(**asked)["orders"] == 1


@pytest.mark.parametrize("wrong", ["", "x" * 1001])
def test_an_empty_or_endless_reason_is_no_filter(desk: Desk, wrong: str) -> None:
    asked = {"verb": "retry", "order_queue_id": 1, "waits_because": wrong}

    assert desk.caller.call("order.bulk_preview", asked).status == 400
