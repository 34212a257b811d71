"""The lives of PayPal payments that processes are killed in. PayPal forgets every request at once."""

from dataclasses import dataclass, field
from typing import Any, cast

from lambdas.orders.submit_errors import AuthenticationRequiredError
from lambdas.payments.gateway import Gateway, Transaction
from lambdas.payments.paypal.amounts import our_amount
from lambdas.payments.paypal.calls import PROVIDER as PAYPAL
from lambdas.payments.paypal.calls import PayPalCalls
from lambdas.payments.paypal.gateway import PayPalGateway
from lambdas.payments.paypal.notes import Notes
from lambdas.payments.paypal.transactions import HONOURED_SECONDS
from lambdas.records.clients.payment_method import APPROVAL
from lambdas.records.table import RecordTable
from lambdas.runtime.provider_keys import Keys
from tests.stand_ins.edges import PROVIDER, Edges
from tests.stand_ins.paying_lives import Case
from tests.stand_ins.paypal.books import Json
from tests.stand_ins.paypal.server import SECRET, PayPalStandIn
from tests.stand_ins.stripe_gateway import SecretStore
from tests.stand_ins.through_paypal.shop import ARN, BACK, answered


class _EdgeCalls(PayPalCalls):
    edges: Edges

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> dict[str, Any]:
        asked = super().ask
        return cast("dict[str, Any]", self.edges.cross(PROVIDER, lambda: asked(method, path, body, key=key)))


@dataclass
class PayPalCase(Case):
    stand_in: PayPalStandIn = field(kw_only=True)
    renewable_after: int = HONOURED_SECONDS + 1

    name = "paypal"

    def adapter(self, table: RecordTable) -> Gateway:
        self.stand_in.api.keeps_ids = False
        calls = _EdgeCalls(Keys({PAYPAL: ARN}, SecretStore(SECRET), now=self.clock), self.stand_in.url, self.clock)
        calls.edges = self.edges
        return PayPalGateway(calls, Notes(table), self.clock, origins=(self.stand_in.url,))

    def info(self) -> dict[str, Any]:
        return {"payment_type": "paypal", "paypal_token": APPROVAL}

    def submit(self) -> None:
        """The buyer approves as soon as they are sent to PayPal's page, and comes back."""
        (lead,) = self.world.store.orders.values()
        try:
            self.service.submit(lead, by="web", payer=BACK)
        except AuthenticationRequiredError as asked:
            answered(str(asked.facts["url"]))
            self.service.authenticate(self.service.get(order_id=lead.order_id), {}, by="web")

    def holding(self) -> Gateway:
        return cast("Gateway", _Approving(self.gateway))

    def held(self) -> list[tuple[str, int]]:
        self.stand_in.books.settle()
        holds = [each for each in self._holds() if each["status"] == "CREATED"]
        return [(_order_of(each), our_amount(each["amount"])) for each in holds]

    def taken(self) -> list[int]:
        return [our_amount(each["amount"]) for each in self.stand_in.books.captures.values()]

    def released(self) -> list[int]:
        return [our_amount(each["amount"]) for each in self._holds() if each["status"] == "VOIDED"]

    def refunds(self) -> list[int]:
        return [our_amount(each["amount"]) for each in self.stand_in.books.refunds.values()]

    def _holds(self) -> list[Json]:
        return list(self.stand_in.books.authorizations.values())


@dataclass
class _Approving:
    """Its payers approve at once."""

    gateway: Gateway

    def authorize(self, **asked: Any) -> Transaction:
        begun = self.gateway.authorize(payer=BACK, **asked)
        assert begun.challenge is not None
        answered(begun.challenge.url)
        return self.gateway.authenticate(key=f"{begun.key}:authenticate", transaction_id=begun.transaction_id, proof={})


def _order_of(hold: Json) -> str:
    return str(hold["supplementary_data"]["related_ids"]["order_id"])
