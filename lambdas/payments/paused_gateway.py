"""A gateway that moves no money while that is paused. Looking something up is always possible."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lambdas.orders.pauses import Pauses, PausesUnreadError
from lambdas.orders.payment_ports import PRESENT, Payer
from lambdas.payments.gateway import (
    Dated,
    Gateway,
    GatewayMisusedError,
    GatewayRefusedUsError,
    GatewayUnavailableError,
    Transaction,
)
from lambdas.runtime.telemetry import MetricUnit, logger, metrics


@dataclass(frozen=True)
class PausableGateway:
    """Each method that moves money raises GatewayUnavailableError during a pause of it: nothing moved, and it may be tried later.

    `name`: in the settings; empty for the only one of a stage, at which a pause of any name counts.
    """

    gateway: Gateway
    pauses: Pauses
    name: str

    def authorize(
        self, *, key: str, token: str, amount_cents: int, currency: str, order_id: str, payer: Payer = PRESENT
    ) -> Transaction:
        self._refuse_paused()
        asked: dict[str, Any] = {"amount_cents": amount_cents, "currency": currency, "order_id": order_id}
        with _counted():
            return self.gateway.authorize(key=key, token=token, payer=payer, **asked)

    def authenticate(self, *, key: str, transaction_id: str, proof: Mapping[str, Any]) -> Transaction:
        self._refuse_paused()
        with _counted():
            return self.gateway.authenticate(key=key, transaction_id=transaction_id, proof=proof)

    def renew(self, *, key: str, transaction_id: str, token: str) -> Transaction:
        self._refuse_paused()
        with _counted():
            return self.gateway.renew(key=key, transaction_id=transaction_id, token=token)

    def capture(self, *, key: str, transaction_id: str, amount_cents: int, currency: str) -> Transaction:
        self._refuse_paused()
        with _counted():
            return self.gateway.capture(
                key=key, transaction_id=transaction_id, amount_cents=amount_cents, currency=currency
            )

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        self._refuse_paused()
        with _counted():
            return self.gateway.void(key=key, transaction_id=transaction_id)

    def refund(self, *, key: str, transaction_id: str, currency: str, amount_cents: int | None = None) -> Transaction:
        self._refuse_paused()
        with _counted():
            return self.gateway.refund(
                key=key, transaction_id=transaction_id, currency=currency, amount_cents=amount_cents
            )

    def fingerprint(self, token: str) -> str:
        with _counted():
            return self.gateway.fingerprint(token)

    def forget(self, token: str) -> None:
        with _counted():
            self.gateway.forget(token)

    def find(self, key: str) -> Transaction | None:
        with _counted():
            return self.gateway.find(key)

    def look_up(self, transaction_id: str) -> Dated | None:
        with _counted():
            return self.gateway.look_up(transaction_id)

    def list_begun(self, day: str) -> Iterator[Transaction]:
        return self.gateway.list_begun(day)

    def _refuse_paused(self) -> None:
        try:
            pause = self.pauses.of_gateway(self.name)
        except PausesUnreadError:
            raise GatewayUnavailableError("whether money may be moved could not be read just now") from None
        if pause:
            raise GatewayUnavailableError(f"payments are paused until {pause.until}")


@contextmanager
def _counted() -> Iterator[None]:
    """Count what only those who operate this installation can put right. The log has the provider's own words."""
    try:
        yield
    except (GatewayRefusedUsError, GatewayMisusedError) as refused:
        metrics.add_metric("GatewayRefusals", MetricUnit.Count, 1)
        logger.error("the payment provider refuses us", because=str(refused), kind=type(refused).__name__)
        raise
