"""The gateways of a stage behind one port: each call goes to the gateway that its key names, and to no other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.orders.payment_key import gateway_of
from lambdas.orders.payment_ports import PRESENT, Payer
from lambdas.payments.gateway import Dated, Gateway, Transaction
from lambdas.payments.several.choice import GatewayChoice


@dataclass(frozen=True)
class SeveralGateways:
    """`adapter`: the gateway of this name; raises GatewayRefusedUsError if there is none. A key that names none is of the
    default one.
    """

    choice: GatewayChoice
    adapter: Callable[[str], Gateway]

    def at(self, name: str) -> Gateway:
        return self.adapter(name or self.choice.default)

    def authorize(
        self, *, key: str, token: str, amount_cents: int, currency: str, order_id: str, payer: Payer = PRESENT
    ) -> Transaction:
        asked: dict[str, Any] = {"amount_cents": amount_cents, "currency": currency, "order_id": order_id}
        return self._of(key).authorize(key=key, token=token, payer=payer, **asked)

    def authenticate(self, *, key: str, transaction_id: str, proof: Mapping[str, Any]) -> Transaction:
        return self._of(key).authenticate(key=key, transaction_id=transaction_id, proof=proof)

    def renew(self, *, key: str, transaction_id: str, token: str) -> Transaction:
        return self._of(key).renew(key=key, transaction_id=transaction_id, token=token)

    def capture(self, *, key: str, transaction_id: str, amount_cents: int, currency: str) -> Transaction:
        asked: dict[str, Any] = {"amount_cents": amount_cents, "currency": currency}
        return self._of(key).capture(key=key, transaction_id=transaction_id, **asked)

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        return self._of(key).void(key=key, transaction_id=transaction_id)

    def refund(self, *, key: str, transaction_id: str, currency: str, amount_cents: int | None = None) -> Transaction:
        asked: dict[str, Any] = {"amount_cents": amount_cents, "currency": currency}
        return self._of(key).refund(key=key, transaction_id=transaction_id, **asked)

    def fingerprint(self, token: str) -> str:
        """Of a token of the default gateway; `at` has the others."""
        return self.at("").fingerprint(token)

    def forget(self, token: str) -> None:
        """At the default gateway; `at` has the others."""
        self.at("").forget(token)

    def find(self, key: str) -> Transaction | None:
        return self._of(key).find(key)

    def look_up(self, transaction_id: str) -> Dated | None:
        """At the default gateway; `at` has the others."""
        return self.at("").look_up(transaction_id)

    def list_begun(self, day: str) -> Iterator[Transaction]:
        for name in self.choice.names:
            yield from self.at(name).list_begun(day)

    def _of(self, key: str) -> Gateway:
        return self.at(gateway_of(key))


def gateway_at(gateway: Gateway, name: str) -> Gateway:
    """The gateway of this name, where a stage has several. For what no key names: a token, or a payment by the provider's id."""
    return gateway.at(name) if isinstance(gateway, SeveralGateways) else gateway
