"""Staff have a link mailed, with the queue's texts; one whose mail did not go out opens nothing."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.mail import sending
from lambdas.records.links.link import LinkRecords
from tests.support.build import CONTACT
from tests.unit.api.conftest import Caller
from tests.unit.api.posts.conftest import Ses

ORDER = {"order_queue_id": 1, "info": {**CONTACT, "pack1": {"plan_id": "1"}}}


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Ses:
    for name, value in {
        "PUBLIC_URL": "https://orders.example.com",
        "MAIL_FROM": "orders@example.com",
        "COMPANY": "Example Hosting",
    }.items():
        monkeypatch.setenv(name, value)
    ses = Ses()
    monkeypatch.setattr(sending, "ses", lambda: ses)
    return ses


def ask(caller: Caller, info: dict[str, Any] | None = None, **parameters: Any) -> Any:
    """`info`: as orders of an earlier release may have it, which nobody could send today."""
    order_id = caller.call("order.create", ORDER).body["order_id"]
    store = caller.api.backend.service.store
    order = store.get(order_id)
    store.save(order.changed(info={**order.info, **(info or {})}))
    return caller.call("order.link_create", {"order_id": order_id, "form": "hosting", "send": 1, **parameters})


def test_the_link_goes_to_the_order_s_address(caller: Caller, ses: Ses) -> None:
    answer = ask(caller)

    assert (answer.status, answer.body["sent"]) == (201, True)
    (mail,) = ses.sent
    assert mail["Destination"] == {"ToAddresses": ["ada@example.com"]}
    assert mail["FromEmailAddress"] == "Example Hosting <orders@example.com>"
    assert answer.body["url"] in mail["Content"]["Simple"]["Body"]["Text"]["Data"]


def test_without_send_nothing_is_mailed(caller: Caller, ses: Ses) -> None:
    assert ask(caller, send=0).body["sent"] is False
    assert ses.sent == []


@pytest.mark.parametrize(("info", "parameters"), [({"email": ""}, {}), ({}, {"purpose": "status"})])
def test_what_cannot_be_mailed_is_refused_before_there_is_a_link(
    caller: Caller, ses: Ses, info: dict[str, Any], parameters: dict[str, Any]
) -> None:
    answer = ask(caller, info, **parameters)

    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "send"
    assert not [item for item in caller.dynamodb.scan(TableName="records")["Items"] if "link#" in item["pk"]["S"]]


@pytest.mark.parametrize(
    "failure",
    [
        ClientError(
            {"Error": {"Code": "MessageRejected", "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 400}},  # type: ignore[typeddict-item]
            "SendEmail",
        ),
        ReadTimeoutError(endpoint_url="x"),
    ],
)
def test_a_link_that_was_not_mailed_is_closed_again(caller: Caller, ses: Ses, failure: Exception) -> None:
    ses.fails = [failure]
    answer = ask(caller)

    assert answer.status == 409
    assert "order.link_create" in answer.body["detail"]
    (order_id,) = [found["order_id"] for found in caller.call("order.list", {}).body["orders"]]
    (link,) = LinkRecords(caller.api.backend.records).of_order(order_id)
    assert link.revoked_at is not None


@pytest.mark.parametrize("parameters", [{"send": 1}, {"send": 0}])
def test_an_order_that_outlived_its_queue_is_refused_by_name_and_gets_no_link(
    caller: Caller, ses: Ses, parameters: dict[str, int]
) -> None:
    order_id = caller.call("order.create", ORDER).body["order_id"]
    service = replace(caller.api.backend.service, queues={})
    later = replace(caller, api=replace(caller.api, backend=replace(caller.api.backend, service=service)))
    answer = later.call("order.link_create", {"order_id": order_id, "form": "hosting", **parameters})

    assert (answer.status, answer.body["type"]) == (422, "urn:order-queues:problem:queue_not_found")
    assert LinkRecords(caller.api.backend.records).of_order(order_id) == ()
    assert later.call("order.get", {"order_id": order_id}).status == 200
