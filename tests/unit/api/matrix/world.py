"""A shop with two brands and three clients, each with an order, an invoice, a quote and all else that a call can name.

The first is of the caller's queue. The second is of the same brand, in another queue; the third of another brand. What is
theirs bears their names, so that an answer which shows some of it gives itself away.
"""

import base64
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lambdas.catalog.coupon import Coupon
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from lambdas.read_models.search.entries import SearchEntries
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.posts.attachment import Attachment, AttachmentFiles, NewFile
from lambdas.records.posts.post import Post, PostKind, PostRecords
from lambdas.records.table import RecordTable
from lambdas.records.users.rights import EVERYTHING, Grant
from lambdas.runtime.passwords import hash_password
from tests.support.build import CARD, NOW
from tests.unit.api.conftest import Answer, Caller
from tests.unit.api.matrix.places import PLACES, Place, queues
from tests.unit.records.builders import CARD_METHOD, a_client, a_service_record, an_invoice

PASSWORD = "correct horse battery staple"
_PDF = b"%PDF-1.7\nsigned"
# Ids of several digits, so that an answer is not compared by a digit it has for another reason.
_COUNTERS, _LATEST = ("coupon_id", "quote_id", "post_id"), 55_000


@dataclass
class World:
    caller: Caller
    named: dict[Place, dict[str, str]] = field(default_factory=dict)
    users: dict[Grant, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for counter in _COUNTERS:
            self.records.put_new({"pk": f"counter#{counter}", "sk": "counter", "latest": _LATEST})
        for place in PLACES:
            self._furnish(place)

    @property
    def records(self) -> RecordTable:
        return self.caller.api.backend.records

    @property
    def admin(self) -> tuple[str, str]:
        return self.user(EVERYTHING)

    def user(self, grant: Grant) -> tuple[str, str]:
        """Name and token of who may do this."""
        if grant not in self.users:
            name = f"user-{len(self.users)}"
            self.users[grant] = name, self.caller.api.users.add(name, (grant,), now=0)
        return self.users[grant]

    def ask(self, user: tuple[str, str], method: str, parameters: dict[str, Any]) -> Answer:
        return self.caller.as_named(*user, method, parameters)

    def ask_as_before(self, user: tuple[str, str], method: str, parameters: dict[str, Any]) -> Answer:
        """By API 2.0."""
        credentials = base64.b64encode(":".join(user).encode()).decode()
        return self.caller.send(
            "/api/2.0/",
            query=f"method={method}",
            body=json.dumps(parameters),
            headers={"authorization": f"Basic {credentials}"},
        )

    def stored(self) -> dict[str, Any]:
        """All there is in the tables of orders and records, by key."""
        found: dict[Any, Any] = {}
        for table in ("orders", self.records.name):
            for page in self.caller.dynamodb.get_paginator("scan").paginate(TableName=table):
                found |= {(table, item["pk"]["S"], item["sk"]["S"]): item for item in page["Items"]}
        return found

    def order(self, place: Place, *, submitted: bool = False) -> str:
        """A new order of this place, which says whose it is wherever something can be said."""
        who = place.name
        sent = {
            "order_queue_id": place.queue,
            "client_id": place.client_id,
            "opportunity_id": place.queue,
            "listed_company": who,
            "signature": who,
            "info": {
                "first": who, "last": who, "email": f"{who}@example.com", "country": "GB", "notes": who, **CARD,
                "cc_first": who, "pack1": {"plan_id": "1", "desserv": who, "notes": who},
            },
        }  # fmt: skip
        answer = self.caller.call("order.create", sent)
        assert answer.status == 201, answer.body
        order_id = str(answer.body["order_id"])
        backend = self.caller.api.backend
        service = backend.service
        service.mark_reply(service.get(order_id=order_id), 1, by="web")  # so that something on it waits for somebody
        made = service.get(order_id=order_id)
        for follower in (SearchEntries(backend.desk), History(HistoryTable(backend.history), service.now)):
            follower.follow(None, made)
        if submitted:
            assert self.caller.call("order.submit", {"order_id": order_id}).status == 200
        return order_id

    def differing_order(self, place: Place) -> str:
        """The order of a signed quote, which says something else by now."""
        signer = {"signer": place.name, "signer_ip": "192.0.2.1", "cc_token": "tok_decline", "cc_num": "4242"}
        signed = self.caller.call("client.quote_sign", {"quote_id": self.quote(place), **signer})
        assert signed.status == 201, signed.body
        order_id = str(signed.body["order_id"])
        change = {"order_id": order_id, "info": {"pack1": {"desserv": f"not for {place.name}"}}}
        answer = self.caller.call("order.update", change)
        assert answer.status == 200, answer.body
        return order_id

    def quote(self, place: Place) -> str:
        said = {"client_id": place.client_id, "name": place.name, "owner": "sales", "order_queue_id": place.queue}
        quote_id = str(
            self.caller.call("client.quote_add", {**said, "status": 4, "notes": place.name}).body["quote_id"]
        )
        line = {"quote_id": quote_id, "desserv": place.name, "plan_id": "0", "period": 1, "price": "480"}
        assert self.caller.call("client.quote_service_add", line).status == 201
        return quote_id

    def _furnish(self, place: Place) -> None:
        records, who = self.records, place.name
        client = a_client(
            client_id=place.client_id, brand_id=place.brand, order_id=None, first=who, last=who, company=who,
            email=f"{who}@example.com", uber_login=who, default_billing_info_id="7", password_hash=_password_hash(),
        )  # fmt: skip
        ClientRecords(records).add(client)
        methods = PaymentMethodRecords(records)
        stored = {"billing_info_id": "7", **CARD_METHOD.model_dump(), "holder": {"first": who}}
        records.put_new({"pk": f"client#{place.client_id}", "sk": "payment_method#7", **stored})
        assert "7" in methods.of_client(place.client_id)
        order_id = self.order(place)
        names = {"client_id": place.client_id, "brand_id": place.brand, "order_id": order_id}
        ServiceRecords(records).make(
            a_service_record(
                service_id=f"{order_id}001", client_id=place.client_id, order_id=order_id, title=who, description=who
            )
        )
        invoice = InvoiceRecords(records).issue(an_invoice(**names))
        coupon = CouponRecords(records).add(
            Coupon(coupon_code=f"OF-{who}".upper(), class_id=place.brand, description="ten", clients=(), start=0)
        )
        self.named[place] = {
            "order": order_id,
            "quote": self.quote(place),
            "invoice": invoice.invoice_id,
            "coupon": coupon.coupon_id,
            "attachment": self._attachment(place, order_id),
        }

    def _attachment(self, place: Place, order_id: str) -> str:
        posts = PostRecords(self.records)
        post_id, file = posts.new_id(), NewFile("attach1", f"{place.name}.pdf", _PDF + place.name.encode())
        attachment = Attachment.of(file, order_id, post_id, 1)
        AttachmentFiles("attachments").keep(attachment, file.content)
        post = Post(
            post_id=post_id, order_id=order_id, kind=PostKind.CLIENT_RESPONSE, author=place.name, subject=place.name,
            body=place.name, posted_at=NOW, attachments=(attachment,),
        )  # fmt: skip
        posts.add(post, None)
        return attachment.attach_id


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


def make_world(caller: Caller) -> World:
    """`caller` is installed: it has a bucket and a mail service."""
    return World(caller.selling_in(*queues()))
