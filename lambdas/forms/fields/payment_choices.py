"""Ways to pay on the last page, and the changes that a choice makes to the order (reference/ubersmith.md 5.2).

Longer than 200 lines, because each way to pay is offered, chosen, remembered and named here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lambdas.forms.checkout.mandate import mandate_text
from lambdas.forms.fields.closed_ways import Ways, closed_notice, until_then, ways_of
from lambdas.forms.fields.field import Choice, Input
from lambdas.forms.fields.method_names import ENTERED_THERE, kind_of, label_of
from lambdas.forms.form import HELD, Form, Page
from lambdas.forms.save_page import preview_order
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop
from lambdas.languages.texts import N_, _
from lambdas.orders.decisions.lead.on_account import costs_nothing, is_invoiced_to
from lambdas.orders.model.info import Info, text
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import MayBeInvoiced
from lambdas.payments.hosted_pages import HostedPage
from lambdas.records.clients.payment_method import APPROVAL, MethodKind, PaymentMethod, submitted_method
from lambdas.records.links.link import digest_of

PAYMENT = "payment"  # the input's name
_STORED, _ENTERED, _PAYPAL, _ACCOUNT = "stored:", "entered", "paypal", "account"
_ENTER = {f"enter:{page.value}": page for page in HostedPage}
_TOKENS = ("cc_token", "ach_token", "paypal_token")
_OF_METHODS = (*_TOKENS, "ach_mandate", "billing_info_id")  # what another choice forgets
_SIGN_IN = N_("Sign in to pay by invoice, or contact us to become a client: only clients can order here")
_NO_CREDIT = N_("Contact us to order: we cannot invoice this order, perhaps because one of your invoices is overdue")


def choices(shop: Shop, form: Form, page: Page, session: Session) -> tuple[Choice, ...]:
    """The method entered on this session, the signed-in client's stored methods, and the methods that can be entered.

    If the order cannot be invoiced, only methods that can hold money are offered. One whose provider is paused is offered only
    if the buyer chose it before, and says until when."""
    if not page.payment or is_free(session.order):
        return ()
    invoiced, ways = is_invoiced_here(shop, form, session), ways_of(shop, form, session)
    entered = _entered_method(session)
    offered = []
    if entered and ways.takes(entered.kind) and (entered.can_be_held or invoiced):
        until = ways.paused_until(entered)
        detail = until_then(until) if until else _detail(shop, session, entered, entered.token)
        offered.append(Choice(value=_ENTERED, label=label_of(entered), detail=detail))
    for number, method in _load_stored(shop, session).items():
        until = ways.paused_until(method)
        is_closed = not ways.choice.can_charge(method) or (until and number != _stored_on(session))
        if not is_closed and (method.can_be_held or invoiced):
            value = f"{_STORED}{number}"
            detail = until_then(until) if until else _detail(shop, session, method, value)
            detail = detail or _("stored with your account")
            offered.append(Choice(value=value, label=label_of(method), detail=detail))
    return (*offered, *_choices_to_enter(page, ways, session, entered, invoiced=invoiced))


def is_free(order: Order | None) -> bool:
    """Whether nothing is due, so the page asks for no way to pay."""
    return order is not None and not order.total_cents and costs_nothing(order)


def is_invoiced_here(shop: Shop, form: Form, session: Session) -> bool:
    """Whether the order of this session can be invoiced without a hold. Existing clients must have signed in."""
    who = shop.service.who_is_invoiced(shop.order_queue_id(form), form.may_be_invoiced)
    if who is MayBeInvoiced.EXISTING_CLIENTS and not session.is_signed_in:
        return False
    if session.order is None:
        return who is MayBeInvoiced.EVERYBODY
    return is_invoiced_to(session.order, who, shop.clients, shop.now())


def _choices_to_enter(
    page: Page, ways: Ways, session: Session, entered: PaymentMethod | None, *, invoiced: bool
) -> Iterator[Choice]:
    for value, hosted in _ENTER.items():
        held = hosted.value in HELD or invoiced
        if hosted.value in page.ways and held and ways.is_open(MethodKind(hosted.value)):
            first, another, button = ENTERED_THERE[hosted]
            label = another if entered and entered.kind.value == hosted.value else first
            detail = _("you enter it on our payment provider's page")
            yield Choice(value=value, label=_(label), detail=detail, button=_(button))
    until = ways.paused_until(MethodKind.PAYPAL)
    if _PAYPAL in page.ways and ways.takes(MethodKind.PAYPAL) and (not until or _is_by_paypal(session)):
        detail = until_then(until) if until else _("you approve it on PayPal's page when you order")
        yield Choice(value=_PAYPAL, label=_("Pay by PayPal"), detail=detail)
    if "account" in page.ways and invoiced:
        yield Choice(
            value=_ACCOUNT, label=_("Pay by invoice"), detail=_("the first charge is invoiced, nothing is held now")
        )


def input_of(shop: Shop, form: Form, page: Page, session: Session) -> Input | None:
    """The choices as one input of the page; None if the page takes no payment or nothing is due."""
    if not page.payment or is_free(session.order):
        return None
    found = choices(shop, form, page, session)
    help = _say_closed(shop, form, page, session, others=bool(found)) or (
        "" if found else _why_nothing_is_offered(session)
    )
    return Input(
        name=PAYMENT, label=_("How do you want to pay?"), widget="radio", required=True, choices=found, help=help
    )


def _say_closed(shop: Shop, form: Form, page: Page, session: Session, *, others: bool) -> str:
    """Say which of the page's ways to pay are paused."""
    kinds = [kind for kind in MethodKind if kind.value in page.ways]
    return closed_notice(ways_of(shop, form, session).paused(kinds), others=others)


