"""The hold that an order keeps of a payment."""

from lambdas.orders.decisions.hold_clock import USUAL_SECONDS
from lambdas.orders.model.order import Hold, PaymentAttempt
from lambdas.orders.payment_ports import PaymentDeclined
from lambdas.payments.gateway import Transaction
from lambdas.records.clients.payment_method import PaymentMethod


def refuse_another(transaction: Transaction, attempt: PaymentAttempt) -> None:
    """Raise PaymentDeclined if the payment under the key is not the one of this attempt. The next attempt has a new key.

    A restored table may use a key again. The payment under it is another order's then, and stays as it is.
    """
    if (transaction.amount_cents, transaction.currency) != (attempt.amount_cents, attempt.currency):
        raise PaymentDeclined("the gateway has another payment under the key of this one; submit the order again")


def renewed_hold(old: Hold, transaction: Transaction) -> Hold:
    """The hold that took the old one's place. It still names the first authorization, which the buyer knows."""
    ids = transaction.ids.changed(
        order=transaction.ids.order or old.ids.order,
        authorization=old.ids.authorization or old.transaction_id,
        renewed=transaction.ids.renewed or transaction.ids.authorization,
    )
    return old.changed(
        transaction_id=transaction.transaction_id,
        key=transaction.key,
        captured=transaction.is_taken,
        capture_before=transaction.capture_before or old.capture_before,
        held_at=_held_at(transaction),
        honoured_until=transaction.honoured_until,
        ids=ids.besides(transaction.transaction_id),
        payer_present=False,
    )


def hold_of(transaction: Transaction, attempt: PaymentAttempt, method: PaymentMethod) -> Hold:
    return Hold(
        transaction_id=transaction.transaction_id,
        key=attempt.key,
        method=method.kind.value,
        amount_cents=transaction.amount_cents,
        currency=transaction.currency,
        captured=transaction.is_taken,
        avs_code=transaction.avs_code,
        capture_before=transaction.capture_before,
        gateway=transaction.gateway,
        ids=transaction.ids.besides(transaction.transaction_id),
        customer=transaction.customer,
        held_at=_held_at(transaction),
        honoured_until=transaction.honoured_until,
    )


def _held_at(transaction: Transaction) -> int | None:
    """None where the usual life of a hold says it (hold_clock.mark_at), so that it is not stored."""
    held_at, ends_at = transaction.held_at, transaction.capture_before
    is_usual = held_at is not None and ends_at is not None and ends_at - held_at == USUAL_SECONDS
    return None if is_usual else held_at
