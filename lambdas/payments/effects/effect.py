"""One call to a gateway, as the ledger keeps it. It holds ids, sums and times: no token, no name, no address."""

from enum import StrEnum

from lambdas.orders.dispute import Dispute
from lambdas.payments.gateway import TransactionState
from lambdas.runtime.models import Frozen

_OF_INVOICE = "invoice:"  # Keys of charges begin with it.


class EffectKind(StrEnum):
    """The calls of the port that may move money."""

    AUTHORIZE = "authorize"
    AUTHENTICATE = "authenticate"
    RENEW = "renew"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class Outcome(StrEnum):
    """`unknown`: no answer is recorded, so money may have moved. Of `declined`, `lapsed`, `not_reached`, `refused_us` and
    `misused` none moved.
    """

    DONE = "done"
    DECLINED = "declined"
    LAPSED = "lapsed"
    NOT_REACHED = "not_reached"
    REFUSED_US = "refused_us"
    MISUSED = "misused"
    UNKNOWN = "unknown"


MOVED_NOTHING = (
    Outcome.DECLINED,
    Outcome.LAPSED,
    Outcome.NOT_REACHED,
    Outcome.REFUSED_US,
    Outcome.MISUSED,
)


class Payment(Frozen):
    """A payment as the gateway answered it. `refunded_cents`: the part of `amount_cents` that was refunded."""

    transaction_id: str
    state: TransactionState
    amount_cents: int
    currency: str
    refunded_cents: int = 0
    dispute: Dispute | None = None

    @property
    def kept_cents(self) -> int:
        """The money that is held, or that was taken and not refunded."""
        return self.amount_cents - self.refunded_cents if self.state in _KEEPS else 0


_KEEPS = (TransactionState.HELD, TransactionState.CAPTURED, TransactionState.PARTLY_REFUNDED)


class Answered(Frozen):
    """The outcome of a call, as its day lists it."""

    key: str
    kind: EffectKind
    outcome: Outcome
    answered_at: int
    payment: Payment | None = None


class Effect(Frozen):
    """One try of one call. `asked_at`, `answered_at`: Unix seconds. `amount_cents`: what was asked for; None: all of it.

    `asked_in`: the function that asked. `asked_by`: the user whose request it was; empty: nobody's. `payment`: the answer;
    None: there was none, or the call was refused. `try_number`: counts the calls under one key.
    """

    kind: EffectKind
    key: str
    gateway: str
    asked_at: int
    asked_in: str
    asked_by: str = ""
    amount_cents: int | None = None
    currency: str = ""
    transaction_id: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    answered_at: int | None = None
    payment: Payment | None = None
    try_number: int = 1


class LookUp(Frozen):
    """The look-ups of one payment under its key. `times`: how many there were. `looked_up_at`, `asked_*`: of the last one.

    `answered_at`: when one was answered last; None: none was. `is_there`: whether the gateway knew the key then.
    """

    key: str
    gateway: str
    looked_up_at: int
    asked_in: str
    asked_by: str = ""
    times: int = 1
    answered_at: int | None = None
    is_there: bool | None = None
    payment: Payment | None = None


def subject_of(key: str) -> str:
    """The subject of a key of ours: `invoice:<id>` of a charge, else what its order is known as outside (Order.known_as)."""
    invoice = invoice_of_key(key)
    return f"{_OF_INVOICE}{invoice}" if invoice else key.partition(":")[0]


def invoice_of_key(key: str) -> str:
    """The id of the invoice whose charge was begun under this key; empty if it is no key of a charge."""
    return key.removeprefix(_OF_INVOICE).partition(":")[0] if key.startswith(_OF_INVOICE) else ""


def charge_key(invoice_id: str, number: int) -> str:
    """The key of the invoice's charge. `number`: counts the charges that came to nothing, and this one."""
    return f"{_OF_INVOICE}{invoice_id}:charge:{number}"
