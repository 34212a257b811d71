"""The mail that confirms an order: complete enough to keep as the confirmation of the contract.

It names everything that was ordered, its price, and how it is paid. It names the buyer, the terms and the seller, and the
right of withdrawal where the form has a text on it. Host names are in it only if money was held or paid: they read as links,
and anybody can order in anybody's name without paying.
"""

from collections.abc import Iterator

from lambdas.forms.fields.agreement import MSA, AgreementField
from lambdas.forms.form import Form
from lambdas.forms.pages.amounts import day_of
from lambdas.forms.pages.summary import Summary, summary_of
from lambdas.forms.status.account_question import ACCOUNT
from lambdas.forms.status.payment_words import how_paid
from lambdas.mail.addresses import harmless
from lambdas.mail.link_mail import Sender, address_of, name_in
from lambdas.mail.sending import Mail
from lambdas.orders.contact.text import shown_line
from lambdas.orders.decisions.await_payment import INVOICING_MODULE
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.model.queue import Queue

_ACCOUNT = (
    "You have an account with us. Confirm on this page that the order is yours, and it becomes part of your account. "
    "If you did not place this order, write to us there."
)
_LONGEST = 120  # of a text that the client typed
_CONTACT = ("company", "address", "city", "zip", "state", "country", "vat_id")


def confirmation(  # noqa: PLR0917 - one caller beside the tests
    order: Order, form: Form, queue: Queue, sender: Sender, url: str, has_account: bool = False
) -> Mail:
    """`url`: of the order's status page. `has_account`: the address is a client's, to whom the order does not belong yet."""
    ordered_on = f" of {day_of(order.submitted_at)}" if order.submitted_at else ""
    parts = (
        f"Hello {name_in(order, 'first')},".replace(" ,", ","),
        form.thanks,
        f"Order {order.reference}{ordered_on}",
        "\n".join(_content(order)),
        how_paid(order),
        "\n".join(_buyer(order)),
        "\n".join(_terms(order, form)),
        f"Seller:\n{form.seller.strip()}" if form.seller else f"Seller: {sender.company}" if sender.company else "",
        f"Right of withdrawal:\n{form.withdrawal.strip()}" if form.withdrawal else "",
        _ACCOUNT if has_account else "",
        f"See the progress of your order and write to us:\n{url}{f'?{ACCOUNT}=1' if has_account else ''}",
        f"Your invoices, once they are issued:\n{url}/invoices" if _is_invoiced(order) else "",
        "Do not share this address: anyone who has it can open the page.",
        sender.company,
    )
    return Mail(
        kind="confirmation",
        sender=sender.of(queue),
        to=(address_of(order),),
        subject=f"Your order {order.reference}",
        body="\n\n".join(part for part in parts if part) + "\n",
    )


def _is_invoiced(order: Order) -> bool:
    return any(action.module == INVOICING_MODULE for action in order.actions.values())


def _content(order: Order) -> Iterator[str]:
    summary = summary_of(order)
    for pack, line in zip(order.priced, summary.lines, strict=True):
        yield f"  {line.title}: {line.price} {line.period}"
        yield from _details(order, pack)
    yield ""
    yield from _sums(summary)


def _details(order: Order, pack: PricedPack) -> Iterator[str]:
    for key, option in pack.options_desc.items():
        group = pack.groups_desc.get(key, "")
        yield f"    {group}: {option}" if group else f"    {option}"
    if pack.description and order.hold is not None:
        yield f"    {shown_line(pack.description)}"


def _sums(summary: Summary) -> Iterator[str]:
    sums = (
        ("Recurring", summary.recurring),
        ("Set-up", summary.setup),
        ("Coupon", summary.discount),
        ("Tax", summary.tax),
    )
    yield from (f"  {name}: {amount}" for name, amount in sums if amount)
    yield f"  First charge: {summary.first_charge}"
    if summary.renewals:
        note = f", {summary.renewals_note}" if summary.renewals_note else ""
        yield f"  Then {' and '.join(summary.renewals)}{note}"


def _buyer(order: Order) -> Iterator[str]:
    """The buyer, without texts that could become a link."""
    name = " ".join(filter(None, (name_in(order, "first"), name_in(order, "last"))))
    typed = (harmless(text(order.info, key), _LONGEST) for key in _CONTACT)
    known = [part for part in (name, *typed) if part]
    if known:
        yield "Ordered by:"
        yield from (f"  {part}" for part in known)


def _terms(order: Order, form: Form) -> Iterator[str]:
    """The texts that were agreed to, as the form names them, and who signed."""
    stated = order.info.get(MSA)
    agreed = stated if isinstance(stated, dict) else {}
    for field in form.fields:
        if isinstance(field, AgreementField) and text(agreed, field.agreement) == "1":
            yield f"You agreed to: {field.url_text or field.label} ({field.agreement})"
            yield from ([f"  {field.url}"] if field.url.startswith("https:") else [])
    if signer := harmless(text(agreed, "signer"), _LONGEST):
        yield f"Signed by: {signer}"
