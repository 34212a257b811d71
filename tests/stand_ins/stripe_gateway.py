"""The product's adapter for Stripe over the stand-in, with its key in a secret and its ids in a record table."""

from dataclasses import dataclass, field
from typing import Any

from lambdas.payments.gateway import Transaction
from lambdas.payments.stripe.calls import PROVIDER, StripeCalls
from lambdas.payments.stripe.gateway import StripeGateway
from lambdas.payments.stripe.intents import Intents
from lambdas.payments.stripe.pages import StripePages
from lambdas.records.table import RecordTable
from lambdas.runtime.provider_keys import Keys
from tests.stand_ins.conftest import Clock
from tests.stand_ins.stripe.methods import create_customer, entered
from tests.stand_ins.stripe.server import SECRET, StripeStandIn

KEY = "1001:submit:authorize:1"
ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:stripe"


@dataclass
class SecretStore:
    """Secrets Manager with one secret: a key per line."""

    text: str = SECRET
    asked: list[str] = field(default_factory=list)

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
        self.asked.append(SecretId)
        return {"SecretString": self.text}


@dataclass
class Shop:
    stand_in: StripeStandIn
    clock: Clock
    records: RecordTable
    secrets: SecretStore = field(default_factory=SecretStore)

    def __post_init__(self) -> None:
        keys = Keys({PROVIDER: ARN}, self.secrets, now=self.clock)
        self.calls = StripeCalls(keys, self.stand_in.url)
        self.gateway = StripeGateway(self.calls, Intents(self.records), self.clock, (self.stand_in.url,))
        self.pages = StripePages(self.calls, (self.stand_in.url,))

    def token(self, test_method: str = "pm_card_visa", *, of_customer: bool = True) -> str:
        books = self.stand_in.books
        customer = create_customer(books, {})["id"] if of_customer else None
        return entered(books, test_method, customer)

    def authorize(self, test_method: str = "pm_card_visa", **changes: Any) -> Transaction:
        asked: dict[str, Any] = {"key": KEY, "amount_cents": 2000, "currency": "USD", "order_id": "1001", **changes}
        token = asked.pop("token", None) or self.token(test_method)
        return self.gateway.authorize(token=token, **asked)

    def captured(self, test_method: str = "pm_card_visa") -> Transaction:
        held = self.authorize(test_method)
        return self.gateway.capture(
            key=f"{KEY}:capture", transaction_id=held.transaction_id, currency="USD", amount_cents=2000
        )

    def captured_of_other_key(self) -> Transaction:
        held = self.authorize(key="other")
        return self.gateway.capture(
            key="other:capture", transaction_id=held.transaction_id, currency="USD", amount_cents=2000
        )

    def again(self) -> Transaction:
        found = self.gateway.find(KEY)
        assert found is not None
        return found

    def booked(self, prefix: str) -> list[dict[str, Any]]:
        return list(self.stand_in.books.all(prefix))
