"""An order's whole life, told by each client (reference/ubersmith.md 8.1, rows 2, 3, 5, 6, 9, 10, 11, 12)."""

from typing import Any

import pytest

from tests.flow.conftest import Shop, order_whose_login_is_taken, until
from tests.flow.wire.speakers import Refused, Speaker

pytestmark = pytest.mark.engine
LEADS, PROCESSING, COMPLETE, CANCELED = "11", "12", "13", "14"
PROVISION_CLIENT, ADD_SERVICES, GENERATE_INVOICE = "101", "102", "103"
CONTACT = {"first": "Ada", "last": "Lovelace", "email": "ada@example.com", "country": "GB"}
CARD = {"payment_type": "charge_prior_auth", "cc_type": "Visa", "cc_num": "4242", "cc_expire": "1230"}
PACK = {"plan_id": "2", "period": 1, "options": {"31": "101"}, "desserv": "a.example"}
OF_THE_FORM = {"AUPTOS": "1", "msa": {"7": {"signer": "Ada Lövelace"}}, "hosts": ["a.example", "b.example"]}


def info(**more: Any) -> dict[str, Any]:
    return {**CONTACT, **CARD, "cc_token": "tok_approve", "pack1": PACK, **OF_THE_FORM, **more}


def created(speaker: Speaker, **more: Any) -> str:
    return str(speaker.call("order.create", order_queue_id=1, info=info(**more))["order_id"])


def record(speaker: Speaker, order_id: str) -> dict[str, Any]:
    return dict(speaker.call("order.get", order_id=order_id))


def progress(speaker: Speaker, order_id: str) -> dict[str, dict[str, Any]]:
    """By action id as text: one client makes numbers of them."""
    return {str(key): entry for key, entry in dict(record(speaker, order_id)["progress"]).items()}


def until_tried(speaker: Speaker, order_id: str, action_id: str, attempts: str) -> dict[str, Any]:
    """The action once it waits for a person, after so many tries."""

    def ask() -> dict[str, Any] | None:
        entry = progress(speaker, order_id).get(action_id, {})
        return entry if (entry.get("status") in ("waiting", "failed")) and entry["attempts"] == attempts else None

    return until(f"try {attempts} of action {action_id} of order {order_id}", ask)


def until_complete(speaker: Speaker, order_id: str) -> dict[str, Any]:
    def ask() -> dict[str, Any] | None:
        order = record(speaker, order_id)
        return order if str(order["order_status"]) == COMPLETE else None

    return until(f"order {order_id} complete", ask)