def _why_nothing_is_offered(session: Session) -> str:
    return _(_NO_CREDIT) if session.is_signed_in else _(_SIGN_IN)


def current_choice(shop: Shop, form: Form, page: Page, session: Session) -> str:
    """The order's current choice, or else the first one offered. A method that its bank declined is chosen by nobody but the
    client."""
    found = choices(shop, form, page, session)
    if session.order is None or not found:
        return ""
    info, values = session.order.info, {choice.value for choice in found}
    wanted = f"{_STORED}{stored}" if (stored := _stored_on(session)) else _ENTERED
    if wanted in values:
        return "" if is_declined(session) else wanted
    chosen = {"invoice": _ACCOUNT, "paypal": _PAYPAL}.get(text(info, "payment_type"))
    if chosen in values:
        return chosen or ""
    return found[0].value


def problems(
    shop: Shop, form: Form, page: Page, session: Session, *, typed: Mapping[str, str], changes: Info
) -> dict[str, str]:
    """Errors of the choice, by input. The changes are applied first: a coupon on this page may leave nothing to pay."""
    if not page.payment:
        return {}
    sold = replace(session, order=preview_order(shop, form, session.order, changes))
    found = choices(shop, form, page, sold)
    if is_free(sold.order) or typed.get(PAYMENT) in {choice.value for choice in found}:
        return {}
    closed = _say_closed(shop, form, page, sold, others=bool(found)) if typed.get(PAYMENT) else ""
    return {PAYMENT: closed or (_("Select how you want to pay") if found else _why_nothing_is_offered(session))}


def page_to_enter(choice: str) -> HostedPage | None:
    """The provider's page for this choice, if it needs one."""
    return _ENTER.get(choice)


def changes_of(choice: str, shop: Shop, session: Session) -> Info:
    """Changes of `info` for a choice that needs no provider's page. A method that was entered but not chosen is forgotten."""
    info = session.order.info if session.order else {}
    if choice == _ENTERED:
        return {}
    forgotten: Info = {key: "" for key in _OF_METHODS if text(info, key)}
    if choice.startswith(_STORED):
        number = choice.removeprefix(_STORED)
        kind = _load_stored(shop, session)[number].kind
        payment_type = {MethodKind.CARD: "cc", MethodKind.BANK_ACCOUNT: "ach", MethodKind.PAYPAL: "paypal"}[kind]
        return {**forgotten, "payment_type": payment_type, "billing_info_id": number}
    if choice == _PAYPAL:
        return {**forgotten, "payment_type": "paypal", "paypal_token": APPROVAL}
    return {**forgotten, "payment_type": "invoice"}


def entered_changes(entered: Mapping[str, str], info: Mapping[str, object]) -> Info:
    """Changes of `info` for the method entered on the provider's page. It replaces the earlier choice."""
    forgotten = {key: "" for key in _OF_METHODS if text(info, key)}
    return {**forgotten, **entered}


def remember_entered(shop: Shop, session: Session, entered: Mapping[str, str]) -> None:
    """Bind the entered method to this session. No other session of the order may pay with it."""
    if session.link and (token := next((entered[key] for key in _TOKENS if entered.get(key)), "")):
        shop.sessions.enter(session.link, token)


def remember_declined(shop: Shop, session: Session) -> None:
    """Store that the bank declined the order's current method, so that no page chooses it again."""
    if session.link and (method := _current_method(session)):
        shop.sessions.mark_declined(session.link, method)


def is_declined(session: Session) -> bool:
    """Whether the order's current method was declined on this session."""
    method = _current_method(session)
    return bool(method) and session.link is not None and session.link.declined == digest_of(method)


def saved_method(session: Session) -> str:
    """The kind of the method that was entered on this session and that no bank declined: `Card`. Empty if there is none."""
    entered = None if is_declined(session) else _entered_method(session)
    return kind_of(entered) if entered else ""


def _current_method(session: Session) -> str:
    """The token, or the number of the stored method, that the order would be paid with; empty if there is none."""
    if session.order is None:
        return ""
    if stored := _stored_on(session):
        return f"{_STORED}{stored}"
    return next((found for key in _TOKENS if (found := text(session.order.info, key))), "")


def _detail(shop: Shop, session: Session, method: PaymentMethod, chosen: str) -> str:
    """A decline of this choice or, of a bank account, the mandate that its owner gives by ordering."""
    is_debited = method.kind is MethodKind.BANK_ACCOUNT and session.order is not None
    return _outcome(session, chosen) or (mandate_text(shop, session.order) if is_debited and session.order else "")


def _outcome(session: Session, method: str) -> str:
    declined = session.link is not None and session.link.declined == digest_of(method)
    return _("declined by its bank") if declined else ""


def _entered_method(session: Session) -> PaymentMethod | None:
    method = submitted_method(session.order.info) if session.order and not _stored_on(session) else None
    here = method is not None and session.link is not None and session.link.entered == digest_of(method.token)
    return method if here else None


def _load_stored(shop: Shop, session: Session) -> dict[str, PaymentMethod]:
    """Read the stored methods of the client who signed in on this session. A link alone does not open them."""
    client_id = session.order.client_id if session.order and session.is_signed_in else None
    return dict(shop.methods.of_client(client_id)) if client_id else {}


def _is_by_paypal(session: Session) -> bool:
    return session.order is not None and text(session.order.info, "payment_type") == "paypal"


def _stored_on(session: Session) -> str:
    return text(session.order.info, "billing_info_id") if session.order else ""
