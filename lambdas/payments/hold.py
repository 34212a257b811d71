"""The hold that an order keeps of a payment."""

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
        authorization=old.ids.authorization,
        renewed=transaction.ids.renewed or transaction.ids.authorization,
    )
    return old.changed(
        transaction_id=transaction.transaction_id,
        key=transaction.key,
        captured=transaction.is_taken,
        capture_before=transaction.capture_before or old.capture_before,
        held_at=transaction.held_at,
        honoured_until=transaction.honoured_until,
        ids=ids,
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
        ids=transaction.ids,
        customer=transaction.customer,
        held_at=transaction.held_at,
        honoured_until=transaction.honoured_until,
    )
