"""Posts through the whole API: tables and bucket in memory, an SES that may refuse or stay silent."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from lambdas.catalog.brands.brand import Brand, Brands
from lambdas.mail import sender, sending
from lambdas.records.users.rights import Grant
from lambdas.runtime import aws
from tests.support.build import CONTACT
from tests.unit.api.conftest import Answer, Caller

BUCKET = "attachments"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PDF = b"%PDF-1.7\nhello"
File = tuple[str, str, bytes]
"""Field, file name, content."""


class Ses:
    """Takes mails. `fails`: what comes instead of an answer, once each."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.fails: list[Exception] = []

    def send_email(self, **mail: Any) -> None:
        if self.fails:
            raise self.fails.pop()
        self.sent.append(mail)


@dataclass
class PostShop:
    """A caller with one order, a bucket and an SES."""

    caller: Caller
    order_id: str
    hash: str
    ses: Ses
    _names: Iterator[int] = field(default_factory=count)

    def post(self, method: str = "order.respond", **parameters: Any) -> Answer:
        return self.caller.call(method, {"order_id": self.order_id, **parameters})

    def with_key(self, key: str, **parameters: Any) -> Answer:
        return self.caller.call("order.respond", {"order_id": self.order_id, **parameters}, **{"idempotency-key": key})

    def upload(
        self, *files: File, path: str = "/order.respond", fields: dict[str, str] | None = None, key: str = ""
    ) -> Answer:
        body = multipart({"order_id": self.order_id, **(fields or {})}, *files)
        headers = {"idempotency-key": key} if key else None
        return self.caller.send(path, body=body, content_type="multipart/form-data; boundary=frontier", headers=headers)

    def listed(self, **parameters: Any) -> list[dict[str, Any]]:
        answer = self.post("order.post_list", **parameters)
        assert answer.status == 200, answer.body
        return list(answer.body["posts"])

    def as_user(self, grant: Grant, method: str, **parameters: Any) -> Answer:
        name = f"user-{next(self._names)}"
        token = self.caller.api.users.add(name, (grant,), now=0)
        credentials = base64.b64encode(f"{name}:{token}".encode()).decode()
        body = json.dumps(parameters)
        return self.caller.send(f"/{method}", body=body, headers={"authorization": f"Basic {credentials}"})

    def kept(self) -> list[str]:
        """The keys in the bucket."""
        return [found["Key"] for found in aws.s3().list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def multipart(fields: dict[str, str], *files: File, ends: bool = True) -> bytes:
    parts = [
        f'--frontier\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ] + [
        f'--frontier\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        f"Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, file_name, content in files
    ]
    return b"".join(parts) + (b"--frontier--\r\n" if ends else b"")


@pytest.fixture
def shop(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostShop]:
    monkeypatch.setenv("MAIL_FROM", "orders@shop.test")
    brands = Brands(brands=(Brand(brand_id=1, name="Räckspeed"),))
    monkeypatch.setattr(sender, "load_brands", lambda: brands)
    monkeypatch.setenv("ATTACHMENT_BUCKET", BUCKET)
    ses = Ses()
    monkeypatch.setattr(sending, "ses", lambda: ses)
    aws.s3.cache_clear()
    aws.s3().create_bucket(Bucket=BUCKET)
    order = caller.call("order.create", {"order_queue_id": 1, "info": CONTACT}).body
    yield PostShop(caller, order["order_id"], order["hash"], ses)
    aws.s3.cache_clear()
