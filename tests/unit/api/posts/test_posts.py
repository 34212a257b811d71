"""What is posted on an order is on its list, for those who may see it."""

from typing import Any

import pytest

from lambdas.records.users.rights import ROLES, Grant, Right
from tests.unit.api.posts.conftest import PostShop


def test_a_response_has_the_defaults_of_ubersmith(shop: PostShop) -> None:
    made = shop.post()

    assert made.status == 201
    assert made.body["post_id"] == "1"
    (listed,) = shop.listed()
    assert listed == made.body
    assert {key: listed[key] for key in ("type", "author", "by", "subject", "body", "recipients", "mail")} == {
        "type": "response",
        "author": "API",
        "by": "web",
        "subject": "Your order with Räckspeed",
        "body": "(no message)",
        "recipients": ["ada@example.com"],
        "mail": "sent",
    }
    assert listed["posted_at"] == "2027-01-15T08:00:00Z"


def test_an_empty_parameter_has_its_default(shop: PostShop) -> None:
    empty: dict[str, Any] = {
        "subject": "",
        "followup": "",
        "from": "",
        "recipient": None,
        "comment": "",
        "attach": "",
        "cc": "",
    }
    with_empty = shop.post(**empty).body

    assert with_empty == shop.post().body | {"post_id": "1"}


def test_api_2_0_answers_ids_and_records_as_text(shop: PostShop) -> None:
    caller, order = shop.caller, {"order_id": shop.order_id}
    assert caller.data("order.post_list", order) == []
    assert caller.data("order.respond", {**order, "followup": "Ready", "user_id": 7, "cc": "b@shop.test"}) == "1"
    assert caller.data("order.client_respond", {**order, "author": "eve@shop.test", "body": "Thanks"}) == "2"

    records = caller.data("order.post_list", order)
    assert list(records) == ["1", "2"]
    assert records["1"] == {
        "post_id": "1",
        "order_id": shop.order_id,
        "type": "response",
        "author": "API",
        "user_id": "7",
        "contact_id": "0",
        "recipient": "ada@example.com",
        "cc": "b@shop.test",
        "bcc": "",
        "subject": "Your order with Räckspeed",
        "body": "Ready",
        "timestamp": "1800000000",
        "hidden": "0",
        "mail": "sent",
        "attachments": "0",
        "attachment_list": [],
    }
    assert (records["2"]["type"], records["2"]["author"], records["2"]["mail"]) == (
        "client_response",
        "eve@shop.test",
        "",
    )


def test_the_hash_of_an_order_is_enough_to_respond(shop: PostShop) -> None:
    by_hash = {"hash": shop.hash}
    assert shop.caller.data("order.client_respond", {**by_hash, "contact_id": "5"}) == "1"
    assert shop.caller.data("order.respond", by_hash) == "2"

    assert [post["contact_id"] for post in shop.listed()] == ["5", None]
    unknown = shop.caller.call("order.client_respond", {"hash": "0a1b2-ffff-none", "contact_id": "5"})
    assert unknown.status == 404


def test_a_list_names_its_order_by_id_only(shop: PostShop) -> None:
    answer = shop.caller.send("/api/2.0/", query=f"method=order.post_list&hash={shop.hash}")

    assert answer.body["error_message"] == "request failed: order_id parameter not supplied"


def test_a_client_who_does_not_say_who_they_are_is_refused(shop: PostShop) -> None:
    answer = shop.post("order.client_respond", body="hello")

    assert answer.status == 400
    assert [error["field"] for error in answer.body["errors"]] == ["author"]
    assert shop.listed() == []


def test_comments_and_hidden_copies_are_not_for_clients(shop: PostShop) -> None:
    shop.post(followup="Looks odd", comment=1)
    shop.post(followup="Ready", bcc="boss@shop.test")

    everything, for_client = shop.listed(), shop.listed(private=1)
    assert [(post["body"], post["client_viewable"]) for post in everything] == [("Looks odd", False), ("Ready", True)]
    assert everything[1]["bcc"] == ["boss@shop.test"]
    assert [post["body"] for post in for_client] == ["Ready"]
    assert (for_client[0]["bcc"], for_client[0]["by"]) == ([], "")


