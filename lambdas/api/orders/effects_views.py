"""The money of an order as new callers get it: the answer to a client's question, payments, calls, look-ups, certificate."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.disputes import DisputeView, dispute_view
from lambdas.api.http.values import iso
from lambdas.orders.model.money import format_cents
from lambdas.payments.effects.certificate import Certificate
from lambdas.payments.effects.charged_twice import answer_of
from lambdas.payments.effects.effect import Effect, LookUp, Payment
from lambdas.payments.effects.order_money import OrderMoney, SeenPayment

_State = Literal[
    "pending", "needs_authentication", "held", "captured", "partly_refunded", "refunded", "voided", "lapsed", "failed"
]


class ProviderPaymentView(TypedDict):
    """A payment of the order at its provider."""

    key: Annotated[str, Doc("The key that it was begun under; the provider keeps it beside the payment.")]
    transaction_id: Annotated[str | None, Doc("The provider's id; null: nothing was begun under the key.")]
    state: Annotated[_State | None, Doc("The payment's state; null: nothing was begun under the key.")]
    amount: Annotated[str | None, Doc("What is held, or was taken.")]
    refunded: Annotated[str | None, Doc("The part of it that was refunded, or lost in a dispute.")]
    currency: Annotated[str | None, Doc("ISO 4217 code, such as USD.")]
    dispute: Annotated[DisputeView | None, Doc("Its dispute at the payer's bank; null: there was none.")]
    current: Annotated[
        bool, Doc("Whether the provider stated so now; false: it did not answer, and the records say so.")
    ]


class ProviderCallView(TypedDict):
    """One call to the provider that may have moved money."""

    kind: Annotated[
        Literal["authorize", "authenticate", "renew", "capture", "void", "refund"],
        Doc("What was asked for. authorize: a hold; renew: another one in its place."),
    ]
    outcome: Annotated[
        Literal["done", "declined", "lapsed", "not_reached", "refused_us", "misused", "unknown"],
        Doc("What came of it. unknown: no answer is recorded; of the others, only done moved money."),
    ]
    asked_at: Annotated[str | None, Doc("When it was asked.")]
    answered_at: Annotated[str | None, Doc("When the answer was recorded; null: none was.")]
    asked_by: Annotated[str | None, Doc("The user whose request it was; null: the client's, or the queue's own.")]
    asked_in: Annotated[str, Doc("The function that asked, such as api or actions.generate_invoice.")]
    try_number: Annotated[int, Doc("Which call under this key it was.")]
    amount: Annotated[str | None, Doc("What was asked for; null: all of it.")]
    currency: Annotated[str | None, Doc("ISO 4217 code; null where no sum was named.")]
    gateway: Annotated[str, Doc("The provider.")]
    key: Annotated[str, Doc("The key of the call.")]
    transaction_id: Annotated[str | None, Doc("The provider's id of the payment; null: none is known.")]
    state: Annotated[_State | None, Doc("The payment's state after the call; null: there was no answer.")]


class PaymentLookUpView(TypedDict):
    """The look-ups of one payment."""

    key: Annotated[str, Doc("The key of the payment.")]
    times: Annotated[int, Doc("How often it was looked up.")]
    last_at: Annotated[str | None, Doc("When it was looked up last.")]
    answered_at: Annotated[str | None, Doc("When the provider answered last; null: it never did.")]
    found: Annotated[bool | None, Doc("Whether it knew the payment then; null: it never answered.")]
    state: Annotated[_State | None, Doc("The payment's state then; null: it was not found.")]


class CertificateView(TypedDict):
    """The remains of a canceled order."""

    complete: Annotated[bool, Doc("Whether nothing is left, and the provider has confirmed it now.")]
    sentence: Annotated[str, Doc("The same in words.")]
    holds: Annotated[int, Doc("Payments that are held or undecided.")]
    services: Annotated[int, Doc("Services that are not canceled.")]
    credit_notes: Annotated[
        list[int], Doc("Numbers of the notes that credit the order's invoices; empty if it has none.")
    ]
    left: Annotated[list[str], Doc("All that is still open, in words.")]


class OrderEffectsView(TypedDict):
    order_id: Annotated[str, Doc("The order's number.")]
    charged_twice: Annotated[Literal["no", "yes", "unknown"], Doc("unknown: a payment is not decided yet.")]
    answer: Annotated[str, Doc("The answer to `was I charged twice?`, in one sentence.")]
    looked_at: Annotated[str | None, Doc("When the provider was asked.")]
    certificate: Annotated[CertificateView | None, Doc("Of a canceled order: what is left of it; null of any other.")]
    payments: Annotated[list[ProviderPaymentView], Doc("Payments that may have moved money, as they are now.")]
    effects: Annotated[list[ProviderCallView], Doc("All calls that may have moved money, the earliest first.")]
    look_ups: Annotated[list[PaymentLookUpView], Doc("How often each payment was looked up.")]


@dataclass(frozen=True)
class OrderEffects:
    """The money of an order, and the certificate of a canceled one."""

    money: OrderMoney
    certificate: Certificate | None

    @property
    def order_id(self) -> str:
        return self.money.order.order_id


def effects_view(found: OrderEffects) -> OrderEffectsView:
    money, answer = found.money, answer_of(found.money)
    return {
        "order_id": money.order.order_id,
        "charged_twice": answer.verdict.value,
        "answer": answer.sentence,
        "looked_at": iso(money.looked_at),
        "certificate": _certificate(found.certificate) if found.certificate else None,
        "payments": [_payment(each) for each in money.payments],
        "effects": [_effect(each) for each in money.effects],
        "look_ups": [_look_up(each) for each in money.look_ups],
    }


def _certificate(certificate: Certificate) -> CertificateView:
    return {
        "complete": certificate.is_complete,
        "sentence": certificate.sentence,
        "holds": certificate.holds,
        "services": certificate.services,
        "credit_notes": list(certificate.credit_notes),
        "left": list(certificate.left),
    }


def _payment(seen: SeenPayment) -> ProviderPaymentView:
    payment = seen.payment
    return {
        "key": seen.key,
        "transaction_id": payment.transaction_id if payment else None,
        "state": _state(payment),
        "amount": format_cents(payment.amount_cents, payment.currency) if payment else None,
        "refunded": format_cents(payment.refunded_cents, payment.currency) if payment else None,
        "currency": payment.currency if payment else None,
        "dispute": dispute_view(payment.dispute) if payment and payment.dispute else None,
        "current": seen.is_current,
    }


def _effect(effect: Effect) -> ProviderCallView:
    known = effect.payment.transaction_id if effect.payment else effect.transaction_id
    return {
        "kind": effect.kind.value,
        "outcome": effect.outcome.value,
        "asked_at": iso(effect.asked_at),
        "answered_at": iso(effect.answered_at),
        "asked_by": effect.asked_by or None,
        "asked_in": effect.asked_in,
        "try_number": effect.try_number,
        "amount": None if effect.amount_cents is None else format_cents(effect.amount_cents, effect.currency),
        "currency": effect.currency or None,
        "gateway": effect.gateway,
        "key": effect.key,
        "transaction_id": known or None,
        "state": _state(effect.payment),
    }


def _look_up(found: LookUp) -> PaymentLookUpView:
    return {
        "key": found.key,
        "times": found.times,
        "last_at": iso(found.looked_up_at),
        "answered_at": iso(found.answered_at),
        "found": found.is_there,
        "state": _state(found.payment),
    }


def _state(payment: Payment | None) -> _State | None:
    return payment.state.value if payment else None
