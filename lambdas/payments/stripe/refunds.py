"""Refunds at Stripe. Nothing there stops a part from being refunded twice, so each is looked for before it is made."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lambdas.payments.gateway import DeclinedError, GatewayMisusedError, Transaction, TransactionState
from lambdas.payments.going_back.disputes import refuse_disputed
from lambdas.payments.stripe.calls import StripeCalls
from lambdas.payments.stripe.outcomes import StateDiffersError
from lambdas.payments.stripe.reads import Reads
from lambdas.payments.stripe.transactions import Intent

_KEY = "key"  # in the metadata of a refund: the key of ours that it was made under
_CAME_TO_NOTHING = ("failed", "canceled")


@dataclass(frozen=True)
class Refunds:
    calls: StripeCalls
    reads: Reads
    installation: str

    def make(self, key: str, payment: Transaction, amount: int | None, *, left: int) -> bool:
        """Refund this much, or all that is left, as Stripe counts; False if it was refunded already.

        Raises DeclinedError if less than that is left or the payment is disputed, and OutcomeUnknownError, after which the same
        call may be repeated.
        """
        intent = payment.transaction_id
        under_key = self._under(key, intent)
        if made := [each for each in under_key if each["status"] not in _CAME_TO_NOTHING]:
            if amount is not None and made[0]["amount"] != amount:
                raise GatewayMisusedError("the key of this refund is known with another amount")
            return False
        if payment.state is TransactionState.REFUNDED:
            return False
        refuse_disputed(payment)
        if amount is not None and amount > left:
            raise DeclinedError("the amount is more than is left of the payment")
        asked: Any = {"payment_intent": intent, "metadata": {_KEY: key}}
        if amount is not None:
            asked["amount"] = amount
        # The key of a refund that failed would only repeat that answer.
        options: Any = {"idempotency_key": f"{self.installation}:{key}:{len(under_key)}"}
        with suppress(StateDiffersError):  # all of it was refunded meanwhile
            self.calls.ask(lambda client: client.v1.refunds.create(asked, options))
        return True

    def _under(self, key: str, intent: str) -> list[Intent]:
        return [each for each in self.reads.list_refunds(intent) if (each.get("metadata") or {}).get(_KEY) == key]