def refused(speaker: Speaker, method: str, **parameters: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        speaker.call(method, **parameters)
    return caught.value


def test_create_get_and_update(speaker: Speaker) -> None:
    bundle = speaker.call("order.create", order_queue_id=1, info=info())
    order_id, order_hash = bundle["order_id"], bundle["data"]["hash"]
    by_id = record(speaker, order_id)

    assert by_id == dict(speaker.call("order.get", hash=order_hash))
    assert (str(by_id["order_id"]), by_id["hash"], str(by_id["order_status"])) == (order_id, order_hash, LEADS)
    assert (by_id["info"]["msa"], by_id["info"]["hosts"]) == (OF_THE_FORM["msa"], OF_THE_FORM["hosts"])
    assert {key: by_id["info"]["pack1"][key] for key in PACK} == {**PACK, "period": "1"}
    assert (str(by_id["total"]), dict(by_id["progress"])) == ("278.00", {})

    change = {"pack1": {"quantity": 2}, "msa": {"7": {"at": "noon"}}}
    assert speaker.call("order.update", order_id=order_id, owner="7", info=change) is True
    after = record(speaker, order_id)
    assert after["info"]["msa"] == {"7": {"signer": "Ada Lövelace", "at": "noon"}}
    assert (after["info"]["pack1"]["options"], after["info"]["pack1"]["quantity"]) == ({"31": "101"}, "2")
    assert (after["info"]["email"], after["owner"], str(after["total"])) == ("ada@example.com", "7", "457.00")


def test_a_declined_card_is_changed_and_the_same_order_goes_through_the_walk_through_of_the_ruby_client(
    speaker: Speaker, existing: dict[str, str], shop: Shop
) -> None:
    """The client exists already, so its action is skipped by hand, and what was held up by it runs by itself."""
    declined = created(speaker, cc_token="tok_decline")
    assert "declined by its bank" in refused(speaker, "order.submit", order_id=declined).message
    assert str(record(speaker, declined)["order_status"]) == LEADS
    assert speaker.call("order.update", order_id=declined, info={"cc_token": "tok_approve"}) is True
    thanks = speaker.call("order.submit", order_id=declined)
    assert (isinstance(thanks, str), declined in thanks) == (True, True)
    until_complete(speaker, declined)
    taken = created(speaker, uber_login=existing["login"])
    assert "login name of another client" in refused(speaker, "order.submit", order_id=taken).message

    order_id = order_whose_login_is_taken(shop, f"walk-{existing['client_id']}")
    entry = until_tried(speaker, order_id, PROVISION_CLIENT, "1")
    assert "the login name is taken" in entry["message"]
    assert set(progress(speaker, order_id)) == {PROVISION_CLIENT}
    assert order_id in map(str, dict(speaker.call("order.list", order_step_id=PROCESSING)))
    assert "first" in refused(speaker, "order.process", order_id=order_id, order_action_id=GENERATE_INVOICE).message

    assert speaker.call("order.process", order_id=order_id, order_action_id=PROVISION_CLIENT) is True
    until_tried(speaker, order_id, PROVISION_CLIENT, "2")
    assert int(speaker.call("order.respond", order_id=order_id, comment=1, followup="known to us")) > 0
    assert speaker.call("order.update", order_id=order_id, client_id=existing["client_id"]) is True
    skip = {"order_id": order_id, "order_action_id": PROVISION_CLIENT, "skip": 1}
    assert speaker.call("order.process", **skip) is True

    final = until_complete(speaker, order_id)
    done = {key: entry["status"] for key, entry in progress(speaker, order_id).items()}
    assert done == {PROVISION_CLIENT: "skipped", ADD_SERVICES: "done", GENERATE_INVOICE: "done"}
    assert str(final["client_id"]) == existing["client_id"]
    assert "final" in refused(speaker, "order.process", **skip).message
    assert "final" in refused(speaker, "order.cancel", order_id=order_id).message


def test_a_canceled_order_takes_nothing_more_and_stays_as_it_is(speaker: Speaker, shop: Shop) -> None:
    order_id = created(speaker)

    assert speaker.call("order.cancel", order_id=order_id) is True
    shop.until_unwound(order_id)  # what is undone after a cancel counts as activity
    canceled = record(speaker, order_id)
    assert str(canceled["order_status"]) == CANCELED
    for method, parameters in (
        ("order.process", {"order_action_id": PROVISION_CLIENT}),
        ("order.process", {"order_action_id": PROVISION_CLIENT, "skip": 1}),
        ("order.submit", {}),
        ("order.update", {"info": {"first": "Eve"}}),
    ):
        said = refused(speaker, method, order_id=order_id, **parameters)
        assert (said.code, "Canceled" in said.message) == (1, True), said
    assert record(speaker, order_id) == canceled
    assert speaker.call("order.cancel", order_id=order_id) is True


def test_posts_of_both_sides(speaker: Speaker, shop: Shop) -> None:
    order_id = created(speaker)
    speaker.call("order.respond", order_id=order_id, followup="for you")
    speaker.call("order.respond", order_id=order_id, followup="among us", comment=1)
    speaker.call("order.client_respond", order_id=order_id, body="thanks", author="ada@example.com")

    posts = shop.done("order.post_list", {"order_id": order_id})["posts"]
    assert [post["body"] for post in posts] == ["for you", "among us", "thanks"]