def test_lists_go_both_ways_and_in_parts(shop: PostShop) -> None:
    for number in range(1, 6):
        shop.post("order.client_respond", author="a@shop.test", body=str(number))

    def bodies(**parameters: Any) -> str:
        return "".join(post["body"] for post in shop.listed(**parameters))

    assert bodies() == bodies(limit=2) == "12345"  # limit counts with offset only
    assert bodies(direction="desc") == "54321"
    assert bodies(offset=1, limit=2) == "23"
    assert bodies(offset=1) == "2345"
    assert bodies(direction="desc", offset=0, limit=1) == "5"
    assert bodies(offset=9, limit=9) == ""


def test_posts_of_one_order_are_not_on_another(shop: PostShop) -> None:
    shop.post()
    other = shop.caller.call("order.create", {"order_queue_id": 1, "info": {}}).body["order_id"]

    assert shop.caller.call("order.post_list", {"order_id": other}).body == {"posts": []}
    assert shop.caller.call("order.post_list", {"order_id": "999999"}).status == 404


def test_a_canceled_order_takes_posts(shop: PostShop) -> None:
    shop.caller.call("order.cancel", {"order_id": shop.order_id})

    assert shop.post().status == 201
    assert shop.post("order.client_respond", author="a@shop.test").status == 201


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"followup": "x" * 50_001}, "followup"),
        ({"subject": "x" * 251}, "subject"),
        ({"from": "x" * 255}, "from"),
        ({"recipient": "ada"}, "recipient"),
        ({"recipient": "a@b.test, c"}, "recipient"),
        ({"cc": "Ada <a@b.test>"}, "cc"),
        ({"bcc": ",".join(f"a{number}@b.test" for number in range(11))}, "bcc"),
        ({"recipient": "a@b.test\nBcc: c@b.test"}, "recipient"),
        ({"followup": "\ud800"}, "followup"),
        ({"attach": "report.pdf"}, "attach"),
        ({"attach": ["report.pdf"]}, "attach"),
    ],
)
def test_what_cannot_be_posted_is_refused_by_field(shop: PostShop, parameters: dict[str, Any], field: str) -> None:
    answer = shop.post(**parameters)

    assert (answer.status, [error["field"] for error in answer.body["errors"]]) == (400, [field])
    assert (shop.listed(), shop.ses.sent) == ([], [])


@pytest.mark.parametrize("parameters", [{"followup": "my card: 4242 4242 4242 4242"}, {"from": "4242424242424242"}])
def test_card_data_is_refused(shop: PostShop, parameters: dict[str, Any]) -> None:
    answer = shop.post(**parameters)

    assert answer.status == 422
    assert "42424242424242" not in str(answer.body).replace(" ", "")
    assert shop.listed() == []


def test_more_posts_than_fit_an_answer_are_asked_for_in_parts(shop: PostShop) -> None:
    longest = "ä" * 50_000  # six letters each in JSON
    for _ in range(16):
        assert shop.post("order.client_respond", author="a@shop.test", body=longest).status == 201

    answer = shop.post("order.post_list")
    assert (answer.status, "offset and limit" in answer.body["detail"]) == (413, True)
    assert len(shop.listed(offset=8, limit=8)) == 8


@pytest.mark.parametrize(
    ("role", "method", "status"),
    [
        ("viewer", "order.post_list", 403),
        ("billing", "order.post_list", 200),
        ("sales", "order.respond", 403),
        ("operator", "order.respond", 201),
        ("sales", "order.client_respond", 201),
        ("operator", "order.client_respond", 403),
    ],
)
def test_each_method_needs_its_rights(shop: PostShop, role: str, method: str, status: int) -> None:
    more = {"author": "a@shop.test"} if method == "order.client_respond" else {}
    answer = shop.as_user(Grant(rights=ROLES[role]), method, order_id=shop.order_id, **more)

    assert answer.status == status


def test_rights_hold_in_their_queues_only(shop: PostShop) -> None:
    elsewhere = Grant(rights=frozenset(Right), queues=frozenset({3}))

    for method in ("order.respond", "order.post_list", "uber.attachment_list"):
        assert shop.as_user(elsewhere, method, order_id=shop.order_id).status == 403
