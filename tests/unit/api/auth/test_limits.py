"""How much a caller may call, and how often a login may fail."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.access.errors import TooManyLoginsError
from lambdas.access.login_limits import FAILED_LOGINS_OF_ONE, LOGIN_WINDOW_SECONDS
from lambdas.rate_limits.sources import source_of
from lambdas.runtime.telemetry import metrics
from tests.support.build import Clock
from tests.support.logs import fields, logged
from tests.unit.api.conftest import FAILED_LOGINS_OF_SOURCE, Answer, Caller


def clock_of(caller: Caller) -> Clock:
    clock = caller.api.backend.service.now
    assert isinstance(clock, Clock)
    return clock


def basic(name: str, token: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()}


def login(caller: Caller, name: str, token: str, source: str = "192.0.2.1", path: str = "/order.list") -> Answer:
    query = "" if path == "/order.list" else "method=order.list"
    return caller.send(path, body="{}", query=query, headers=basic(name, token), source=source)


@pytest.fixture
def slow(caller: Caller) -> dict[str, str]:
    """A user who may make three calls a minute."""
    return basic("slow", caller.api.users.add("slow", calls_per_minute=3, now=0))


def test_every_answer_of_new_callers_says_what_is_left(caller: Caller, slow: dict[str, str]) -> None:
    answers = [caller.send("/order.list", body=body, headers=slow) for body in ("{}", "not JSON")]

    assert [answer.status for answer in answers] == [200, 400]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"calls";q=3;w=60'}
    assert [answer.headers["RateLimit"] for answer in answers] == ['"calls";r=2;t=60', '"calls";r=1;t=60']


def test_a_call_too_many_is_429_at_both_doors_until_the_window_ends(caller: Caller, slow: dict[str, str]) -> None:
    clock_of(caller).time += 20
    for _ in range(3):
        assert caller.send("/order.list", body="{}", headers=slow).status == 200

    new = caller.send("/order.list", body="{}", headers=slow)
    old = caller.send("/api/2.0/", query="method=order.list", headers=slow)

    assert (new.status, new.headers["Retry-After"], new.headers["RateLimit"]) == (429, "40", '"calls";r=0;t=40')
    assert "3 calls in 60 seconds" in new.body["detail"]
    assert (old.status, old.headers["Retry-After"], old.body["status"], old.body["error_code"]) == (429, "40", False, 1)
    assert "RateLimit" not in old.headers
    assert caller.call("order.list", {}).status == 200, "another user is not held up"
    clock_of(caller).time += 40
    assert caller.send("/order.list", body="{}", headers=slow).status == 200


@pytest.mark.parametrize("path", ["/order.list", "/api/2.0/"])
def test_after_some_failed_logins_of_a_user_from_a_source_no_more_are_looked_at(caller: Caller, path: str) -> None:
    for _ in range(FAILED_LOGINS_OF_ONE):
        assert login(caller, "web", "wrong", path=path).status == 401

    refused = login(caller, "web", caller.token, path=path)

    assert (refused.status, refused.headers["Retry-After"]) == (429, str(LOGIN_WINDOW_SECONDS))
    assert login(caller, "web", caller.token, source="192.0.2.2", path=path).status == 200, "only from that source"
    clock_of(caller).time += LOGIN_WINDOW_SECONDS
    assert login(caller, "web", caller.token, path=path).status == 200


def test_a_source_that_tries_many_names_is_held_up_whatever_the_name(caller: Caller) -> None:
    for number in range(FAILED_LOGINS_OF_SOURCE):
        assert login(caller, f"user-{number}", "wrong").status == 401

    assert login(caller, "web", caller.token).status == 429
    assert login(caller, "web", caller.token, source="2001:db8::1").status == 200


def test_a_call_without_credentials_is_no_failed_login(caller: Caller) -> None:
    """Ruby's client sends none until it is asked (reference/ubersmith.md 4.2)."""
    for _ in range(FAILED_LOGINS_OF_SOURCE + 1):
        assert caller.send("/api/2.0/", query="method=order.list", headers={"authorization": ""}).status == 401

    assert caller.call("order.list", {}).status == 200


def test_a_failed_login_is_written_down_without_what_was_sent(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    login(caller, "web", "a-wrong-token", source="192.0.2.7")
    login(caller, "ada@example.com", "hunter2", source="192.0.2.7")

    failed = [fields(entry) for entry in caplog.records if entry.getMessage() == "login failed"]
    assert [(entry["user"], entry["request_id"]) for entry in failed] == [("web", "r-1"), ("", "r-1")]
    for secret in ("a-wrong-token", "ada@example.com", "hunter2", "192.0.2.7"):
        assert secret not in logged(caplog)


def test_check_login_is_throttled_per_login_and_user_of_the_api(caller: Caller) -> None:
    limits = caller.api.backend.limits
    for _ in range(FAILED_LOGINS_OF_ONE):
        assert limits.logins.check_login("web", "ada", lambda: None) is None

    with pytest.raises(TooManyLoginsError):
        limits.logins.check_login("web", "ada", lambda: "Ada")
    assert limits.logins.check_login("web", "bob", lambda: "Bob") == "Bob"
    assert limits.logins.check_login("shop", "ada", lambda: "Ada") == "Ada"


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:", "::ffff:"),
        ("", ""),
    ],
)
def test_of_an_ipv6_address_the_network_is_the_source(address: str, source: str) -> None:
    assert source_of(address) == source


def test_the_api_works_without_its_guard_table_and_says_so(
    caller: Caller, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(metrics, "add_metric", lambda name, *_, **__: counted.append(name))
    caller.dynamodb.delete_table(TableName="guards")

    answer = caller.call("order.list", {})
    refused = login(caller, "web", "wrong")

    assert (answer.status, "RateLimit" in answer.headers, refused.status) == (200, False, 401)
    assert counted.count("GuardFailures") == 3  # each call asked once for its login, and the first was to be counted
    assert {"FailedLogins", "ApiCalls"} <= set(counted)
    assert "the guard table did not answer" in logged(caplog)


def test_a_call_with_a_key_is_refused_without_the_guard_table_and_nothing_is_done(caller: Caller) -> None:
    order_id = caller.call("order.create", {"order_queue_id": 1}).body["order_id"]
    caller.dynamodb.delete_table(TableName="guards")
    cancel = {"order_id": order_id}

    new = caller.call("order.cancel", cancel, **{"idempotency-key": "k"})
    old = caller.send(
        "/api/2.0/", query="method=order.cancel", body=json.dumps(cancel), headers={"idempotency-key": "k"}
    )

    assert (new.status, new.headers["Retry-After"]) == (503, "3")
    assert (old.status, old.body["status"]) == (503, False)
    assert caller.call("order.get", cancel).body["canceled_at"] is None
    assert caller.call("order.cancel", cancel).status == 200


def test_an_error_of_the_order_table_is_no_failure_of_the_guard(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem")

    monkeypatch.setattr("lambdas.orders.store.DynamoOrderStore.get", broken)

    answer = caller.call("order.cancel", {"order_id": "1"}, **{"idempotency-key": "k"})
    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (503, "store_busy")
