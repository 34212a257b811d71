"""Staff make links for clients, and take them back."""

import json

import pytest

from lambdas.records.links.link import DAY, LinkPurpose, LinkRecords
from tests.support.build import CONTACT, NOW
from tests.unit.api.conftest import Caller

ORDER = {"order_queue_id": 1, "info": {**CONTACT, "pack1": {"plan_id": "1"}}}


@pytest.fixture
def order_id(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PUBLIC_URL", "https://orders.example.com/")
    return str(caller.call("order.create", ORDER).body["order_id"])


def test_a_link_leads_to_the_form_and_is_told_once(caller: Caller, order_id: str) -> None:
    answer = caller.call("order.link_create", {"order_id": order_id, "form": "hosting", "expires_days": 7})

    assert answer.status == 201
    head, _, token = answer.body["url"].rpartition("/")
    assert head == "https://orders.example.com/forms/hosting/resume"
    link = LinkRecords(caller.api.backend.records).find(token, LinkPurpose.RESUME)
    assert link is not None
    assert (link.order_id, link.by, link.expires_at) == (order_id, "web", NOW + 7 * DAY)
    assert answer.body["link_id"] == link.link_id


def test_the_form_is_the_one_the_order_was_list_begun(caller: Caller, order_id: str) -> None:
    refused = caller.call("order.link_create", {"order_id": order_id})
    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "form")

    LinkRecords(caller.api.backend.records).remember_form(order_id, "hosting")
    assert "/forms/hosting/resume/" in caller.call("order.link_create", {"order_id": order_id}).body["url"]


def test_a_form_of_another_queue_is_refused_by_name(caller: Caller, order_id: str) -> None:
    for form in ("dedicated-server", "nowhere"):
        refused = caller.call("order.link_create", {"order_id": order_id, "form": form})
        assert (refused.status, refused.body["errors"][0]["field"]) == (400, "form")
        assert "its forms are hosting" in refused.body["errors"][0]["detail"]
    assert LinkRecords(caller.api.backend.records).of_order(order_id) == ()


def test_a_status_link_and_api_2_0(caller: Caller, order_id: str) -> None:
    data = caller.data("order.link_create", {"order_id": order_id, "purpose": "status"})

    assert data["url"].startswith("https://orders.example.com/orders/")
    assert data["expires"] == str(NOW + 365 * DAY)
    assert caller.data("order.link_revoke", {"order_id": order_id}) == [data["link_id"]]


def test_a_link_is_revoked_by_its_id(caller: Caller, order_id: str) -> None:
    made = [
        caller.call("order.link_create", {"order_id": order_id, "purpose": "status"}).body["link_id"] for _ in range(2)
    ]
    revoke = {"order_id": order_id, "link_id": made[0]}

    assert caller.call("order.link_revoke", revoke).body == {"revoked": [made[0]]}
    assert caller.call("order.link_revoke", revoke).body == {"revoked": []}
    assert caller.call("order.link_revoke", {**revoke, "link_id": "nope"}).status == 404
    assert caller.call("order.link_revoke", {"order_id": order_id}).body == {"revoked": [made[1]]}


def test_a_token_is_kept_nowhere_even_if_the_call_may_be_repeated(caller: Caller, order_id: str) -> None:
    call = {"order_id": order_id, "purpose": "status"}
    url = caller.call("order.link_create", call, **{"idempotency-key": "k"}).body["url"]
    again = caller.call("order.link_create", call, **{"idempotency-key": "k"}).body["url"]

    assert url != again
    tables = caller.dynamodb.list_tables()["TableNames"]
    kept = json.dumps([caller.dynamodb.scan(TableName=table)["Items"] for table in tables], default=str)
    assert url.rpartition("/")[2] not in kept
    assert "repeat#" not in kept
