"""A gateway's key belongs to one kind of call: a provider such as Stripe refuses a refund under the key of a void."""

import pytest

from lambdas.payments.gateway import OutcomeUnknownError, Transaction, TransactionState, void_or_refund
from lambdas.payments.sandbox import SandboxGateway

KEY = "1001:submit:authorize:1"


class StrictAboutKeys(SandboxGateway):
    """Refuses a key that came with another call before. `cut`: the next void does not reach it, and nobody knows."""

    def __init__(self, sandbox: SandboxGateway) -> None:
        self.__dict__.update(sandbox.__dict__)
        self.calls: dict[str, str] = {}
        self.cut = False

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        self._use(key, "void")
        if self.cut:
            self.cut = False
            raise OutcomeUnknownError("the connection was cut")
        return super().void(key=key, transaction_id=transaction_id)

    def refund(self, *, key: str, transaction_id: str, currency: str, amount_cents: int | None = None) -> Transaction:
        self._use(key, "refund")
        return super().refund(key=key, transaction_id=transaction_id, currency=currency, amount_cents=amount_cents)

    def _use(self, key: str, call: str) -> None:
        assert self.calls.setdefault(key, call) == call, f"{key} was the key of a {self.calls[key]}"


def hold(gateway: SandboxGateway) -> Transaction:
    return gateway.authorize(key=KEY, token="tok_approve", amount_cents=2_000, currency="USD", order_id="1001")


def test_money_captured_after_a_void_that_was_cut_is_refunded(gateway: SandboxGateway) -> None:
    strict = StrictAboutKeys(gateway)
    held = hold(strict)
    strict.cut = True
    with pytest.raises(OutcomeUnknownError):
        void_or_refund(strict, KEY)
    strict.capture(key="by hand", transaction_id=held.transaction_id, amount_cents=2_000, currency="USD")

    returned = void_or_refund(strict, KEY)

    assert returned is not None
    assert (returned.state, returned.refunded_cents) == (TransactionState.REFUNDED, 2_000)


def test_a_void_that_was_cut_is_repeated_under_its_own_key(gateway: SandboxGateway) -> None:
    strict = StrictAboutKeys(gateway)
    hold(strict)
    strict.cut = True
    with pytest.raises(OutcomeUnknownError):
        void_or_refund(strict, KEY)

    returned = void_or_refund(strict, KEY)

    assert returned is not None
    assert returned.state is TransactionState.VOIDED
    assert len(strict.calls) == 1
