"""Keeps stolen cards from being tested here (docs/reference/order-systems.md, P10): the domain's `Screen` port.

Declines are counted by order, source, e-mail address and card. A payment over one of these limits is refused before the
gateway is asked. Sources, addresses and cards can all be new each time, so the declines of a queue are counted too. Over that
limit its orders wait for a person, and no card is tried automatically until the queue has been quiet.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.payment_ports import PaymentDeclined, PaymentForReview
from lambdas.payments.gateway import Gateway, GatewayUnavailableError, OutcomeUnknownError
from lambdas.payments.several.choice import SINGLE, GatewayChoice
from lambdas.payments.several.gateways import gateway_at
from lambdas.payments.stored_methods.paying import method_of
from lambdas.rate_limits.breaker import Breaker, BreakerRule
from lambdas.rate_limits.fail_open import ask_guard_table
from lambdas.rate_limits.failures import Attempt, Failures, Key, Limit, LimitReached
from lambdas.rate_limits.sources import source_of
from lambdas.rate_limits.windows import Windows
from lambdas.records.clients.client import ClientRecords
from lambdas.runtime.models import Frozen
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


class PaymentLimits(Frozen):
    """The declines that are allowed, by kind."""

    order: Limit = Field(Limit(most=8, seconds=_DAY), description="Of one order.")  # At most DECLINES_KEPT.
    source: Limit = Field(
        Limit(most=10, seconds=_HOUR), description="From one address. Several clients of one office may share it."
    )
    email: Limit = Field(Limit(most=6, seconds=_HOUR), description="Of one e-mail address.")
    card: Limit = Field(Limit(most=4, seconds=_DAY), description="Of one card.")
    queue: BreakerRule = Field(
        BreakerRule(
            limits=(Limit(most=30, seconds=10 * _MINUTE), Limit(most=200, seconds=_DAY)), quiet_seconds=30 * _MINUTE
        ),
        description="Of all orders of a queue.",
    )
    queues: dict[int, BreakerRule] = Field({}, description="Rules that differ from `queue`, by the queue's number.")

    def of_queue(self, order_queue_id: int) -> BreakerRule:
        return self.queues.get(order_queue_id, self.queue)


@dataclass(frozen=True)
class PaymentScreen:
    gateway: Gateway
    clients: ClientRecords
    failures: Failures
    breaker: Breaker
    limits: PaymentLimits
    now: Callable[[], int]
    choice: GatewayChoice = SINGLE

    def check(self, order: Order) -> "ScreenedPayment":
        """Count a payment that is about to be tried. Raises PaymentDeclined or PaymentForReview.

        PaymentDeclined comes first, so that people need not review the orders of a caller who failed too often.
        """
        trial = self._over(order) or self.failures.begin(self._keys(order))
        if isinstance(trial, LimitReached):
            metrics.add_metric("PaymentsNotTried", MetricUnit.Count, 1)
            logger.warning("payment not tried", order_id=order.order_id, because=trial.kind)
            minutes = math.ceil(trial.seconds_left / 60)
            raise PaymentDeclined(
                f"too many payments failed before; try again in {minutes} minute{'s' if minutes > 1 else ''}, "
                "or write to us and we help you"
            )
        if opened := ask_guard_table(lambda: self.breaker.find_open(_queue(order))):
            trial.on_success()
            metrics.add_metric("OrdersForReview", MetricUnit.Count, 1)
            logger.warning("order for review", order_id=order.order_id, order_queue_id=order.order_queue_id)
            since = datetime.fromtimestamp(opened.opened_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
            raise PaymentForReview(
                f"many payments of this queue were declined by {since}, so none is tried automatically; check whether the order "
                "is a person's, and submit it with reviewed=1 or cancel it"
            )

        return ScreenedPayment(self, order, trial)

    def admit(self, order: Order) -> "ScreenedPayment":
        return ScreenedPayment(self, order, self.failures.begin_unlimited(self._keys(order)))

    def count_decline(self, order: Order) -> None:
        """Turn the queue to review if this decline is one too many."""
        metrics.add_metric("PaymentsDeclined", MetricUnit.Count, 1)
        rule = self.limits.of_queue(order.order_queue_id)
        if ask_guard_table(lambda: self.breaker.on_failure(_queue(order), rule)):
            metrics.add_metric("QueuesTurnedToReview", MetricUnit.Count, 1)
            logger.error("queue turned to review", order_queue_id=order.order_queue_id)

    def _over(self, order: Order) -> LimitReached | None:
        """The order's own limit, if it is reached. Only one payment of an order is tried at a time."""
        limit, now = self.limits.order, self.now()
        within = [at for at in order.declined_at if at > now - limit.seconds]
        return LimitReached("order", within[-limit.most] + limit.seconds - now) if len(within) >= limit.most else None

    def _keys(self, order: Order) -> list[Key]:
        """The keys to count under. `ip_address`: as the form saw it, or as a caller of the API sends it."""
        found = (
            Key("source", source_of(text(order.info, "ip_address")), self.limits.source),
            Key("email", text(order.info, "email").strip(), self.limits.email),
            Key("card", self._fingerprint(order), self.limits.card),
        )
        return [key for key in found if key.value]

    def _fingerprint(self, order: Order) -> str:
        """The card's fingerprint; empty if the gateway does not answer. Then the other keys must suffice."""
        method = method_of(order, self.clients)
        try:
            if method is None:
                return ""
            gateway = gateway_at(self.gateway, self.choice.charged_at(order.brand_id, method))
            return gateway.fingerprint(method.token)
        except (GatewayUnavailableError, OutcomeUnknownError):
            return ""


@dataclass(frozen=True)
class ScreenedPayment:
    """A payment that is being tried (orders.ports.PaymentTrial)."""

    screening: PaymentScreen
    order: Order
    trial: Attempt

    def on_passed(self) -> None:
        self.trial.on_success()

    def on_declined(self) -> None:
        self.trial.on_failure()
        self.screening.count_decline(self.order)


def screening(
    guard_table: str,
    *,
    limits: PaymentLimits,
    gateway: Gateway,
    clients: ClientRecords,
    now: Callable[[], int],
    client: "DynamoDBClient | None" = None,
    choice: GatewayChoice = SINGLE,
) -> PaymentScreen:
    """The screen of this installation, the same for all doors."""
    failures = Failures(Windows(guard_table, client), "payments", now)
    return PaymentScreen(gateway, clients, failures, Breaker(guard_table, now, client), limits, now, choice)


def _queue(order: Order) -> str:
    return f"payments#{order.order_queue_id}"
