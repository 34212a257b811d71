"""The gateway port. Real gateways and the sandbox are adapters of it; no other code knows which one is used.

Every call that moves money carries `key`, an idempotency key that the gateway honours: the same key never moves money twice.
A key belongs to one kind of call. Known with the same parameters it gets the first answer, with others GatewayMisusedError.
Gateways forget keys, Stripe after 24 hours (docs/reference/order-systems.md, 4.3). So an outcome that is not known is looked
up with `find`, never tried again under a new key. Amounts are whole minor units.

Longer than 200 lines, because it is the whole port: each verb with what an adapter must keep.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, assert_never

from lambdas.orders.dispute import Dispute
from lambdas.orders.model.payment_ids import PaymentIds
from lambdas.orders.payment_ports import PRESENT, Payer
from lambdas.runtime.models import Frozen


class TransactionState(StrEnum):
    """`pending`: the provider has not decided yet, for days with a debit; it is not paid. `failed`: it was pending and was
    declined. `lapsed`: the hold ended before it was captured.
    """

    PENDING = "pending"
    NEEDS_AUTHENTICATION = "needs_authentication"
    HELD = "held"
    CAPTURED = "captured"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    LAPSED = "lapsed"
    FAILED = "failed"


class Challenge(Frozen):
    """The confirmation that a card holder must give before the payment continues (3-D Secure).

    `url`: the page for it. `expires_at`: Unix seconds, after which it is too late.
    """

    challenge_id: str
    url: str
    expires_at: int


class Transaction(Frozen):
    """One payment, as the gateway knows it. `capture_before`: Unix seconds after which a hold lapses. `honoured_until`: those
    until which the provider vouches for the money, if that ends before (PayPal); `held_at`: since when it is held.

    `refunded_cents`: the part of the captured amount that was refunded. `challenge`: the way to authenticate a payment that
    needs it; None: this gateway offers none. `avs_code`: one letter for whether the address matches; empty if none was sent.
    `order_id`: the order that it was begun for; empty if for none. `gateway`: the adapter's name. `customer`: whom the provider
    knows the payer as; empty if it keeps none. `is_answered`: its payer did their part, and `authenticate` continues it (PayPal).
    `dispute`: None: it was never disputed. What was lost counts as refunded. `why_failed`: of one that failed, a reason that a
    client may read.
    """

    transaction_id: str
    key: str
    state: TransactionState
    amount_cents: int
    currency: str
    refunded_cents: int = 0
    avs_code: str = ""
    capture_before: int | None = None
    challenge: Challenge | None = None
    order_id: str = ""
    gateway: str = ""
    ids: PaymentIds = PaymentIds()
    customer: str = ""
    held_at: int | None = None
    honoured_until: int | None = None
    is_answered: bool = False
    dispute: Dispute | None = None
    why_failed: str = ""

    @property
    def is_held(self) -> bool:
        return self.state is TransactionState.HELD

    @property
    def kept_cents(self) -> int:
        """The money that is held, or that was taken and not refunded."""
        return self.amount_cents - self.refunded_cents if self.is_held or self.is_taken else 0

    @property
    def is_taken(self) -> bool:
        """Whether money was captured, and some of it was not refunded."""
        return self.state in (TransactionState.CAPTURED, TransactionState.PARTLY_REFUNDED)


class Dated(NamedTuple):
    """`day`: on which the payment was begun, as YYYY-MM-DD in UTC."""

    day: str
    transaction: Transaction


class DeclinedError(Exception):
    """The provider declined. The message is a reason that a client may read. No money moved."""


class AbandonedError(Exception):
    """The payer came back without paying. Nothing moved, and nobody declined. The message is a reason that a client may read."""


class LapsedError(Exception):
    """The hold ended before this call, so no money moved. It is no decline, and is never counted as one."""


class OutcomeUnknownError(Exception):
    """No answer came, or one that decides nothing yet. Money may have moved: look it up."""


class UndecidedError(OutcomeUnknownError):
    """The payment is pending: its bank decides about it in some days. Look it up then; nothing else is to be done."""

    def __init__(self) -> None:
        super().__init__("the provider has not decided about the payment yet")


class GatewayUnavailableError(Exception):
    """The provider could not be reached; nothing moved. Try later under the same key."""


class TooSoonError(GatewayUnavailableError):
    """The provider does this later; nothing was asked of it. `again_at`: Unix seconds from which on it may be asked."""

    def __init__(self, text: str, again_at: int) -> None:
        super().__init__(text)
        self.again_at = again_at


class GatewayRefusedUsError(GatewayUnavailableError):
    """The provider does not accept our keys (401, 403); nothing moved. Payments wait until a person has replaced them."""


class GatewayMisusedError(Exception):
    """The provider cannot do what we asked, such as a known key with other parameters: our fault, for a person to correct.

    This call moved nothing, but an earlier one under the same key may have. The message is for staff.
    """


class Gateway(Protocol):
    def authorize(
        self, *, key: str, token: str, amount_cents: int, currency: str, order_id: str, payer: Payer = PRESENT
    ) -> Transaction:
        """Hold the amount, or take it if the method knows no hold (PayPal orders with intent CAPTURE).

        A bank that asks declines an absent payer. A challenge's page is the gateway's own, or ours. A key knows no payer.
        """
        ...

    def authenticate(self, *, key: str, transaction_id: str, proof: Mapping[str, Any]) -> Transaction:
        """Continue a payment after its card holder was asked. Repeating it changes nothing.

        `proof`: the answer of their page, by the gateway's own names (API parameter `threedsecure`). Raises DeclinedError if
        they failed or it is too late, and AbandonedError. A payment that nobody answered is answered as it stands.
        """
        ...

    def renew(self, *, key: str, transaction_id: str, token: str) -> Transaction:
        """End a hold, also one that lapsed, and hold its money again under this key and with this token; nobody is there to
        authenticate. The answer is the new hold.

        Both are never held at once: the old hold ends before the bank is asked for the new one, or the provider does both in one
        step. A hold that is captured meanwhile cannot be renewed, and one that is renewed cannot be captured. Raises
        DeclinedError: then nothing is held under the key, and the caller looks up whether the old hold still stands. Raises
        TooSoonError while the provider renews no hold of this age.
        """
        ...

    def capture(self, *, key: str, transaction_id: str, amount_cents: int, currency: str) -> Transaction:
        """Take held money, at most what is held; the rest is released. What was captured before is answered as it stands.

        Raises LapsedError if nothing is held any more, and GatewayMisusedError, before money moves, if the payment is in
        another currency or less is held.
        """
        ...

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        """Release a hold, or give up a payment that waits for its authentication. Raises LapsedError if nothing is held."""
        ...

    def refund(self, *, key: str, transaction_id: str, currency: str, amount_cents: int | None = None) -> Transaction:
        """Refund this much of the captured money, or all that is left. Raises GatewayMisusedError, before money moves, if the
        payment is in another currency, and DeclinedError while it is disputed.
        """
        ...

    def fingerprint(self, token: str) -> str:
        """A text that all tokens of one card or account share, and that reveals no number; empty if not known."""
        ...

    def forget(self, token: str) -> None:
        """Have the provider keep the method of this token no more. No money moves; repeating it changes nothing.

        Raises OutcomeUnknownError and GatewayUnavailableError; then it is asked again.
        """
        ...

    def find(self, key: str) -> Transaction | None:
        """The transaction that was begun under this key, in its present state; None if no money was asked for under it.

        It knows at once what could have moved money: by the provider's own look-up, or by an id that the adapter stored before
        it asked. So after None the same call may be made again under the same key.
        """
        ...

    def look_up(self, transaction_id: str) -> Dated | None:
        """The payment that the provider calls so; None if it was not begun by this installation. Raises as `find`."""
        ...

    def list_begun(self, day: str) -> Iterator[Transaction]:
        """The transactions that were begun on this day (YYYY-MM-DD, UTC), each in its present state and once."""
        ...


def refuse_other_currency(payment: Transaction, currency: str) -> None:
    """Raise GatewayMisusedError unless the payment is in this currency. Each adapter calls this before money moves."""
    if payment.currency != currency:
        raise GatewayMisusedError(f"the payment is in {payment.currency}, and {currency} was asked for")


def void_or_refund(gateway: Gateway, key: str) -> Transaction | None:
    """Void or refund what was begun under this key, and return it; None if nothing was. May be repeated.

    Each has a key of its own, because a provider refuses a key that it knows from another kind of call. Raises
    OutcomeUnknownError while the provider has not decided about the payment.
    """
    transaction = gateway.find(key)
    if transaction is None:
        return None
    match transaction.state:
        case TransactionState.PENDING:
            raise UndecidedError
        case TransactionState.HELD | TransactionState.NEEDS_AUTHENTICATION:
            return _void(gateway, transaction)
        case TransactionState.CAPTURED | TransactionState.PARTLY_REFUNDED:
            return gateway.refund(
                key=f"{key}:refund", transaction_id=transaction.transaction_id, currency=transaction.currency
            )
        case TransactionState.VOIDED | TransactionState.REFUNDED | TransactionState.LAPSED | TransactionState.FAILED:
            return transaction
        case _:
            assert_never(transaction.state)


def _void(gateway: Gateway, transaction: Transaction) -> Transaction:
    try:
        return gateway.void(key=f"{transaction.key}:void", transaction_id=transaction.transaction_id)
    except LapsedError:  # between the look-up and the void: nothing is held any more
        return transaction.model_copy(update={"state": TransactionState.LAPSED})
