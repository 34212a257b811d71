"""The product's adapter for PayPal over the stand-in, with its key in a secret and its notes in a record table."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from lambdas.orders.payment_ports import Payer
from lambdas.payments.gateway import Transaction, TransactionState
from lambdas.payments.paypal.calls import PROVIDER, PayPalCalls
from lambdas.payments.paypal.gateway import AUTHORIZE, PayPalGateway
from lambdas.payments.paypal.notes import Notes
from lambdas.payments.paypal.pages import PayPalPages
from lambdas.records.clients.payment_method import APPROVAL
from lambdas.records.table import RecordTable
from lambdas.runtime.provider_keys import Keys
from tests.stand_ins.conftest import Clock
from tests.stand_ins.paypal.books import Json
from tests.stand_ins.paypal.payments import APPROVED
from tests.stand_ins.paypal.server import SECRET, PayPalStandIn
from tests.stand_ins.stripe_gateway import SecretStore

KEY = "1001:submit:authorize:1@paypal"
ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:paypal"
BACK = Payer(return_to="https://shop.example/back?state=s")


def answered(address: str, choice: str = APPROVED) -> str:
    """What the payer chooses on PayPal's page, and where that leads their browser; empty if nowhere."""
    led = requests.post(address, data={"choice": choice}, allow_redirects=False, timeout=5)
    return str(led.headers.get("Location", ""))


@dataclass
class PayPalShop:
    stand_in: PayPalStandIn
    clock: Clock
    records: RecordTable
    secrets: SecretStore = field(default_factory=lambda: SecretStore(SECRET))
    intent: str = AUTHORIZE

    def __post_init__(self) -> None:
        keys = Keys({PROVIDER: ARN}, self.secrets, now=self.clock)
        self.calls = PayPalCalls(keys, self.stand_in.url, now=self.clock)
        origins = (self.stand_in.url,)
        self.gateway = PayPalGateway(self.calls, Notes(self.records), self.clock, intent=self.intent, origins=origins)
        self.pages = PayPalPages(origins)

    def begin(self, **changes: Any) -> Transaction:
        asked: dict[str, Any] = {"key": KEY, "amount_cents": 2000, "currency": "USD", "order_id": "1001", **changes}
        return self.gateway.authorize(token=APPROVAL, payer=BACK, **asked)

    def approve(self, begun: Transaction, choice: str = APPROVED) -> dict[str, str]:
        """The query that the payer's browser comes back with."""
        assert begun.challenge is not None
        return dict(parse_qsl(urlsplit(answered(begun.challenge.url, choice)).query))

    def authenticate(self, begun: Transaction, **proof: Any) -> Transaction:
        key, name = f"{begun.key}:authenticate", begun.transaction_id
        return self.gateway.authenticate(key=key, transaction_id=name, proof=proof)

    def held(self, choice: str = APPROVED, **changes: Any) -> Transaction:
        return self.have_held(self.begin(**changes), choice)

    def have_held(self, begun: Transaction, choice: str = APPROVED) -> Transaction:
        if begun.state is not TransactionState.NEEDS_AUTHENTICATION:
            return begun
        self.approve(begun, choice)
        return self.authenticate(begun)

    def captured(self, choice: str = APPROVED, **changes: Any) -> Transaction:
        return self.capture(self.held(choice, **changes))

    def capture(self, held: Transaction, amount_cents: int = 2000) -> Transaction:
        key, name = f"{held.key}:capture", held.transaction_id
        return self.gateway.capture(key=key, transaction_id=name, currency="USD", amount_cents=amount_cents)

    def renew(self, held: Transaction, key: str = "1001:renew:1@paypal") -> Transaction:
        return self.gateway.renew(key=key, transaction_id=held.transaction_id, token=APPROVAL)

    def void(self, held: Transaction) -> Transaction:
        return self.gateway.void(key=f"{held.key}:void", transaction_id=held.transaction_id)

    def refund(self, taken: Transaction, cents: int | None = None, key: str = "") -> Transaction:
        key = key or f"{taken.key}:refund"
        return self.gateway.refund(key=key, transaction_id=taken.transaction_id, currency="USD", amount_cents=cents)

    def again(self, key: str = KEY) -> Transaction:
        found = self.gateway.find(key)
        assert found is not None
        return found

    def holds(self, status: str = "CREATED") -> list[Json]:
        self.stand_in.books.settle()
        return [each for each in self.stand_in.books.authorizations.values() if each["status"] == status]

    def taken(self) -> list[str]:
        return [each["amount"]["value"] for each in self.stand_in.books.captures.values()]

    def refunds(self) -> list[str]:
        return [each["amount"]["value"] for each in self.stand_in.books.refunds.values()]
