"""Names of payment methods: `Visa ending in 4242, expires 12/30`."""

from lambdas.languages.texts import N_, _
from lambdas.payments.hosted_pages import HostedPage
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod

_KINDS = {MethodKind.CARD: N_("Card"), MethodKind.BANK_ACCOUNT: N_("Bank account"), MethodKind.PAYPAL: "PayPal"}
ENTERED_THERE = {
    HostedPage.CARD: (N_("Pay by card"), N_("Pay by another card"), N_("Continue to enter your card")),
    HostedPage.BANK_ACCOUNT: (
        N_("Pay by bank account"), N_("Pay by another bank account"), N_("Continue to enter your bank account"),
    ),
}  # fmt: skip
"""What the choice, the choice of a further one, and the button say."""


def name_of(kind: MethodKind) -> str:
    return _(_KINDS[kind])


def kind_of(method: PaymentMethod) -> str:
    return name_of(method.kind)


def label_of(method: PaymentMethod) -> str:
    label = method.brand or method.bank or kind_of(method)
    if method.last_four:
        label = _("{method} ending in {digits}", method=label, digits=method.last_four)
    if len(method.expiry) == 4:
        expiry = "/".join((method.expiry[:2], method.expiry[2:]))
        label = _("{method}, expires {expiry}", method=label, expiry=expiry)
    return label
