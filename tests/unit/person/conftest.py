"""A client with an order in each state, posts, a file, an invoice, a contract; and somebody else, who is left alone."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient
from rich.console import Console

from infra.operate.person.stage import DeployedStage
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.store import DynamoOrderStore
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.lead import Lead, LeadRecords
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.links.link import LinkPurpose, LinkRecords
from lambdas.records.posts.attachment import Attachment, AttachmentFiles, NewFile
from lambdas.records.posts.post import Post, PostKind, PostRecords
from lambdas.records.table import RecordTable
from lambdas.runtime import aws
from tests.support.build import CARD, NOW, an_order
from tests.support.tables import make_order_table, make_table
from tests.unit.records.builders import CARD_METHOD, a_client, a_service_record, an_invoice

MARK = "Qanarya"
EMAIL = f"{MARK}@example.com"
WHO = {"first": MARK, "last": MARK, "email": EMAIL, "phone": "+44 20 7946 0018", "address": MARK, "company": MARK}


class HeardStore(DynamoOrderStore):
    """Tells history of each change, as the stream does: a change that was written comes, whoever dies."""

    history: History
    unheard: list[tuple[Order, Order]]

    def save(self, order: Order) -> Order:
        before, written = self.get(order.order_id), super().save(order)
        self.unheard.append((before, written))
        self.tell()
        return written

    def tell(self) -> None:
        while self.unheard:
            self.history.follow(*self.unheard[0])
            del self.unheard[0]


@dataclass
class World:
    stage: DeployedStage
    store: HeardStore
    history: History
    dynamodb: DynamoDBClient

    @property
    def records(self) -> RecordTable:
        return self.stage.records

    def order(self, **changes: Any) -> Order:
        order = an_order(**changes)
        self.store.create(order, [], NOW)
        self.history.follow(None, order)
        return order

    def places_of(self, word: str) -> set[str]:
        """Where the word still stands: table and beginning of the key, or the bucket."""
        found = set()
        for table in ("orders", "records", "history"):
            for page in self.dynamodb.get_paginator("scan").paginate(TableName=table):
                found |= {
                    f"{table} {item['pk']['S'].partition('#')[0]} {item['sk']['S'].partition('#')[0]}"
                    for item in page["Items"]
                    if word in str(item)
                }
        keys = [each["Key"] for each in aws.s3().list_objects_v2(Bucket="files").get("Contents", [])]
        return found | {f"file {key}" for key in keys if word in key}


@pytest.fixture
def world(dynamodb: DynamoDBClient, records: RecordTable) -> World:
    aws.s3.cache_clear()
    aws.s3().create_bucket(Bucket="files")
    history = HistoryTable(RecordTable(make_table(dynamodb, "history"), dynamodb))
    store = HeardStore(make_order_table(dynamodb, "orders"), dynamodb)
    store.history, store.unheard = History(history, lambda: NOW), []
    stage = DeployedStage(dynamodb, aws.s3(), "orders", records, history, "files")
    return World(stage, store, store.history, dynamodb)


@pytest.fixture
def person(world: World) -> World:
    """Client 101 with a complete order, its invoice, a lead of the same address, and client 102 with an order."""
    records = world.records
    complete = {"step_status": StepStatus.COMPLETE, "step_id": 13, "completed_at": NOW}
    info = {**WHO, **CARD, "note": MARK, "pack1": {"plan_id": "1", "description": MARK}}
    world.order(order_id="1001", client_id="101", info=info, listed_company=MARK, signature=MARK, **complete)
    world.order(order_id="1002", hash="1a1b2-c3d4e-f5062", info={**WHO})
    world.order(
        order_id="1003", hash="2a1b2-c3d4e-f5063", client_id="102", info={"email": "o@example.com", "first": "Other"}
    )
    clients = ClientRecords(records)
    clients.add(a_client(**WHO, client_id="101", uber_login=MARK, metadata={"x": MARK}))
    clients.add(a_client(client_id="102", order_id=None, uber_login="other", email="o@example.com", first="Other"))
    PaymentMethodRecords(records).add("101", CARD_METHOD, is_default=True)
    ServiceRecords(records).make(a_service_record(description=MARK))
    LeadRecords(records).make(Lead(lead_id="1002", brand_id=1, first=MARK, email=EMAIL, created_at=NOW))
    LinkRecords(records).make("a-token", LinkPurpose.RESUME, "1002", now=NOW, form="hosting", email=EMAIL)
    a_post_with_a_file(world, "1001")
    return world


def a_post_with_a_file(world: World, order_id: str) -> None:
    posts = PostRecords(world.records)
    number = posts.new_id()
    file = NewFile(field="attach", name=f"{MARK}.txt", content=MARK.encode())
    kept = Attachment.of(file, order_id, number, 1)
    AttachmentFiles("files", aws.s3()).keep(kept, file.content)
    said: dict[str, Any] = {"order_id": order_id, "kind": PostKind.CLIENT_RESPONSE, "author": MARK, "posted_at": NOW}
    posts.add(Post(post_id=number, subject=MARK, body=MARK, attachments=(kept,), **said), None)


@pytest.fixture
def paid(person: World) -> Invoice:
    """The invoice of order 1001, paid."""
    invoices = InvoiceRecords(person.records, lambda: NOW)
    return invoices.mark(invoices.issue(an_invoice()), InvoiceStatus.PAID, at=NOW)


def said_by(command: Callable[[Console], int]) -> tuple[int, str]:
    text = io.StringIO()
    code = command(Console(file=text, width=220))
    return code, text.getvalue()
