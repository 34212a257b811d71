"""A gateway whose calls are written down: before they are made, and what came of them.

A call that cannot be written down is not made: money never moves unrecorded. An outcome that cannot be written down is passed on
all the same, because the money has moved. The ledger then says that it is unknown, until it is looked up.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.orders.payment_ports import PRESENT, Payer
from lambdas.payments.effects.effect import Effect, EffectKind, LookUp, Outcome, Payment
from lambdas.payments.effects.ledger import EffectLedger, Entry
from lambdas.payments.gateway import (
    AbandonedError,
    Dated,
    DeclinedError,
    Gateway,
    GatewayMisusedError,
    GatewayRefusedUsError,
    GatewayUnavailableError,
    LapsedError,
    Transaction,
)
from lambdas.runtime.asker import asking_function, asking_user
from lambdas.runtime.telemetry import log_unexpected

# The first class that fits; a call that raises another error has an unknown outcome.
_OUTCOMES: tuple[tuple[type[Exception], Outcome], ...] = (
    (DeclinedError, Outcome.DECLINED),
    (AbandonedError, Outcome.DECLINED),
    (LapsedError, Outcome.LAPSED),
    (GatewayRefusedUsError, Outcome.REFUSED_US),
    (GatewayUnavailableError, Outcome.NOT_REACHED),
    (GatewayMisusedError, Outcome.MISUSED),
)
_STORE_ERRORS = (BotoCoreError, ClientError)


@dataclass(frozen=True)
class RecordedGateway:
    """`name`: the gateway's. `now`: Unix seconds with their fraction."""

    gateway: Gateway
    name: str
    ledger: EffectLedger
    now: Callable[[], float] = time.time

    def authorize(
        self, *, key: str, token: str, amount_cents: int, currency: str, order_id: str, payer: Payer = PRESENT
    ) -> Transaction:
        asked: dict[str, Any] = {"amount_cents": amount_cents, "currency": currency}
        return self._recorded(
            self._effect(EffectKind.AUTHORIZE, key, **asked),
            lambda: self.gateway.authorize(key=key, token=token, order_id=order_id, payer=payer, **asked),
        )

    def authenticate(self, *, key: str, transaction_id: str, proof: Mapping[str, Any]) -> Transaction:
        return self._recorded(
            self._effect(EffectKind.AUTHENTICATE, key, transaction_id=transaction_id),
            lambda: self.gateway.authenticate(key=key, transaction_id=transaction_id, proof=proof),
        )

    def renew(self, *, key: str, transaction_id: str, token: str) -> Transaction:
        """`transaction_id`: of the old hold. The new one is in the answer."""
        return self._recorded(
            self._effect(EffectKind.RENEW, key, transaction_id=transaction_id),
            lambda: self.gateway.renew(key=key, transaction_id=transaction_id, token=token),
        )

    def capture(self, *, key: str, transaction_id: str, amount_cents: int, currency: str) -> Transaction:
        asked: dict[str, Any] = {"transaction_id": transaction_id, "amount_cents": amount_cents, "currency": currency}
        return self._recorded(
            self._effect(EffectKind.CAPTURE, key, **asked), lambda: self.gateway.capture(key=key, **asked)
        )

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        return self._recorded(
            self._effect(EffectKind.VOID, key, transaction_id=transaction_id),
            lambda: self.gateway.void(key=key, transaction_id=transaction_id),
        )

    def refund(self, *, key: str, transaction_id: str, currency: str, amount_cents: int | None = None) -> Transaction:
        asked: dict[str, Any] = {"transaction_id": transaction_id, "amount_cents": amount_cents, "currency": currency}
        return self._recorded(
            self._effect(EffectKind.REFUND, key, **asked), lambda: self.gateway.refund(key=key, **asked)
        )

    def fingerprint(self, token: str) -> str:
        return self.gateway.fingerprint(token)

    def forget(self, token: str) -> None:
        """Not in the ledger, which is of payments."""
        self.gateway.forget(token)

    def find(self, key: str) -> Transaction | None:
        try:
            found = self.gateway.find(key)
        except Exception:
            self._note_look_up(key)
            raise
        self._note_look_up(key, found, is_there=found is not None)
        return found

    def look_up(self, transaction_id: str) -> Dated | None:
        found = self.gateway.look_up(transaction_id)
        if found:
            self._note_look_up(found.transaction.key, found.transaction, is_there=True)
        return found

    def list_begun(self, day: str) -> Iterator[Transaction]:
        return self.gateway.list_begun(day)

    def _effect(self, kind: EffectKind, key: str, **asked: Any) -> Effect:
        who = {"asked_in": asking_function(), "asked_by": asking_user()}
        return Effect(kind=kind, key=key, gateway=self.name, asked_at=int(self.now()), **who, **asked)

    def _recorded(self, effect: Effect, call: Callable[[], Transaction]) -> Transaction:
        try:
            entry = self.ledger.open(effect, at=self.now())
        except _STORE_ERRORS as error:
            log_unexpected("call not recorded, so not made", error, kind=effect.kind.value)
            raise GatewayUnavailableError("payments cannot be written down just now, so none is made") from None
        try:
            answered = call()
        except Exception as error:
            self._close(entry, next((each for kind, each in _OUTCOMES if isinstance(error, kind)), Outcome.UNKNOWN))
            raise
        self._close(entry, Outcome.DONE, payment_of(answered))
        return answered

    def _close(self, entry: Entry, outcome: Outcome, payment: Payment | None = None) -> None:
        try:
            self.ledger.close(entry, outcome, payment, at=self.now())
        except _STORE_ERRORS as error:
            log_unexpected("outcome of a call not recorded", error, kind=entry.effect.kind.value)

    def _note_look_up(self, key: str, found: Transaction | None = None, *, is_there: bool | None = None) -> None:
        """`is_there`: None if no answer came. A look-up that cannot be written down is no reason not to look."""
        now = int(self.now())
        try:
            self.ledger.note_look_up(
                LookUp(
                    key=key,
                    gateway=self.name,
                    looked_up_at=now,
                    asked_in=asking_function(),
                    asked_by=asking_user(),
                    answered_at=None if is_there is None else now,
                    is_there=is_there,
                    payment=payment_of(found) if found else None,
                )
            )
        except _STORE_ERRORS as error:
            log_unexpected("look-up not recorded", error)


def payment_of(transaction: Transaction) -> Payment:
    return Payment(
        transaction_id=transaction.transaction_id,
        state=transaction.state,
        amount_cents=transaction.amount_cents,
        currency=transaction.currency,
        refunded_cents=transaction.refunded_cents,
        dispute=transaction.dispute,
    )
