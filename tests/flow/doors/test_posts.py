"""Posts over HTTP: kept in the engine's S3 and DynamoDB, mailed by its SES, read back as they were sent."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import ubersmith_client

from tests.flow.conftest import Shop, new_client_order

pytestmark = pytest.mark.engine
PNG = b"\x89PNG\r\n\x1a\n" + b"".join(hashlib.sha256(bytes([number % 256])).digest() for number in range(60_000))
PDF = b"%PDF-1.7\nhello"


@pytest.fixture
def order(shop: Shop) -> dict[str, Any]:
    return shop.done("order.create", new_client_order())


def bucket_of(shop: Shop) -> str:
    found = shop.client("cloudformation").describe_stack_resources(StackName="OrderQueues-local")["StackResources"]
    return next(str(each["PhysicalResourceId"]) for each in found if each["ResourceType"] == "AWS::S3::Bucket")


def mails_about(shop: Shop, subject: str) -> list[dict[str, Any]]:
    sent = httpx.get(f"{shop.stack.endpoint_url}/_ministack/ses/messages").json()["messages"]
    return [mail for mails in sent.values() for mail in mails if mail["Subject"] == subject]


def test_files_of_a_response_are_kept_mailed_and_come_back(shop: Shop, order: dict[str, Any]) -> None:
    order_id = order["order_id"]
    subject = f"Files of {order_id}"
    files = [("attach[0]", ("Rack ü.png", PNG, "image/png")), ("attach[1]", ("offer.pdf", PDF, "application/pdf"))]
    made = shop.http.post(
        "/order.respond", data={"order_id": order_id, "subject": subject, "followup": "Grüße"}, files=files
    )

    assert made.status_code == 201, made.text
    post = made.json()
    assert [(file["name"], file["size_bytes"]) for file in post["attachments"]] == [
        ("Rack ü.png", len(PNG)),
        ("offer.pdf", len(PDF)),
    ]
    assert shop.http.get("/order.post_list", params={"order_id": order_id}).json() == {"posts": [post]}
    for file, content in zip(post["attachments"], (PNG, PDF), strict=True):
        got = shop.http.get("/uber.attachment_get", params={"attach_id": file["attach_id"]})
        assert (got.headers["Content-Type"], got.content == content) == (file["content_type"], True)
    (mail,) = mails_about(shop, subject)
    said, _, more = mail["BodyText"].partition("\n\nSee your order and answer here:\n")
    assert (mail["To"], said) == (["ada@example.com"], "Grüße")
    page = httpx.get(more.split()[0], timeout=60)
    assert (page.status_code, f"Order {shop.order(order_id)['reference']}" in page.text) == (200, True)
    assert mail["Source"] == "Example Hosting <orders@example.com>"
    listed = shop.client("s3").list_objects_v2(Bucket=bucket_of(shop), Prefix=f"orders/{order_id}/")["Contents"]
    assert [found["Key"] for found in listed] == [
        f"orders/{order_id}/{post['post_id']}/1-Rack_.png",
        f"orders/{order_id}/{post['post_id']}/2-offer.pdf",
    ]


def test_the_installed_client_posts_files_and_reads_them(shop: Shop, order: dict[str, Any]) -> None:
    api = ubersmith_client.api.init(f"{shop.stack.api_url}/api/2.0/", shop.stack.user, shop.stack.token)
    post_id = api.order.client_respond(
        order_id=order["order_id"],
        author="ada@example.com",
        body="Here it is",
        files={"attach[0]": ("ü.pdf", PDF), "attach[1]": ("b.png", PNG[:100])},
    )

    record = api.order.post_list(order_id=order["order_id"])[post_id]
    assert (record["body"], record["author"], record["attachments"]) == ("Here it is", "ada@example.com", "2")
    files = api.uber.attachment_list(attach_type="order_ticket", id=post_id)
    assert {file["name"]: file["size"] for file in files.values()} == {"ü.pdf": str(len(PDF)), "b.png": "100"}
    (attach_id,) = (file["attach_id"] for file in files.values() if file["name"] == "ü.pdf")
    assert api.uber.attachment_get(attach_type="order_ticket", attach_id=attach_id) == PDF


def test_many_calls_with_one_key_make_one_post_and_one_mail(shop: Shop, order: dict[str, Any]) -> None:
    order_id = order["order_id"]
    subject = f"Once, about {order_id}"

    def respond(_: int) -> httpx.Response:
        return shop.http.post(
            "/order.respond",
            data={"order_id": order_id, "subject": subject},
            files={"attach": ("offer.pdf", PDF)},
            headers={"Idempotency-Key": f"respond-{order_id}"},
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(respond, range(16)))

    assert {answer.status_code for answer in answers} <= {201, 409}  # 409: the mail was just being sent by another
    assert 201 in {answer.status_code for answer in answers}
    assert len({answer.json()["post_id"] for answer in answers}) == 1
    assert (len(shop.done("order.post_list", {"order_id": order_id})["posts"]), len(mails_about(shop, subject))) == (
        1,
        1,
    )


def test_four_megabytes_pass_and_more_is_refused(shop: Shop, order: dict[str, Any]) -> None:
    def comment(size: int) -> httpx.Response:
        content = PDF + b"\0" * (size - len(PDF))
        data = {"order_id": order["order_id"], "comment": "1"}
        return shop.http.post("/order.respond", data=data, files={"attach[scan]": ("scan.pdf", content)})

    taken = comment(4 * 1024**2)
    assert taken.status_code == 201, taken.text
    attach_id = taken.json()["attachments"][0]["attach_id"]
    assert len(shop.http.get("/uber.attachment_get", params={"attach_id": attach_id}).content) == 4 * 1024**2
    refused = comment(4 * 1024**2 + 1)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (413, "attach[scan]")


def test_a_complete_order_takes_posts(shop: Shop, order: dict[str, Any]) -> None:
    shop.done("order.submit", {"order_id": order["order_id"]})
    shop.until_step(order["order_id"], "complete")

    assert shop.done("order.respond", {"hash": order["hash"], "followup": "Welcome"})["mail"] == "sent"
