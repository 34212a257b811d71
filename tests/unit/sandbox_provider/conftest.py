"""The provider over a record table in memory, asked as API Gateway asks it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable
from lambdas.sandbox_provider.handler import Provider, respond
from tests.support.build import Clock

HOST = "orders.example.com"
SHOP = {"return": f"https://{HOST}/forms/hosting/return", "state": "s-1"}
CARD = {"number": "4242 4242 4242 4242", "expiry": "12/34", "code": "123"}


@dataclass
class Shown:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def back(self) -> dict[str, str]:
        """What the browser goes back to the form with."""
        address, _, query = self.headers["Location"].partition("?")
        assert address == SHOP["return"]
        assert self.status == 303
        return dict(parse_qsl(query))


@dataclass
class Visitor:
    provider: Provider

    def ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Shown:
        parts = urlsplit(path)
        event: dict[str, Any] = {
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": {"host": HOST, "x-forwarded-proto": "https"},
            "requestContext": {"http": {"method": method, "sourceIp": "192.0.2.7"}, "requestId": "r-1"},
            "body": urlencode(body or {}),
            "isBase64Encoded": False,
        }
        response = respond(event, self.provider)
        return Shown(response["statusCode"], response["headers"], response["body"])

    def opens(self, page: str, **shop: str) -> Shown:
        return self.ask("GET", f"/sandbox/{page}?{urlencode({**SHOP, **shop})}")

    def sends(self, page: str, typed: dict[str, str], **shop: str) -> Shown:
        return self.ask("POST", f"/sandbox/{page}", {**SHOP, **shop, **typed})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visitor(records: RecordTable, clock: Clock) -> Visitor:
    return Visitor(Provider(records, clock))


@pytest.fixture
def gateway(records: RecordTable, clock: Clock) -> SandboxGateway:
    return SandboxGateway(records.name, records.client, clock)
