"""What the stand-in knows: orders, authorizations, captures, refunds, and events of all that happened to them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
APPROVAL_SECONDS = 3 * 3_600
LIFE_SECONDS = 29 * 86_400
RENEWABLE_SECONDS = 3 * 86_400


class Refusal(Exception):
    """An answer that is no success. `issue`: what `details` name."""

    def __init__(self, status: int, name: str, issue: str = "") -> None:
        super().__init__(issue or name)
        self.status = status
        details = [{"issue": issue, "description": "in PayPal's words"}] if issue else []
        self.body: Json = {"name": name, "message": "in PayPal's words", "debug_id": "d3b", "details": details}


def unprocessable(issue: str) -> Refusal:
    return Refusal(422, "UNPROCESSABLE_ENTITY", issue)


@dataclass
class Books:
    """`now`: Unix seconds. `choices`: what the payer of an order chose on PayPal's page."""

    now: Callable[[], float]
    orders: dict[str, Json] = field(default_factory=dict)
    authorizations: dict[str, Json] = field(default_factory=dict)
    captures: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _numbers: int = 0

    def new_id(self) -> str:
        self._numbers += 1
        return f"{self._numbers:05d}".rjust(17, "7").replace("0", "X")

    def time(self, after: float = 0) -> str:
        return datetime.fromtimestamp(int(self.now() + after), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def order(self, name: str) -> Json:
        """PayPal forgets an order whose payer did nothing."""
        found = self.orders.get(name)
        if found is None or (
            not self._is_paid(found) and self.now() > seconds(found["create_time"]) + APPROVAL_SECONDS
        ):
            raise Refusal(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        return found

    def tell(self, kind: str, resource: Json) -> None:
        number = len(self.events) + 1
        event = {"id": f"WH-{number:06d}", "event_type": kind, "create_time": self.time(), "resource": dict(resource)}
        self.events.append(event)

    def settle(self) -> None:
        """Let holds end whose time is over."""
        for hold in self.authorizations.values():
            ends = seconds(hold["expiration_time"])
            if hold["status"] == "CREATED" and self.now() > ends:
                late = datetime.fromtimestamp(ends + 1, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                hold |= {"status": "VOIDED", "update_time": late}
                self.tell("PAYMENT.AUTHORIZATION.VOIDED", hold)

    def shown(self, order: Json) -> Json:
        """The order with its payments, as it is read."""
        name = order["id"]
        payments = {
            kind: [part for part in parts.values() if part["supplementary_data"]["related_ids"]["order_id"] == name]
            for kind, parts in (
                ("authorizations", self.authorizations), ("captures", self.captures), ("refunds", self.refunds)
            )
        }  # fmt: skip
        unit = {**order["purchase_units"][0], "payments": {kind: found for kind, found in payments.items() if found}}
        return {**order, "purchase_units": [unit]}

    def paid_invoices(self) -> set[str]:
        """Numbers of invoices that were paid: PayPal takes none twice."""
        return {str(each["invoice_id"]) for each in (*self.authorizations.values(), *self.captures.values())}

    def _is_paid(self, order: Json) -> bool:
        parts = (*self.authorizations.values(), *self.captures.values())
        return any(each["supplementary_data"]["related_ids"]["order_id"] == order["id"] for each in parts)


def part(books: Books, order: Json, amount: Json, up: str, **more: Any) -> Json:
    """An authorization, capture or refund. `up`: the path of what it is of."""
    unit = order["purchase_units"][0]
    return {
        "id": books.new_id(),
        "amount": dict(amount),
        "invoice_id": unit.get("invoice_id", ""),
        "custom_id": unit.get("custom_id", ""),
        "create_time": books.time(),
        "update_time": books.time(),
        "supplementary_data": {"related_ids": {"order_id": order["id"]}},
        "links": [{"rel": "up", "href": f"https://api.paypal.example{up}", "method": "GET"}],
        **more,
    }


def seconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp())


def sum_of(parts: list[Json]) -> Decimal:
    return sum((Decimal(each["amount"]["value"]) for each in parts), Decimal(0))
