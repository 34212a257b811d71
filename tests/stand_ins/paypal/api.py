"""The stand-in's REST API: access tokens, request ids that are kept for hours or weeks, and the calls."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.stand_ins.paypal import disputes, payments
from tests.stand_ins.paypal.books import Books, Json, Refusal
from tests.stand_ins.stripe.faults import Fault, Faults

KEPT_SECONDS = {"/v2/checkout/": 6 * 3_600, "/v2/payments/": 45 * 86_400}
TOKEN_SECONDS = 32_400
_ID = r"([A-Z0-9]+)"


class Call(NamedTuple):
    """`name`: method and path."""

    name: str
    body: Any
    request_id: str


class Answer(NamedTuple):
    status: int
    body: Json | None = None


@dataclass
class Api:
    """`secrets`: `<id>:<secret>` of the apps that may call. `page`: the address of the page on which payers approve.

    `keeps_ids`: whether request ids are kept at all.
    """

    books: Books
    secrets: set[str]
    page: str = ""
    keeps_ids: bool = True
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    _kept: dict[tuple[str, str], tuple[float, Answer]] = field(default_factory=dict)

    def answer(self, call: Call, authorization: str, fault: Fault | None) -> Answer:
        with self.books.lock:
            self.books.settle()
            disputes.settle(self.books)
            if fault is Fault.TOO_MANY:
                return Answer(429, {"name": "RATE_LIMIT_REACHED"})
            if call.name == "POST /v1/oauth2/token":
                return self._buy_token(authorization)
            if fault in (Fault.TWIN, Fault.STORED_500_BEFORE):
                return Answer(409 if fault is Fault.TWIN else 500, {"name": "INTERNAL_SERVER_ERROR"})
            if not self._is_valid(authorization.removeprefix("Bearer ")):
                return Answer(401, {"name": "AUTHENTICATION_FAILURE"})
            done = self._once(call)
            return Answer(500, {"name": "INTERNAL_SERVER_ERROR"}) if fault is Fault.STORED_500_AFTER else done

    def _buy_token(self, authorization: str) -> Answer:
        secret = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if secret not in self.secrets:
            return Answer(401, {"error": "invalid_client"})
        text = f"A21-{len(self.tokens)}"
        self.tokens[text] = (secret, self.books.now() + TOKEN_SECONDS)
        return Answer(200, {"access_token": text, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})

    def _is_valid(self, token: str) -> bool:
        secret, ends_at = self.tokens.get(token, ("", 0.0))
        return secret in self.secrets and self.books.now() < ends_at

    def _once(self, call: Call) -> Answer:
        """A known request id gets its first answer. What was refused is not kept."""
        known, now = (call.name, call.request_id), self.books.now()
        kept_for = next((kept for path, kept in KEPT_SECONDS.items() if path in call.name), 0)
        first_at, first = self._kept.get(known, (0.0, None))
        if first and call.request_id and now - first_at < kept_for:
            return first
        try:
            done = self._do(call)
        except Refusal as refused:
            return Answer(refused.status, refused.body)
        if self.keeps_ids:
            self._kept[known] = (now, done)
        return done

    def _do(self, call: Call) -> Answer:
        for pattern, status, work in self._routes():
            if found := re.fullmatch(pattern, call.name):
                made = work(*found.groups(), call.body or {})
                return Answer(status, json.loads(json.dumps(_public(made))) if status != 204 else None)
        raise Refusal(404, "RESOURCE_NOT_FOUND")

    def _routes(self) -> tuple[tuple[str, int, Callable[..., Json]], ...]:
        books = self.books
        order, hold = f"/v2/checkout/orders/{_ID}", f"/v2/payments/authorizations/{_ID}"
        return (
            (
                "POST /v2/checkout/orders",
                201,
                lambda body: payments.public(books, payments.create(books, body, self.page)),
            ),
            (f"GET {order}", 200, lambda name, _: payments.public(books, books.order(name))),
            (f"POST {order}/authorize", 201, lambda name, _: payments.authorize(books, books.order(name))),
            (f"POST {order}/capture", 201, lambda name, _: payments.capture_order(books, books.order(name))),
            (f"POST {hold}/capture", 201, lambda name, body: payments.capture(books, name, body)),
            (f"POST {hold}/void", 204, lambda name, _: payments.void(books, name)),
            (f"POST {hold}/reauthorize", 201, lambda name, body: payments.reauthorize(books, name, body)),
            (f"GET /v2/payments/captures/{_ID}", 200, lambda name, _: payments.read_capture(books, name)),
            ("GET /v1/customer/disputes/([A-Z0-9-]+)", 200, lambda name, _: disputes.read(books, name)),
            (f"POST /v2/payments/captures/{_ID}/refund", 201, lambda name, body: payments.refund(books, name, body)),
        )


def _public(made: Json) -> Json:
    return {name: value for name, value in made.items() if not name.startswith("_")}
