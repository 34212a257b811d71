"""The whole API over tables in memory: real store, real prices, the sandbox gateway."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.access.caller_limits import CallerLimits
from lambdas.api.backend import Backend
from lambdas.api.handler import Api, respond
from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import load_taxes
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.queue import Queue
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.table import RecordTable
from lambdas.records.transfer_codes import TransferCodes
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.runtime import aws
from tests.support.build import Clock, a_service
from tests.support.tables import make_order_table, make_table
from tests.unit.api.documented import hold_to_document

FAILED_LOGINS_OF_SOURCE = 50


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Caller:
    """Calls the API as API Gateway would on behalf of an HTTP client."""

    api: Api
    token: str
    dynamodb: DynamoDBClient

    def send(
        self,
        path: str,
        *,
        body: str | bytes = "",
        query: str = "",
        content_type: str | None = None,
        http_method: str = "POST",
        headers: dict[str, str] | None = None,
        source: str = "192.0.2.200",
    ) -> Answer:
        credentials = base64.b64encode(f"web:{self.token}".encode()).decode()
        sent = {"authorization": f"Basic {credentials}", **({"content-type": content_type} if content_type else {})}
        event = {
            "rawPath": path,
            "rawQueryString": query,
            "headers": {**sent, **(headers or {})},
            "requestContext": {"http": {"method": http_method, "sourceIp": source}, "requestId": "r-1"},
            "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
            "isBase64Encoded": isinstance(body, bytes),
        }
        response = respond(event, self.api)
        sent_back = response["body"]
        read = base64.b64decode(sent_back) if response["isBase64Encoded"] else json.loads(sent_back or "null")
        hold_to_document(path, http_method, response, read)
        return Answer(response["statusCode"], response["headers"], read)

    def call(self, method: str, parameters: dict[str, Any], **headers: str) -> Answer:
        """The door for new callers."""
        content = json.dumps(parameters)
        return self.send(f"/{method}", body=content, content_type="application/json", headers=headers)

    def as_named(self, name: str, token: str, method: str, parameters: dict[str, Any]) -> Answer:
        """The door for new callers, as this user."""
        credentials = base64.b64encode(f"{name}:{token}".encode()).decode()
        return self.call(method, parameters, authorization=f"Basic {credentials}")

    def data(self, method: str, parameters: dict[str, Any]) -> Any:
        """The `data` of a successful call of API 2.0."""
        answer = self.send("/api/2.0/", query=f"method={method}", body=json.dumps(parameters))
        assert answer.body["status"], answer.body
        return answer.body["data"]

    def selling_in(self, *more: Queue) -> "Caller":
        """The same with these queues beside the default one, or in its place."""
        service = self.api.backend.service
        queues = {**service.queues, **{queue.order_queue_id: queue for queue in more}}
        return replace(
            self, api=replace(self.api, backend=replace(self.api.backend, service=replace(service, queues=queues)))
        )

    def orders_written(self) -> int:
        found = self.dynamodb.scan(TableName="orders", Select="COUNT")
        return found["Count"]


@pytest.fixture
def caller(dynamodb: DynamoDBClient, records: RecordTable) -> Caller:
    return make_caller(dynamodb, records)


def make_caller(dynamodb: DynamoDBClient, records: RecordTable) -> Caller:
    clients, clock = ClientRecords(records), Clock()
    sandbox = SandboxGateway(records.name, dynamodb, lambda: float(clock()))
    gateway = RecordedGateway(sandbox, "sandbox", EffectLedger(records), lambda: float(clock()))
    service = a_service(
        store=DynamoOrderStore(make_order_table(dynamodb, "orders"), dynamodb),
        pricing=CatalogPricing(load_plans(), CouponRecords(records), CouponUseRecords(records), load_taxes(), clients),
        payments=PreAuthorization(gateway, clients),
        clients=clients,
        modules=load_modules(),
        now=clock,
        codes=TransferCodes(records),
    )
    users = ApiUserRecords(records)
    limits = CallerLimits(
        make_table(dynamodb, "guards"),
        service.now,
        calls_per_minute=100_000,
        failed_logins_of_source=FAILED_LOGINS_OF_SOURCE,
        client=dynamodb,
    )
    history, desk = (RecordTable(make_table(dynamodb, name), dynamodb) for name in ("history", "desk"))
    backend = Backend(service, records, gateway, load_plans(), limits, history=history, desk=desk)
    return Caller(Api(backend, users), users.add("web", now=0), dynamodb)


@pytest.fixture
def installed(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    """With all that some methods need beside tables: a bucket, a mail service, and where the pages are."""
    for name, value in INSTALLED.items():
        monkeypatch.setenv(name, value)
    with surroundings():
        yield caller


INSTALLED = {
    "MAIL_FROM": "orders@shop.test",
    "COMPANY": "Shop",
    "ATTACHMENT_BUCKET": "attachments",
    "PUBLIC_URL": "https://shop.test",
    "BULK_MACHINE": f"arn:aws:states:us-east-1:{DEFAULT_ACCOUNT_ID}:stateMachine:bulk-runs",
}


@contextmanager
def surroundings() -> Iterator[None]:
    """The bucket, the mail service and the machine that INSTALLED names."""
    for client in (aws.s3, aws.ses, aws._client):
        client.cache_clear()
    make_bulk_machine()
    aws.s3().create_bucket(Bucket=INSTALLED["ATTACHMENT_BUCKET"])
    aws.ses().create_email_identity(EmailIdentity=INSTALLED["MAIL_FROM"])
    yield
    for client in (aws.s3, aws.ses, aws._client):
        client.cache_clear()


def make_bulk_machine() -> None:
    """A machine of the name of bulk runs'. Nothing runs in it: a test does its work itself, or none is done."""
    passing = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    role = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/any"
    made = aws.step_functions().create_state_machine(name="bulk-runs", definition=passing, roleArn=role)
    assert made["stateMachineArn"] == INSTALLED["BULK_MACHINE"]
