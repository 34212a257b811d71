"""Mails about orders: real forms, texts and tables in memory, and an SES that may refuse or stay silent."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import load_taxes
from lambdas.forms.form import load_forms
from lambdas.mail import sending
from lambdas.mail.sender import Sender
from lambdas.notices.handler import take
from lambdas.notices.notices import Notices
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import load_queues
from lambdas.orders.service import OrderService
from lambdas.orders.store import DynamoOrderStore
from lambdas.rate_limits.windows import Windows
from lambdas.records.clients.client import ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.links.link import LinkRecords
from lambdas.records.table import RecordTable
from tests.support.build import CARD, CONTACT, Clock, a_service
from tests.support.tables import make_order_table, make_table
from tests.unit.api.posts.conftest import Ses


@dataclass
class Desk:
    """Who mails, with what comes in and what goes out."""

    notices: Notices
    service: OrderService
    ses: Ses
    clock: Clock
    _messages: int = field(default=0)

    def lead(self, form: int = 1, **info: Any) -> Order:
        """Begun on a form: web hosting for 9.95 a month."""
        content = {**CONTACT, **CARD, "pack1": {"plan_id": "1"}, **info}
        queue = {1: 1, 2: 3}[form] if form else 1
        return self.service.create(OrderDraft(order_queue_id=queue, order_form_id=form, info=content))

    def tell(self, name: str, order: Order, *, times: int = 1) -> list[str]:
        """An event of the order comes out of the queue, for the first or a further time; what has to come again."""
        body = {"detail-type": name, "source": "order-queues", "detail": {"order_id": order.order_id}}
        return self.receive(body, times=times)

    def receive(self, body: Any, *, times: int = 1, message_id: str = "") -> list[str]:
        self._messages += 1
        message = {
            "messageId": message_id or f"m-{self._messages}",
            "body": body if isinstance(body, str) else json.dumps(body),
            "attributes": {"ApproximateReceiveCount": str(times)},
        }
        return take([message], self.notices)

    @property
    def links(self) -> LinkRecords:
        return LinkRecords(self.notices.records)

    def text(self) -> str:
        """The body of the only mail that went out."""
        (mail,) = self.ses.sent
        return str(mail["Content"]["Simple"]["Body"]["Text"]["Data"])

    def token(self) -> str:
        """What the link of the only mail ends in."""
        (found,) = set(re.findall(r"https://orders\.example\.com/\S+/([A-Za-z0-9_-]{43})", self.text()))
        return str(found)


@pytest.fixture
def desk(dynamodb: DynamoDBClient, records: RecordTable, monkeypatch: pytest.MonkeyPatch) -> Desk:
    clock, ses, clients = Clock(), Ses(), ClientRecords(records)
    monkeypatch.setattr(sending, "ses", lambda: ses)
    store = DynamoOrderStore(make_order_table(dynamodb, "orders"), dynamodb)
    service = a_service(
        store=store,
        queues=load_queues(),
        pricing=CatalogPricing(load_plans(), CouponRecords(records), CouponUseRecords(records), load_taxes(), clients),
        clients=clients,
        now=clock,
    )
    notices = Notices(
        store=store,
        records=records,
        queues=load_queues(),
        forms=load_forms(),
        sender=Sender(mail_from="orders@example.com", company="Example Hosting"),
        public_url="https://orders.example.com/",
        now=clock,
        windows=Windows(make_table(dynamodb, "guards"), dynamodb),
    )
    return Desk(notices, service, ses, clock)
