"""Everything a contract goes through, over tables in memory; and a table client that dies at a write."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import load_taxes
from lambdas.contracts.acceptance import ContractIntake
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import QUEUES_ROOT, Queue
from lambdas.orders.service import OrderService
from lambdas.orders.store import DynamoOrderStore
from lambdas.orders.table.stored import restored
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.posts.post import Post, PostRecords
from lambdas.records.quotes.contract import ContractRecords
from lambdas.records.quotes.quote import Quote, QuoteRecords, QuoteStatus
from lambdas.records.quotes.service import QuotedService
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item
from tests.support.build import NOW, Clock, a_queue, a_service
from tests.support.tables import make_order_table

HOSTING = 9  # a queue that takes quotes and captures money
_WRITES = ("put_item", "update_item", "transact_write_items")


class ProcessDied(BaseException):
    """Nothing of the process goes on after this."""


class DyingClient:
    """A DynamoDB client that dies at its n-th write: before it is sent, or when it was done."""

    def __init__(self, client: DynamoDBClient, *, at: int, done: bool) -> None:
        self._client, self._at, self._done, self._writes = client, at, done, 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return self._dying(call) if name in _WRITES else call

    def _dying(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(**arguments: Any) -> Any:
            self._writes += 1
            if self._writes == self._at and not self._done:
                raise ProcessDied
            answer = call(**arguments)
            if self._writes == self._at:
                raise ProcessDied
            return answer

        return called


@dataclass
class Sales:
    """`clock` is shared by all processes."""

    dynamodb: DynamoDBClient
    clock: Clock
    records: RecordTable

    def process(self, client: Any = None, *, preauthorize: bool = True) -> ContractIntake:
        """A process that takes contracts in, with a table client of its own if one is given."""
        client = client or self.dynamodb
        records = RecordTable(self.records.name, client)
        return ContractIntake(self.service(client), records, load_plans(), preauthorize=preauthorize)

    def service(self, client: Any = None) -> OrderService:
        client = client or self.dynamodb
        records = RecordTable(self.records.name, client)
        clients = ClientRecords(records)
        queue = Queue.read(QUEUES_ROOT / "colocation")
        return a_service(
            store=DynamoOrderStore("orders", client),
            queues={queue.order_queue_id: queue, HOSTING: a_queue(allow_quotes=True), 1: a_queue(order_queue_id=1)},
            pricing=CatalogPricing(
                load_plans(), CouponRecords(records), CouponUseRecords(records), load_taxes(), clients
            ),
            payments=PreAuthorization(self.gateway(client), clients, now=self.clock),
            clients=clients,
            modules=load_modules(),
            now=self.clock,
        )

    def gateway(self, client: Any = None) -> SandboxGateway:
        return SandboxGateway(self.records.name, client or self.dynamodb, now=self.clock)

    @property
    def quotes(self) -> QuoteRecords:
        return QuoteRecords(self.records)

    @property
    def contracts(self) -> ContractRecords:
        return ContractRecords(self.records)

    def orders(self) -> list[Order]:
        found = map(from_item, self.dynamodb.scan(TableName="orders", ConsistentRead=True)["Items"])
        return [restored(item["pk"], item) for item in found if item["sk"] == "order"]

    def posts(self, order_id: str) -> list[Post]:
        return list(PostRecords(self.records).of_order(order_id))

    def client_id(self) -> str:
        clients = ClientRecords(self.records)
        client = Client(
            client_id=clients.new_client_id(), brand_id=1, first="Ada", email="a@example.com", created_at=NOW
        )
        return clients.add(client)

    def quote(self, **changes: Any) -> Quote:
        service = QuotedService(description="Ten units", period=1, price_cents=48_000, setup_cents=25_000)
        said: dict[str, Any] = {
            "client_id": self.client_id(),
            "brand_id": 1,
            "order_queue_id": HOSTING,
            "name": "Ten units",
            "owner": "grace",
            "status": QuoteStatus.OPEN,
            "services": {"1": service},
            "created_at": NOW,
        }
        return self.quotes.add(Quote.model_validate({**said, **changes}))


@pytest.fixture
def sales(dynamodb: DynamoDBClient, records: RecordTable) -> Sales:
    make_order_table(dynamodb, "orders")
    return Sales(dynamodb, Clock(), records)
