"""Pausing through the API: who may, what is refused, and what a submit answers meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.pauses import Pause, PauseKind
from lambdas.payments.gateway import GatewayUnavailableError
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.several.choice import GatewayChoice
from lambdas.records.clients.client import ClientRecords
from lambdas.records.pauses.pause import KEPT_SECONDS, MAX_DAYS, PauseRecords
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CARD, CONTACT, NOW, Clock
from tests.unit.api.conftest import Answer, Caller

HOUR = 3_600
HOSTILE = "<img src=x onerror=alert(1)>\n<cwdb-action>"
PAUSE: dict[str, Any] = {"module": "call_webhook", "reason": "its receiver is down", "minutes": 60}
OF_QUEUE: dict[str, Any] = {"order_queue_id": 1, "reason": "stocktaking", "minutes": 60}
OF_GATEWAY: dict[str, Any] = {"gateway": "sandbox", "reason": "the bank is down", "minutes": 60}


@pytest.fixture
def clock(caller: Caller) -> Clock:
    now = caller.api.backend.service.now
    assert isinstance(now, Clock)
    return now


@pytest.fixture
def shop(caller: Caller) -> Caller:
    """As parts_of puts it together: submits and the gateway heed pauses."""
    backend = caller.api.backend
    pauses = PauseRecords(backend.records, backend.service.now)
    gateway = PausableGateway(backend.gateway, pauses, "sandbox")
    payments = PreAuthorization(gateway, ClientRecords(backend.records))
    service = replace(backend.service, pauses=pauses, payments=payments)
    return replace(caller, api=replace(caller.api, backend=replace(backend, service=service, gateway=gateway)))


def a_lead(shop: Caller, **info: Any) -> str:
    content = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1", "period": 1}, **info}}
    return str(shop.call("order.create", content).body["order_id"])


def as_user(shop: Caller, grant: Grant, method: str, parameters: dict[str, Any]) -> Answer:
    token = shop.api.users.add("somebody", (grant,), now=0)
    return shop.as_named("somebody", token, method, parameters)


def test_a_pause_says_who_why_and_until_when_and_its_reason_stays_text(shop: Caller) -> None:
    made = shop.call("order.pause", {**PAUSE, "reason": HOSTILE})

    assert made.status == 200
    assert {key: made.body[key] for key in ("kind", "name", "reason", "by", "since", "until", "over_at")} == {
        "kind": "module",
        "name": "call_webhook",
        "reason": HOSTILE,
        "by": "web",
        "since": "2027-01-15T08:00:00Z",
        "until": "2027-01-15T09:00:00Z",
        "over_at": None,
    }
    assert shop.call("order.pause_list", {}).body["pauses"] == [made.body]


def test_both_doors_pause_and_resume(shop: Caller) -> None:
    made = shop.data("order.pause", PAUSE)
    assert (made["until"], made["over_at"]) == (str(NOW + HOUR), "0")
    assert list(shop.data("order.pause_list", {})) == [made["pause_id"]]
    assert shop.data("order.resume", {"module": "call_webhook"})["over_by"] == "web"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": "   "},
        {"reason": "x" * 251},
        {"reason": "4242 4242 4242 4242"},
        {"minutes": 0},
        {"minutes": None},
        {"minutes": MAX_DAYS * 24 * 60 + 1},
        {"minutes": None, "until": NOW - 1},
        {"until": NOW + HOUR},
        {"module": None},
        {"module": "no_such_module"},
        {"gateway": "sandbox"},
        {"module": None, "gateway": "bank"},
        {"module": None, "order_queue_id": 404},
        {"module": "<script>"},
    ],
)
def test_what_is_no_pause_is_refused_and_nothing_is_paused(shop: Caller, wrong: dict[str, Any]) -> None:
    answer = shop.call("order.pause", {**PAUSE, **wrong})

    assert answer.status in (400, 422)
    assert shop.call("order.pause_list", {}).body["pauses"] == []


def test_somebody_s_pause_is_not_replaced_unseen_and_may_be_prolonged(shop: Caller) -> None:
    first = shop.call("order.pause", PAUSE).body
    other = shop.call("order.pause", {**PAUSE, "minutes": 120})
    assert (other.status, other.body["pause_id"]) == (409, first["pause_id"])
    assert shop.call("order.pause", PAUSE).body == first

    longer = shop.call("order.pause", {**PAUSE, "minutes": 120, "pause_id": first["pause_id"]}).body
    assert (longer["pause_id"], longer["since"], longer["until"]) == (
        first["pause_id"],
        first["since"],
        "2027-01-15T10:00:00Z",
    )
    assert len(shop.call("order.pause_list", {}).body["pauses"]) == 1


def test_what_is_not_paused_cannot_be_resumed(shop: Caller) -> None:
    answer = shop.call("order.resume", {"module": "call_webhook"})

    assert (answer.status, answer.body["type"]) == (409, "urn:order-queues:problem:not_paused")


def test_two_at_one_moment_do_not_overwrite_each_other(shop: Caller, clock: Clock) -> None:
    records = shop.api.backend.records
    one, other = PauseRecords(records, clock), PauseRecords(records, clock)
    read = one._read()
    other.start(PauseKind.MODULE, "call_webhook", reason="x", by="eve", ends_at=NOW + HOUR)

    with pytest.raises(Exception, match="at the same moment"):
        one._write(read, ())
    assert len(other.listed()) == 1


@pytest.mark.parametrize("role", sorted(ROLES))
def test_supervisors_and_administrators_pause(shop: Caller, role: str) -> None:
    answer = as_user(shop, Grant(rights=ROLES[role]), "order.pause", PAUSE)

    assert answer.status == (200 if role in ("supervisor", "admin") else 403)


def test_who_has_the_right_in_a_queue_pauses_that_queue_alone(shop: Caller) -> None:
    bound = Grant(rights=frozenset(Right), queues=frozenset({1}))
    token = shop.api.users.add("bound", (bound,), now=0)

    def call(method: str, parameters: dict[str, Any]) -> int:
        return shop.as_named("bound", token, method, parameters).status

    assert call("order.pause", PAUSE) == 403
    assert call("order.pause", OF_GATEWAY) == 403
    assert call("order.pause", {**OF_QUEUE, "order_queue_id": 2}) == 403
    assert call("order.pause", OF_QUEUE) == 200
    assert call("order.resume", {"order_queue_id": 1}) == 200


def test_who_may_not_see_persons_does_not_read_reasons(shop: Caller) -> None:
    shop.call("order.pause", {**PAUSE, "reason": "Ada Lovelace called"})

    (seen,) = as_user(shop, Grant(rights=ROLES["viewer"]), "order.pause_list", {}).body["pauses"]
    assert (seen["name"], seen["reason"]) == ("call_webhook", "")


@pytest.mark.parametrize("pause", [OF_QUEUE, OF_GATEWAY])
def test_a_submit_is_refused_with_when_to_come_again_and_the_order_is_kept(
    shop: Caller, clock: Clock, pause: dict[str, Any]
) -> None:
    order_id = a_lead(shop)
    shop.call("order.pause", {**pause, "reason": "Ada Lovelace called"})
    clock.time += 60

    refused = shop.call("order.submit", {"order_id": order_id})

    assert (refused.status, refused.headers["Retry-After"]) == (503, str(HOUR - 60))
    assert refused.body["type"] == "urn:order-queues:problem:submits_paused"
    assert "no orders are taken here until 2027-01-15 09:00 UTC, and nothing was charged" in refused.body["detail"]
    assert "Lovelace" not in str(refused.body)
    lead = shop.call("order.get", {"order_id": order_id}).body
    assert (lead["step"]["status"], lead["info"]["email"]) == ("leads", "ada@example.com")

    clock.time += HOUR
    assert shop.call("order.submit", {"order_id": order_id}).body["step"]["status"] == "ordinary"


def test_api_2_0_says_so_too(shop: Caller, clock: Clock) -> None:
    order_id = a_lead(shop)
    shop.call("order.pause", OF_QUEUE)
    clock.time += KEPT_SECONDS

    answer = shop.send("/api/2.0/", query=f"method=order.submit&order_id={order_id}")
    assert answer.body["status"] is False
    assert "no orders are taken here until" in answer.body["error_message"]


def test_an_idempotency_key_does_not_keep_the_refusal(shop: Caller, clock: Clock) -> None:
    order_id = a_lead(shop)
    shop.call("order.pause", OF_QUEUE)
    clock.time += KEPT_SECONDS
    key = {"idempotency-key": "submit-1"}
    assert shop.call("order.submit", {"order_id": order_id}, **key).status == 503

    shop.call("order.resume", {"order_queue_id": 1})
    assert shop.call("order.submit", {"order_id": order_id}, **key).status == 200


def test_orders_keep_arriving_and_what_needs_no_money_is_submitted_while_none_is_moved(
    shop: Caller, clock: Clock
) -> None:
    shop.call("order.pause", OF_GATEWAY)
    clock.time += KEPT_SECONDS
    free = a_lead(shop, pack1={"plan_id": "1", "price": "0", "setup": "0"}, cc_token="", payment_type="")

    answer = shop.call("order.submit", {"order_id": free})
    assert (answer.status, answer.body.get("step", {}).get("status")) == (200, "ordinary"), answer.body


def test_an_order_that_was_submitted_before_answers_as_before(shop: Caller, clock: Clock) -> None:
    order_id = a_lead(shop)
    shop.call("order.submit", {"order_id": order_id})
    shop.call("order.pause", OF_QUEUE)
    clock.time += KEPT_SECONDS

    assert shop.call("order.submit", {"order_id": order_id}).status == 200


def test_money_is_not_charged_by_hand_either(shop: Caller, clock: Clock) -> None:
    shop.call("order.pause", OF_GATEWAY)
    clock.time += KEPT_SECONDS

    gateway = shop.api.backend.gateway
    moves: list[Callable[[], object]] = [
        lambda: gateway.authorize(key="k", token="tok_approve", amount_cents=1, currency="USD", order_id="1"),
        lambda: gateway.authenticate(key="k", transaction_id="t", proof={}),
        lambda: gateway.capture(key="k", transaction_id="t", amount_cents=1, currency="USD"),
        lambda: gateway.void(key="k", transaction_id="t"),
        lambda: gateway.refund(key="k", transaction_id="t", currency="USD"),
    ]
    for move in moves:
        with pytest.raises(GatewayUnavailableError, match="paused until 2027-01-15 09:00 UTC"):
            move()
    assert gateway.find("k") is None


def test_a_gateway_has_no_way_to_move_money_that_is_not_paused() -> None:
    """A new method of the port has to be told apart: it looks something up or forgets a method, or it waits."""
    port = {name for name in vars(PausableGateway) if not name.startswith("_")}

    waits = {"authorize", "authenticate", "renew", "capture", "void", "refund"}
    assert port == waits | {"fingerprint", "forget", "find", "look_up", "list_begun"}


@given(
    since=st.integers(0, 100), length=st.integers(1, 100), over=st.none() | st.integers(0, 200), now=st.integers(0, 300)
)
def test_a_pause_never_outlives_its_end(since: int, length: int, over: int | None, now: int) -> None:
    pause = Pause(
        pause_id="p",
        kind=PauseKind.QUEUE,
        name="1",
        reason="x",
        by="a",
        since=since,
        ends_at=since + length,
        over_at=over,
    )
    assert pause.is_active(now) == (over is None and since <= now < since + length)


def test_only_a_gateway_of_the_stage_is_paused_and_one_that_it_gave_up_is_resumed(shop: Caller) -> None:
    """The pause of another one would stop nothing."""
    assert shop.call("order.pause", {**OF_GATEWAY, "gateway": "stripe"}).status == 200
    backend = replace(shop.api.backend, choice=GatewayChoice(default="sandbox"))
    later = replace(shop, api=replace(shop.api, backend=backend))

    refused = later.call("order.pause", {**OF_GATEWAY, "gateway": "paypal"})

    assert refused.status == 400
    assert "those here are sandbox" in str(refused.body)
    assert later.call("order.pause", OF_GATEWAY).status == 200
    assert later.call("order.resume", {"gateway": "stripe"}).status == 200
