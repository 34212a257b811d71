"""The last page: pays and submits the order, through the payment provider's pages, and ends at the status page.

The order service makes sure that a double click makes one order and one hold. Here, each of its refusals gets a page.

Longer than 200 lines, because it is the way of one order through payment, with the page of each outcome.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

from lambdas.forms.checkout.mandate import with_mandate
from lambdas.forms.fields.filled import current_page
from lambdas.forms.fields.payment_choices import (
    PAYMENT,
    changes_of,
    entered_changes,
    is_free,
    page_to_enter,
    remember_declined,
    remember_entered,
)
from lambdas.forms.form import Form
from lambdas.forms.pages.changed_order import changes_on_page, show_again, withdraw_agreement
from lambdas.forms.pages.question import question
from lambdas.forms.pages.refusals import REVIEWED, notice_of
from lambdas.forms.pages.templates import drawn
from lambdas.forms.save_page import by_of, change_order, in_its_language, preview_order, save, with_signature
from lambdas.forms.session.csrf import refuse_other_sites
from lambdas.forms.session.payer import CHALLENGE, payer_of, seen_at_payment
from lambdas.forms.session.session import Session
from lambdas.forms.session.shown_price import SEEN, refuse_unseen, seen_on
from lambdas.forms.shop import RETURN, REVIEW, WAIT, Shop, make_status_path, path_of, redirect_to_order
from lambdas.languages.texts import _
from lambdas.orders.errors import InvalidOrderError, OrderError, OrderIsFinalError, RevisionDiffersError
from lambdas.orders.model.info import merge
from lambdas.orders.model.order import Order
from lambdas.orders.submit_errors import (
    AuthenticationRequiredError,
    CouponGoneError,
    NoChallengeError,
    NoOpenPaymentError,
    PaymentRefusedError,
    PaymentUnknownError,
    ReviewNeededError,
    SubmitInProgressError,
    SubmitsPausedError,
    TotalDiffersError,
)
from lambdas.payments.hosted_pages import HostedPage, HostedPages, NotEnteredError
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

ACT, ENTER = "act", "enter"  # the button's name, and its value while it leads to the provider's page
WAIT_SECONDS = 5


def pay(shop: Shop, form: Form, session: Session, order: Order, request: WebRequest) -> Answer:
    """Lead to the provider's page for entering a payment method, or submit at the price that was shown.

    Raises RevisionDiffersError or TotalDiffersError if the order or its price changed; nothing is charged then.
    """
    if (here := current_page(form, shop.input_of(form, order))) != form.last:
        return see_other(path_of(form, here))
    changes = changes_on_page(shop, form, order, request)
    choice = "" if is_free(preview_order(shop, form, order, changes)) else request.typed[PAYMENT]
    page = page_to_enter(choice)
    if request.typed.get(ACT) == ENTER and page is None:  # its button did not say that it orders
        change_order(shop, form, order, merge(changes, changes_of(choice, shop, session) if choice else {}))
        return see_other(path_of(form, form.last))
    if page:
        save(shop, form, session, changes, request)
        back = request.origin + path_of(form, RETURN)
        try:
            hosted = shop.hosted.to_enter(order.brand_id, page)
            asked = {"back": back, "state": session.derived(page.value), "currency": order.currency}
            return see_other(hosted.entry_url(page, **asked))
        except NotEnteredError as refused:
            return _return_with_notice(shop, form, session, _(str(refused)))
    shown = refuse_unseen(order, seen_on(session, request.typed.get(SEEN, "")), shop.now())
    paid = merge(changes, changes_of(choice, shop, session) if choice else {})
    paid = with_mandate(shop, order, paid, request) if choice else paid
    wanted = with_signature(in_its_language(shop, order, paid))
    agreed: dict[str, Any] = {"changes": wanted, "shown": shown, "form_invoices": form.may_be_invoiced}
    payer = payer_of(form, session, request)
    submit = partial(shop.service.submit, order, by=by_of(form), payer=payer, **agreed)
    return _submit(shop, form, session, order, request, submit)


def on_return(shop: Shop, form: Form, session: Session, request: WebRequest) -> Answer:
    """Take the return from the provider's page, with the entered method or the card holder's authentication."""
    order = session.order
    if order is None or not order.is_lead:
        return redirect_to_order(shop, form, session, order) if order else see_other(path_of(form, form.first))
    state = request.query.get("state", "")
    is_proof = session.is_derived(CHALLENGE, state)
    page = next((page for page in HostedPage if session.is_derived(page.value, state)), None)
    if page is None and not is_proof:
        text = _(
            "The answer of the payment page belongs to another browser or order. Nothing was charged. Go back and pay again."
        )
        raise RefusedError(HTTPStatus.BAD_REQUEST, _("Open the payment page again"), text, _to_last(form))
    try:
        if page is None:
            proof = _pages_of(shop, order).proof(request.query)
            submit = partial(shop.service.authenticate, order, proof, shown=seen_at_payment(order), by=by_of(form))
            return _submit(shop, form, session, order, request, submit)
        entered = shop.hosted.to_enter(order.brand_id, page).entered(page, request.query)
    except NotEnteredError as refused:
        return _return_with_notice(shop, form, session, _(str(refused)))
    change_order(shop, form, order, entered_changes(entered, order.info))
    remember_entered(shop, session, entered)
    return _return_with_notice(shop, form, session, "")


def show_wait(shop: Shop, form: Form, session: Session, request: WebRequest) -> Answer:
    """Show that the payment is being confirmed. It reloads automatically; its button asks the provider if nobody else does."""
    order = session.order
    if order is None:
        return see_other(path_of(form, form.first))
    if not order.is_lead or order.attempt is None:
        return redirect_to_order(shop, form, session, order)
    if not order.is_being_submitted(shop.now()):  # the process that asked the provider died: the button asks again
        text = _(
            "We do not know yet how the payment of order {order_id} went. Check again: you will not be charged twice.",
            order_id=order.reference,
        )
        return question(
            shop, form, session, request,
            title=_("Your payment is being confirmed"), texts=(_("Do not pay again."), text), button=_("Check again"),
            action=path_of(form, WAIT), at_once=True,
        )  # fmt: skip
    body = drawn(
        "wait.html", title=_("Your payment is being confirmed"), form=form, reference=order.reference,
        here=path_of(form, WAIT), refresh=WAIT_SECONDS,
    )  # fmt: skip
    return Answer(HTTPStatus.OK, body)


def look_again(shop: Shop, form: Form, request: WebRequest) -> Answer:
    """Ask the provider about an unclear payment, under the same key. Raises RefusedError if another site sent the request."""
    session = shop.session_of(form, request)
    refuse_other_sites(request, session)
    order = session.order
    if order is None or not order.is_lead or order.attempt is None or order.is_being_submitted(shop.now()):
        return show_wait(shop, form, session, request)
    payer = payer_of(form, session, request)
    submit = partial(shop.service.resume_submit, order, shown=seen_at_payment(order), by=by_of(form), payer=payer)
    return _submit(shop, form, session, order, request, submit)


def _submit(  # noqa: PLR0911, PLR0917 - one page for each outcome
    shop: Shop, form: Form, session: Session, order: Order, request: WebRequest, submit: Callable[[], Order]
) -> Answer:
    """Submit, authenticate or resume an open payment, and lead to the page of its outcome."""
    try:
        done = submit()
    except (RevisionDiffersError, TotalDiffersError):
        return show_again(shop, form, request)
    except CouponGoneError as gone:
        withdraw_agreement(shop, form, shop.service.get(order_id=order.order_id))
        return _return_with_notice(shop, form, session, notice_of(gone, form))
    except (PaymentRefusedError, SubmitsPausedError, InvalidOrderError) as refused:
        return _return_refused(shop, form, session, order, refused)
    except AuthenticationRequiredError as asked:
        return _to_bank(shop, form, session, request, str(asked.facts["url"]))
    except (PaymentUnknownError, SubmitInProgressError):
        return see_other(path_of(form, WAIT))
    except ReviewNeededError:
        _return_with_notice(shop, form, session, _(REVIEWED))
        return see_other(path_of(form, REVIEW))
    except (OrderIsFinalError, NoChallengeError, NoOpenPaymentError):
        return redirect_to_order(shop, form, session, order)
    shop.counts.count_submitted(form, done.order_id)
    return see_other(make_status_path(shop, session, done))


def _return_refused(shop: Shop, form: Form, session: Session, order: Order, refused: OrderError) -> Answer:
    """Lead back to the last page with the reason. A method that its bank declined is not chosen there again."""
    if isinstance(refused, PaymentRefusedError) and refused.by_bank:
        remember_declined(shop, replace(session, order=shop.service.get(order_id=order.order_id)))
    return _return_with_notice(shop, form, session, notice_of(refused, form))


def _pages_of(shop: Shop, order: Order | None) -> HostedPages:
    """Those on which the order's open payment is confirmed."""
    return shop.hosted.of_payment(order.attempt.key if order and order.attempt else "")


def _to_bank(shop: Shop, form: Form, session: Session, request: WebRequest, challenge: str) -> Answer:
    back = request.origin + path_of(form, RETURN)
    try:
        pages = _pages_of(shop, shop.session_of(form, request).order)
        return see_other(pages.challenge_url(challenge, back=back, state=session.derived(CHALLENGE)))
    except NotEnteredError as refused:
        return _return_with_notice(shop, form, session, _(str(refused)))


def _return_with_notice(shop: Shop, form: Form, session: Session, notice: str) -> Answer:
    """Store the notice and lead back to the last page, which shows it."""
    if session.link:
        shop.links.note(session.link, notice)
    return see_other(path_of(form, form.last))


def _to_last(form: Form) -> tuple[str, str]:
    return _("Back to payment"), path_of(form, form.last)
