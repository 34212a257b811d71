"""What keeps stolen cards from being tried out on us (reference order-systems P10): the domain's `Screen` port.

Declines are counted by order, source, e-mail address and card; whoever has too many is refused without the gateway being
asked. Sources, addresses and cards can all be new each time, so the declines of a queue are counted too: over their limit
its orders wait for a person, and no card is tried by itself until it has been quiet.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.payment_ports import PaymentDeclined, PaymentForReview
from lambdas.payments.gateway import Gateway, GatewayUnavailableError, OutcomeUnknownError
from lambdas.payments.preauthorization import method_of
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
    """How many declines may be, and of what. `queues`: those that differ from `queue`, by order_queue_id."""

    order: Limit = Limit(most=8, seconds=_DAY)  # the order keeps its latest DECLINES_KEPT, so more would limit nothing
    source: Limit = Limit(most=10, seconds=_HOUR)  # several clients of one office may share an address
    email: Limit = Limit(most=6, seconds=_HOUR)
    card: Limit = Limit(most=4, seconds=_DAY)
    queue: BreakerRule = BreakerRule(
        limits=(Limit(most=30, seconds=10 * _MINUTE), Limit(most=200, seconds=_DAY)), quiet_seconds=30 * _MINUTE
    )
    queues: dict[int, BreakerRule] = {}

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

    def check(self, order: Order) -> "ScreenedPayment":
        """Raises PaymentDeclined or PaymentForReview; the first of a caller who failed too often, so that people are not
        given the orders of a machine to look at."""
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
                f"many payments of this queue were declined by {since}, so none is tried by itself; look whether the order is a "
                "person's, and submit it with reviewed=1 or cancel it"
            )

        return ScreenedPayment(self, order, trial)

    def admit(self, order: Order) -> "ScreenedPayment":
        return ScreenedPayment(self, order, self.failures.begin_unlimited(self._keys(order)))

    def count_decline(self, order: Order) -> None:
        """Turns the queue to review where this was one too many."""
        metrics.add_metric("PaymentsDeclined", MetricUnit.Count, 1)
        rule = self.limits.of_queue(order.order_queue_id)
        if ask_guard_table(lambda: self.breaker.on_failure(_queue(order), rule)):
            metrics.add_metric("QueuesTurnedToReview", MetricUnit.Count, 1)
            logger.error("queue turned to review", order_queue_id=order.order_queue_id)

    def _over(self, order: Order) -> LimitReached | None:
        """An order keeps its own declines: only one payment of it is tried at a time."""
        limit, now = self.limits.order, self.now()
        within = [at for at in order.declined_at if at > now - limit.seconds]
        return LimitReached("order", within[-limit.most] + limit.seconds - now) if len(within) >= limit.most else None

    def _keys(self, order: Order) -> list[Key]:
        """`ip_address` is what the form saw, or what a caller of the API says (reference 3.3)."""
        found = (
            Key("source", source_of(text(order.info, "ip_address")), self.limits.source),
            Key("email", text(order.info, "email").strip(), self.limits.email),
            Key("card", self._fingerprint(order), self.limits.card),
        )
        return [key for key in found if key.value]

    def _fingerprint(self, order: Order) -> str:
        """Empty where the gateway cannot say: then the other keys have to do."""
        method = method_of(order, self.clients)
        try:
            return self.gateway.fingerprint(method.token) if method else ""
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
) -> PaymentScreen:
    """The screen of this installation, the same for all its doors."""
    failures = Failures(Windows(guard_table, client), "payments", now)
    return PaymentScreen(gateway, clients, failures, Breaker(guard_table, now, client), limits, now)


def _queue(order: Order) -> str:
    return f"payments#{order.order_queue_id}"
