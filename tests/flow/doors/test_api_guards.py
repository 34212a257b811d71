"""The guards of the API on the engine: repeats, limits, users given by the command, and answers that wait for the order."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from infra.operate import users as command
from lambdas.access.login_limits import FAILED_LOGINS_OF_ONE
from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine


def old_door(shop: Shop, method: str, parameters: dict[str, Any]) -> Any:
    answer = shop.http.post("/api/2.0/", params={"method": method}, json=parameters)
    assert answer.json()["status"], answer.text
    return answer.json()["data"]


def twenty(shop: Shop, method: str, parameters: dict[str, Any], key: str) -> list[httpx.Response]:
    """The answers of twenty identical calls at once. Who is told that the first still runs asks again, as callers do."""

    def ended() -> httpx.Response | None:
        answer = shop.call(method, parameters, **{"Idempotency-Key": key})
        return None if "repeat_in_progress" in answer.text else answer

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(lambda _: until(f"an answer of {method}", ended), range(20)))


def test_twenty_identical_calls_at_once_have_one_effect_and_one_answer(shop: Shop) -> None:
    order = shop.done("order.create", new_client_order())
    change = {"order_id": order["order_id"], "info": {"city": "Bath"}}

    answers = twenty(shop, "order.update", change, f"twenty-{order['hash']}")

    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.headers["etag"] for answer in answers}) == 1
    # Besides the one update there is one write: the machine parks the lead.
    assert shop.order(order["order_id"])["revision"] <= order["revision"] + 2
    other = shop.call("order.cancel", {"order_id": order["order_id"]}, **{"Idempotency-Key": f"twenty-{order['hash']}"})
    assert (other.status_code, "order.update" in other.json()["detail"]) == (409, True)


def test_twenty_identical_submits_at_once_hold_once_and_all_succeed(shop: Shop) -> None:
    """Without a key some would be told that the order is being submitted; with one all get the first one's answer."""
    order = shop.done("order.create", new_client_order())
    submit = {"order_id": order["order_id"]}

    answers = twenty(shop, "order.submit", submit, f"submit-{order['hash']}")

    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1
    assert shop.gateway.find(shop.hold_key(order["order_id"], 2)) is None


def test_api_2_0_reads_the_client_number_right_after_its_submit(shop: Shop) -> None:
    """What Ubersmith's own order form does (reference/ubersmith.md 1.5). A busy machine may take longer than the wait."""

    def told() -> str | None:
        order_id = old_door(shop, "order.create", new_client_order())["order_id"]
        text = old_door(shop, "order.submit", {"order_id": order_id})
        record = old_door(shop, "order.get", {"order_id": order_id})
        assert ("client number" in text) <= (f"client number is {record['client_id']}." in text)
        return order_id if "client number" in text else None

    order_id = until("a submit that tells the client number", told)

    shop.until_step(order_id, "complete")


def test_a_submit_that_comes_to_a_person_answers_when_they_are_waited_for(shop: Shop) -> None:
    def settled() -> dict[str, Any] | None:
        order_id = old_door(shop, "order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]
        old_door(shop, "order.submit", {"order_id": order_id})
        order = shop.order(order_id)
        shop.done("order.cancel", {"order_id": order_id})
        return order if order["waits"] else None

    order = until("a submit that answers with somebody waited for", settled)

    assert [wait["for"] for wait in order["waits"]] == ["103"]
    assert order["client_id"]


def test_new_callers_may_wait_too(shop: Shop) -> None:
    def waited() -> httpx.Response | None:
        submit = {"order_id": shop.done("order.create", new_client_order())["order_id"]}
        answer = shop.call("order.submit", submit, Prefer="wait=15")
        assert answer.headers["preference-applied"] == "wait=15"
        return answer if answer.json()["step"]["status"] == "complete" else None

    answer = until("an answer that waited for the order", waited)

    newest = shop.order(answer.json()["order_id"])
    assert answer.headers["etag"] == f'"{newest["revision"]}"'


@pytest.fixture
def users(shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command, as it is typed, at the engine of the tests."""
    for name, value in (shop.engine.environment() | {"AWS_ENDPOINT_URL": shop.engine.endpoint_url}).items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> str:
        assert command.main(["--stage", "local", *words]) == 0
        return capsys.readouterr().out.splitlines()[-1].strip()

    return run


def listed(shop: Shop, name: str, token: str) -> httpx.Response:
    return httpx.post(f"{shop.stack.api_url}/order.queue_list", json={"brand_id": 1}, auth=(name, token), timeout=60)


def test_a_user_given_by_the_command_logs_in_until_revoked(shop: Shop, users: Any) -> None:
    first = users("add", "floor", "--role", "viewer", "--queues", "1")
    assert listed(shop, "floor", first).status_code == 200
    second = users("rotate", "floor", "--grace-hours", "1")
    assert [listed(shop, "floor", token).status_code for token in (first, second)] == [200, 200]

    users("revoke", "floor")

    for token in (first, second):  # one after the other: too many failed logins would be held up instead

        def refusal(token: str = token) -> httpx.Response | None:
            answer = listed(shop, "floor", token)
            return answer if answer.status_code != 200 else None

        assert until("the user is refused, whom a warm function keeps for seconds", refusal).status_code == 401
    refused = httpx.post(
        f"{shop.stack.api_url}/order.cancel", json={"order_id": "1"}, auth=("floor", second), timeout=60
    )
    assert refused.status_code == 401


def test_a_user_with_a_limit_is_held_up_and_told_for_how_long(shop: Shop, users: Any) -> None:
    token = users("add", "slow", "--role", "viewer", "--calls-per-minute", "2")

    def held_up() -> httpx.Response | None:
        answer = listed(shop, "slow", token)
        assert answer.status_code in (200, 429)
        return answer if answer.status_code == 429 else None  # a new minute may begin in between

    refused = until("the user is held up", held_up)

    assert refused.headers["ratelimit-policy"] == '"calls";q=2;w=60'
    assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_failed_logins_of_a_user_are_held_up_where_they_come_from(shop: Shop, users: Any) -> None:
    token = users("add", "guessed", "--role", "viewer")

    def held_up() -> httpx.Response | None:
        for _ in range(FAILED_LOGINS_OF_ONE + 1):
            answer = listed(shop, "guessed", "wrong")
            if answer.status_code == 429:
                return answer
        return None  # a new window began in between

    refused = until("the login is held up", held_up)

    assert int(refused.headers["retry-after"]) >= 1
    late = listed(shop, "guessed", token)
    assert late.status_code == 429 or int(refused.headers["retry-after"]) < 3
