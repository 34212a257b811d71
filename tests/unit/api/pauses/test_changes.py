"""Giving a pause another end and reason through the API, and ending the one that was seen."""

from lambdas.orders.pauses import Pause
from tests.support.build import Clock
from tests.unit.api.conftest import Caller
from tests.unit.api.pauses.test_pauses import HOUR, PAUSE, clock, shop

__all__ = ["clock", "shop"]


def test_a_pause_that_was_changed_meanwhile_is_neither_changed_nor_ended(shop: Caller, clock: Clock) -> None:
    first = shop.call("order.pause", PAUSE).body
    seen = {"pause_id": first["pause_id"], "revision": first["revision"]}
    longer = shop.call("order.pause", {**PAUSE, "minutes": 120, "reason": "x", **seen}).body
    assert longer["revision"] == first["revision"] + 1

    for method, more in (("order.pause", {**PAUSE, "minutes": 5}), ("order.resume", {"module": "call_webhook"})):
        refused = shop.call(method, {**more, **seen})
        assert (refused.status, refused.body["type"]) == (409, "urn:order-queues:problem:pause_changed")
        assert (refused.body["pause_id"], refused.body["revision"]) == (longer["pause_id"], longer["revision"])
    assert shop.call("order.pause_list", {}).body["pauses"] == [longer]
    now = {"pause_id": longer["pause_id"], "revision": longer["revision"]}
    assert shop.call("order.resume", {"module": "call_webhook", **now}).status == 200


def test_a_change_that_is_sent_again_changes_nothing(shop: Caller) -> None:
    first = shop.call("order.pause", PAUSE).body
    change = {**PAUSE, "minutes": 120, "pause_id": first["pause_id"], "revision": first["revision"]}

    assert shop.call("order.pause", change).body == shop.call("order.pause", change).body


def test_a_pause_that_is_over_is_not_prolonged(shop: Caller, clock: Clock) -> None:
    first = shop.call("order.pause", PAUSE).body
    clock.time += HOUR
    over = shop.call("order.pause", {**PAUSE, "pause_id": first["pause_id"]})
    assert (over.status, over.body["type"]) == (409, "urn:order-queues:problem:not_paused")

    other = shop.call("order.pause", PAUSE).body
    for method, more in (("order.pause", PAUSE), ("order.resume", {"module": "call_webhook"})):
        refused = shop.call(
            method,
            {**more, "reason": "x", "pause_id": first["pause_id"]}
            if "minutes" in more
            else {**more, "pause_id": first["pause_id"]},
        )
        assert (refused.status, refused.body["pause_id"]) == (409, other["pause_id"])


def test_a_revision_without_its_pause_is_refused(shop: Caller) -> None:
    assert shop.call("order.pause", {**PAUSE, "revision": 1}).status in (400, 422)
    assert shop.call("order.resume", {"module": "call_webhook", "revision": 1}).status in (400, 422)


def test_a_pause_of_an_earlier_release_has_the_first_revision() -> None:
    old = {"pause_id": "p", "kind": "queue", "name": "1", "reason": "x", "by": "a", "since": 0, "ends_at": 1}
    assert Pause.model_validate(old).revision == 1
