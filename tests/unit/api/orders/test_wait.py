"""Waiting for an order to come to rest: for API 2.0's callers always, for new ones when they prefer it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.api.orders.wait import LONGEST_WAIT_SECONDS, preferred_wait, wait_until_at_rest
from lambdas.orders.decisions import outcomes
from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore
from tests.support.build import CARD, CONTACT, NOW, a_submitted_order
from tests.support.logs import logged
from tests.unit.api.conftest import Caller

ORDER = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1"}}}


class Time:
    def __init__(self) -> None:
        self.slept: list[float] = []

    def clock(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=10", 10),
        ("respond-async, wait=3", 3),
        ('Wait = "4"; why=haste, return=minimal', 4),
        ("wait=0", 0),
        ("wait=999999999", LONGEST_WAIT_SECONDS),
        ("wait=-1", None),
        ("wait=soon", None),
        ("await=5", None),
        ("return=minimal; wait=5", None),
        ("", None),
    ],
)
def test_a_preference_is_read_as_rfc_7240_says(prefer: str, seconds: int | None) -> None:
    assert preferred_wait(prefer) == seconds


def test_the_newest_order_is_the_answer_as_soon_as_it_is_at_rest() -> None:
    time, order = Time(), a_submitted_order()
    done = order.changed(revision=5, machine_stopped_at=NOW)
    reads = iter([order.changed(revision=2), order.changed(revision=3), done])

    found = wait_until_at_rest(
        order, lambda: next(reads), now=lambda: NOW, seconds=60, clock=time.clock, sleep=time.sleep
    )

    assert found is done
    assert len(time.slept) == 3
    assert time.slept == sorted(time.slept), "pauses grow"


def test_when_the_time_is_up_the_order_is_answered_as_it_is() -> None:
    time, order = Time(), a_submitted_order()
    newest = order.changed(revision=9)

    found = wait_until_at_rest(order, lambda: newest, now=lambda: NOW, seconds=5, clock=time.clock, sleep=time.sleep)

    assert found is newest
    assert 4 < sum(time.slept) <= 5


def test_a_read_that_fails_does_not_refuse_what_is_done(caplog: pytest.LogCaptureFixture) -> None:
    time, order = Time(), a_submitted_order()

    def broken() -> Order:
        raise ConnectionError("Ada Lovelace")

    assert wait_until_at_rest(order, broken, now=lambda: NOW, seconds=5, clock=time.clock, sleep=time.sleep) is order
    assert "could not be read" in logged(caplog)
    assert "Lovelace" not in logged(caplog)


@pytest.fixture
def finishing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The machine's part: each order that is read after its submit has been provisioned meanwhile, and is at rest."""
    read = DynamoOrderStore.get
    reads: list[str] = []

    def get(store: DynamoOrderStore, order_id: str) -> Order:
        order = read(store, order_id)
        if order.is_lead:
            return order
        reads.append(order_id)
        provisioned = outcomes.done(order, 101, now=NOW, reason="made", result={}, client_id="2001")
        return provisioned.changed(machine_stopped_at=NOW)

    monkeypatch.setattr(DynamoOrderStore, "get", get)
    return reads


def submitted(caller: Caller, door: str, **headers: str) -> tuple[dict[str, str], Any]:
    body = {"order_id": caller.call("order.create", ORDER).body["order_id"]}
    if door == "new":
        answer = caller.call("order.submit", body, **headers)
    else:
        answer = caller.send("/api/2.0/", query="method=order.submit", body=json.dumps(body), headers=headers)
    assert answer.status == 200
    return answer.headers, answer.body


def test_api_2_0_answers_a_submit_when_the_order_is_at_rest(caller: Caller, finishing: list[str]) -> None:
    caller.api = replace(caller.api, quiescence_seconds=5)

    _, body = submitted(caller, "old")

    assert body["status"] is True
    assert "client number is 2001" in body["data"]


def test_a_caller_of_api_2_0_may_prefer_not_to_wait(caller: Caller, finishing: list[str]) -> None:
    caller.api = replace(caller.api, quiescence_seconds=5)

    submitted(caller, "old", prefer="wait=0")

    assert finishing == []


def test_new_callers_wait_only_if_they_ask(caller: Caller, finishing: list[str]) -> None:
    caller.api = replace(caller.api, quiescence_seconds=5)

    headers, order = submitted(caller, "new")
    assert (order["client_id"], "Preference-Applied" in headers, finishing) == (None, False, [])
    headers, order = submitted(caller, "new", prefer="wait=2")
    assert (order["client_id"], headers["Preference-Applied"]) == ("2001", "wait=2")


def test_a_method_that_does_not_settle_ignores_the_preference(caller: Caller) -> None:
    assert "Preference-Applied" not in caller.call("order.create", ORDER, prefer="wait=2").headers
