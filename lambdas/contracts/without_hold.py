"""Submitting without holding money: for stages where contracts are not pre-authorised when they are signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.orders.errors import Problem
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Hold, Order, PaymentAttempt
from lambdas.orders.payment_ports import PRESENT, Payer, PaymentDue, Payments


@dataclass(frozen=True)
class WithoutHold:
    """The payments of another, with nothing due at submit."""

    payments: Payments

    def problems(self, order: Order) -> tuple[Problem, ...]:
        return self.payments.problems(order)

    def stored_problems(self, order: Order) -> tuple[Problem, ...]:
        return self.payments.stored_problems(order)

    def way_problems(self, order: Order) -> tuple[Problem, ...]:
        return self.payments.way_problems(order)

    def due(self, order: Order) -> PaymentDue:
        return PaymentDue(0, "")

    def authorize(self, order: Order, attempt: PaymentAttempt, payer: Payer = PRESENT) -> Hold:
        return self.payments.authorize(order, attempt, payer)

    def authenticate(self, order: Order, attempt: PaymentAttempt, proof: Mapping[str, Any]) -> Hold:
        return self.payments.authenticate(order, attempt, proof)

    def release(self, attempt_or_hold: PaymentAttempt | Hold) -> None:
        self.payments.release(attempt_or_hold)

    def record_left_money(self, order: Order, action: ChecklistAction, now: int) -> bool:
        return self.payments.record_left_money(order, action, now)
