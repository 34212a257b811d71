"""Records with sensible defaults."""

from typing import Any

from lambdas.records.clients.client import Client
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.service import Service, ServiceStatus
from lambdas.records.invoices.invoice import Invoice, InvoiceLine
from tests.support.build import NOW

CARD_METHOD = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", brand="Visa", last_four="4242", expiry="1230")


def a_client(**changes: Any) -> Client:
    fields: dict[str, Any] = {
        "client_id": "101",
        "brand_id": 1,
        "order_id": "1001",
        "first": "Ada",
        "email": "ada@example.com",
        "uber_login": "ada",
        "created_at": NOW,
    }
    return Client(**{**fields, **changes})


def an_invoice(**changes: Any) -> Invoice:
    service_id = f"{changes.get('order_id') or '1001'}001"
    line = InvoiceLine(description="Web hosting, 1 month", service_id=service_id, quantity=1, amount_cents=995)
    fields: dict[str, Any] = {
        "brand_id": 1,
        "client_id": "101",
        "order_id": "1001",
        "lines": (line,),
        "total_cents": 995,
        "currency": "USD",
        "issued_at": NOW,
    }
    return Invoice(**{**fields, **changes})


def a_service_record(**changes: Any) -> Service:
    fields: dict[str, Any] = {
        "service_id": "1001001",
        "client_id": "101",
        "order_id": "1001",
        "pack": "pack1",
        "plan_id": "1",
        "title": "Web hosting",
        "quantity": 1,
        "period": 1,
        "setup_cents": 0,
        "recurring_cents": 995,
        "currency": "USD",
        "status": ServiceStatus.ACTIVE,
        "created_at": NOW,
    }
    return Service(**{**fields, **changes})
