"""The gateway port. Real gateways and the sandbox are adapters of it; nothing else knows which one is behind it.

Every call that moves money carries `key`, an idempotency key the gateway honours: the same key never moves money twice.
Gateways forget keys (Stripe after 24 h, reference order-systems 4.3), so an outcome that is not known is looked up with
`find`, never tried again under a new key. Amounts are whole minor units.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from lambdas.runtime.models import Frozen


class TransactionState(StrEnum):
    HELD = "held"
    CAPTURED = "captured"
    NEEDS_AUTHENTICATION = "needs_authentication"
    VOIDED = "voided"
    REFUNDED = "refunded"


class Challenge(Frozen):
    """What a card's holder has to do before the payment goes on (3-D Secure). `url`: the page where they do it;
    `expires_at`: Unix seconds, after which it is too late."""

    challenge_id: str
    url: str
    expires_at: int


class Transaction(Frozen):
    """What the gateway knows of one payment. `capture_before`: Unix seconds after which a hold lapses. `refunded_cents`: how much
    of what was captured went back.

    `challenge`: how a payment that needs authentication can get it; None: this gateway offers no way.

    `avs_code`: what the card's bank says of the address, one letter; empty where the gateway was told nothing.
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


class DeclinedError(Exception):
    """The provider said no; the message is a reason a client may read. No money moved."""


class OutcomeUnknownError(Exception):
    """No answer came. Money may have moved: look it up."""


class GatewayUnavailableError(Exception):
    """The provider could not be reached; nothing moved. Try later."""


class Gateway(Protocol):
    def authorize(self, *, key: str, token: str, amount_cents: int, currency: str, order_id: str) -> Transaction:
        """Hold the amount, or take it where the method knows no hold (PayPal orders with intent CAPTURE)."""
        ...

    def authenticate(self, *, key: str, transaction_id: str, proof: Mapping[str, Any]) -> Transaction:
        """Go on with a payment whose card holder was asked. `proof`: what their page gave, by the gateway's own names (API
        parameter `threedsecure`). Raises DeclinedError if they failed or it is too late; repeating it changes nothing."""
        ...

    def capture(self, *, key: str, transaction_id: str, amount_cents: int) -> Transaction:
        """Take held money, at most what is held; the rest is released."""
        ...

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        """Release a hold, or give up a payment that waits for its authentication."""
        ...

    def refund(self, *, key: str, transaction_id: str, amount_cents: int | None = None) -> Transaction:
        """Give captured money back: this much, or all that is left."""
        ...

    def fingerprint(self, token: str) -> str:
        """What is the same for every token of one card or account, and tells nothing of its number; empty if not known."""
        ...

    def find(self, key: str) -> Transaction | None:
        """The transaction that was begun under this key, as it stands now."""
        ...


def void_or_refund(gateway: Gateway, key: str) -> Transaction | None:
    """What was begun under this key, given back if it was held or taken, or waited for its card holder. May be repeated."""
    transaction = gateway.find(key)
    if transaction is None:
        return None
    if transaction.state in (TransactionState.HELD, TransactionState.NEEDS_AUTHENTICATION):
        return gateway.void(key=f"{key}:release", transaction_id=transaction.transaction_id)
    if transaction.state is TransactionState.CAPTURED:
        return gateway.refund(key=f"{key}:release", transaction_id=transaction.transaction_id)
    return transaction
