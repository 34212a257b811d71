"""The mail that confirms an order: complete enough to keep as the confirmation of the contract.

It names everything that was ordered, its price, and how it is paid. It names the buyer, the terms and the seller, and the
right of withdrawal where the form has a text on it. Host names are in it only if money was held or paid: they read as links,
and anybody can order in anybody's name without paying.
"""

from collections.abc import Iterator, Mapping

from lambdas.catalog.plan import Plan
from lambdas.catalog.spoken_packs import spoken_pack
from lambdas.forms.fields.agreement import MSA, AgreementField
from lambdas.forms.form import Form
from lambdas.forms.pages.amounts import day_of
from lambdas.forms.pages.summary import Summary, summary_of
from lambdas.forms.status.account_question import ACCOUNT
from lambdas.forms.status.payment_words import how_paid
from lambdas.languages.language import spoken
from lambdas.languages.texts import N_, _
from lambdas.mail.addresses import harmless
from lambdas.mail.link_mail import DO_NOT_SHARE, address_of, greeting, name_in
from lambdas.mail.sender import Sender
from lambdas.mail.sending import Mail
from lambdas.orders.contact.text import shown_line
from lambdas.orders.decisions.await_payment import INVOICING_MODULE
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.model.queue import Queue

_ACCOUNT = N_(
    "You have an account with us. Confirm on this page that the order is yours, and it becomes part of your account. "
    "If you did not place this order, write to us there."
)
_LONGEST = 120  # of a text that the client typed
_CONTACT = ("company", "address", "city", "zip", "state", "country", "vat_id")


def confirmation(
    order: Order,
    form: Form,
    queue: Queue,
    sender: Sender,
    url: str,
    *,
    has_account: bool = False,
    plans: Mapping[str, Plan] | None = None,
) -> Mail:
    """`url`: of the order's status page. `has_account`: the address is a client's, to whom the order does not belong yet.
    `plans`: give the names in other languages.

    Longer than 30 lines, because it lists the mail's parts.
    """
    form = form.in_language(spoken().tag)
    parts = (
        greeting(order),
        form.thanks,
        _ordered_on(order),
        "\n".join(_content(order, plans)),
        how_paid(order),
        "\n".join(_buyer(order)),
        "\n".join(_terms(order, form)),
        _seller(form, sender.name(queue.brand_id)),
        "\n".join((_("Right of withdrawal:"), form.withdrawal.strip())) if form.withdrawal else "",
        _(_ACCOUNT) if has_account else "",
        "\n".join((_("See the progress of your order and write to us:"), _status_url(url, has_account=has_account))),
        "\n".join((_("Your invoices, once they are issued:"), _invoices_url(url))) if _is_invoiced(order) else "",
        _(DO_NOT_SHARE),
        sender.signature(queue),
    )
    return Mail(
        kind="confirmation",
        sender=sender.of(queue),
        to=(address_of(order),),
        subject=_("Your order {order_id}", order_id=order.reference),
        body="\n\n".join(part for part in parts if part) + "\n",
    )


def _is_invoiced(order: Order) -> bool:
    return any(action.module == INVOICING_MODULE for action in order.actions.values())


def _invoices_url(url: str) -> str:
    """The address of the order's invoices, from that of its status page."""
    path, mark, query = url.partition("?")
    return f"{path}/invoices{mark}{query}"


def _status_url(url: str, *, has_account: bool) -> str:
    """The address of the status page, which asks whether the order belongs to the reader's account."""
    return f"{url}{'&' if '?' in url else '?'}{ACCOUNT}=1" if has_account else url


def _ordered_on(order: Order) -> str:
    if order.submitted_at is None:
        return _("Order {order_id}", order_id=order.reference)
    return _("Order {order_id} of {day}", order_id=order.reference, day=day_of(order.submitted_at))


def _seller(form: Form, name: str) -> str:
    if form.seller:
        return "\n".join((_("Seller:"), form.seller.strip()))
    return " ".join((_("Seller:"), name)) if name else ""


def _content(order: Order, plans: Mapping[str, Plan] | None) -> Iterator[str]:
    summary = summary_of(order, plans=plans)
    packs = [spoken_pack(pack, plans or {}, spoken().tag) for pack in order.priced]
    for pack, line in zip(packs, summary.lines, strict=True):
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
        (_("Recurring"), summary.recurring),
        (_("Set-up"), summary.setup),
        (_("Coupon"), summary.discount),
        (_("Tax"), summary.tax),
    )
    yield from (f"  {name}: {amount}" for name, amount in sums if amount)
    first = _("First charge")
    yield f"  {first}: {summary.first_charge}"
    yield from ([f"  {summary.then}"] if summary.then else [])


def _buyer(order: Order) -> Iterator[str]:
    """The buyer, without texts that could become a link."""
    name = " ".join(filter(None, (name_in(order, "first"), name_in(order, "last"))))
    typed = (harmless(text(order.info, key), _LONGEST) for key in _CONTACT)
    known = [part for part in (name, *typed) if part]
    if known:
        yield _("Ordered by:")
        yield from (f"  {part}" for part in known)


def _terms(order: Order, form: Form) -> Iterator[str]:
    """The texts that were agreed to, as the form names them, and who signed."""
    stated = order.info.get(MSA)
    agreed = stated if isinstance(stated, dict) else {}
    for field in form.fields:
        if isinstance(field, AgreementField) and text(agreed, field.agreement) == "1":
            document = f"{field.url_text or field.label} ({field.agreement})"
            yield _("You agreed to: {document}", document=document)
            yield from ([f"  {field.url}"] if field.url.startswith("https:") else [])
    if signer := harmless(text(agreed, "signer"), _LONGEST):
        yield _("Signed by: {name}", name=signer)
