"""The guard table throttles or is silent: no order is held up, whatever is called."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.access.caller_limits import CallerLimits
from lambdas.payments.screen import PaymentLimits, screening
from lambdas.records.clients.client import ClientRecords
from tests.support.build import CARD, CONTACT
from tests.unit.api.conftest import FAILED_LOGINS_OF_SOURCE, Caller
from tests.unit.rate_limits.failing import each_way, failing

ORDER = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1"}}}
MOST_ASKED = 4  # of one call, each for at most some seconds (lambdas/runtime/aws.py)


@pytest.fixture
def guards(caller: Caller, error: Exception) -> Any:
    return failing(caller.dynamodb, error)


@pytest.fixture
def unguarded(caller: Caller, guards: Any) -> Caller:
    backend = caller.api.backend
    limits = CallerLimits(
        "guards",
        backend.service.now,
        calls_per_minute=1,
        failed_logins_of_source=FAILED_LOGINS_OF_SOURCE,
        client=guards,
    )
    screen = screening(
        "guards",
        limits=PaymentLimits(),
        gateway=backend.gateway,
        clients=ClientRecords(backend.records),
        now=backend.service.now,
        client=guards,
    )
    service = replace(backend.service, screen=screen)
    return replace(caller, api=replace(caller.api, backend=replace(backend, service=service, limits=limits)))


@each_way
def test_orders_are_made_submitted_read_and_canceled(unguarded: Caller, guards: Any) -> None:
    made = unguarded.call("order.create", ORDER)
    order = {"order_id": made.body["order_id"]}
    asked = []
    for method in ("order.get", "order.submit", "order.list", "order.cancel"):
        before = guards.asked
        assert unguarded.call(method, order if method != "order.list" else {}).status == 200, method
        asked.append(guards.asked - before)

    assert made.status == 201
    assert max(asked) <= MOST_ASKED
    assert unguarded.call("order.get", order).body["canceled_at"]


@each_way
def test_a_wrong_login_is_still_wrong(unguarded: Caller) -> None:
    assert unguarded.as_named("web", "wrong", "order.list", {}).status == 401


@each_way
def test_a_declined_card_is_still_declined(unguarded: Caller) -> None:
    declined = {**ORDER, "info": {**CONTACT, **CARD, "cc_token": "tok_decline", "pack1": {"plan_id": "1"}}}
    order = {"order_id": unguarded.call("order.create", declined).body["order_id"]}

    assert unguarded.call("order.submit", order).status == 402


@each_way
def test_what_must_not_run_twice_is_refused_with_when_to_ask_again(unguarded: Caller) -> None:
    order = {"order_id": unguarded.call("order.create", ORDER).body["order_id"]}
    refused = unguarded.call("order.submit", order, **{"idempotency-key": "k"})

    assert (refused.status, refused.headers["Retry-After"]) == (503, "3")
