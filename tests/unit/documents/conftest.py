"""The clients' door to documents, over tables in memory, with two orders of one client and one of a stranger."""

from dataclasses import dataclass
from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.documents.handler import Documents, respond
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.invoices.invoice import Invoice, InvoiceLine
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.links.link import Link, LinkPurpose, LinkRecords
from lambdas.records.table import RecordTable
from tests.support.build import CONTACT, NOW, Clock, an_order
from tests.support.tables import make_order_table
from tests.unit.records.builders import an_invoice


@dataclass
class Reader:
    """Asks as API Gateway asks."""

    documents: Documents

    def opens(self, path: str, method: str = "GET", query: str = "") -> dict[str, Any]:
        return respond(
            {
                "rawPath": path,
                "rawQueryString": query,
                "headers": {"host": "orders.example.com"},
                "requestContext": {"http": {"method": method, "sourceIp": "192.0.2.7"}, "requestId": "r-1"},
            },
            self.documents,
        )

    def has_link(self, token: str, order_id: str, purpose: LinkPurpose = LinkPurpose.STATUS, email: str = "") -> Link:
        return LinkRecords(self.documents.records).make(token, purpose, order_id, now=NOW, email=email)

    def creates(self, order_id: str) -> None:
        order = an_order(order_id=order_id, hash=f"0a1b2-c3d4e-{order_id}", info=CONTACT)
        self.documents.orders.create(order, (), NOW)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(dynamodb: DynamoDBClient, records: RecordTable, clock: Clock) -> Reader:
    orders = DynamoOrderStore(make_order_table(dynamodb, "orders"), dynamodb)
    return Reader(Documents(orders, records, clock))


def issued(records: RecordTable, order_id: str, client_id: str = "101", *services: str) -> Invoice:
    """An invoice of the order; with services of several orders, one of none of them."""
    lines = tuple(
        InvoiceLine(description=f"Server of {each[:-3]}", service_id=each, quantity=1, amount_cents=1000)
        for each in services or (f"{order_id}001",)
    )
    of = {} if services else {"order_id": order_id}
    draft = an_invoice(**{"order_id": None, **of}, client_id=client_id, lines=lines, total_cents=1000 * len(lines))
    return InvoiceRecords(records, lambda: NOW).issue(draft)
