"""Pages for order refusals that no form page handles. Each says what is wrong and how to fix it."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from lambdas.forms.fields.field import FormField
from lambdas.forms.form import Form
from lambdas.forms.pages.look import look
from lambdas.forms.pages.templates import message_page
from lambdas.forms.shop import Shop
from lambdas.languages.texts import N_, _, joined, known_text
from lambdas.orders.errors import Again, CardDataError, Nature, OrderError, Problem
from lambdas.orders.submit_errors import CouponGoneError, PaymentRefusedError, SubmitsPausedError
from lambdas.web.http import Answer

REVIEWED = N_(
    "We have your order. We review it and then contact you. Nothing was charged, and you need not send it again."
)
_NEW_ORDER = N_("Begin a new order")


_FOR_PROGRAMS = re.compile(r"\binfo\b|\bpack[0-9]|\border\.|_")  # paths, methods and parameters, which no page has


def notice_of(refused: OrderError, form: Form) -> str:
    """The notice for a refusal that leads back to the last page."""
    match refused:
        case PaymentRefusedError():
            why = known_text(refused.reason)
            failed = (
                _("Your payment did not go through: {why}.", why=why) if why else _("Your payment did not go through.")
            )
            return joined(failed, _("Nothing was charged. Try again, or choose another way to pay."))
        case SubmitsPausedError():
            return _(
                "We cannot take orders at the moment, so yours was not sent, and nothing was charged. Everything you entered is "
                "saved. Come back after {time} and order then.",
                time=refused.until,
            )
        case CouponGoneError():
            return _("A coupon can no longer be used, so the price changed. Check the price before you order.")
    problems = problems_in_words(refused, form.fields)
    return _("There is a problem with your order. Check this: {problems}.", problems=problems)


def form_fields(shop: Shop) -> tuple[FormField, ...]:
    """The fields of all forms. Refusals that no page handles know no form."""
    return tuple(field for form in shop.forms.values() for field in form.fields)


def problems_in_words(error: OrderError, fields: Iterable[FormField]) -> str:
    """The problems of a refusal, by the labels of the fields that write what they are about."""
    labels: dict[str, str] = {}
    for field in fields:
        labels.setdefault(field.key, field.label)
    return "; ".join(dict.fromkeys(_in_words(problem, labels) for problem in error.problems))


def _in_words(problem: Problem, labels: Mapping[str, str]) -> str:
    label = labels.get(problem.field.removeprefix("info.").partition(".")[0], "")
    text = "" if _FOR_PROGRAMS.search(problem.text) else known_text(problem.text)
    return ": ".join(filter(None, (label, text))) or _("contact us, because no page of this form can change it")


def refusal_page(shop: Shop, error: OrderError) -> Answer:
    """The page of a refusal. It says "send it again" only if a later attempt can succeed."""
    status, title, text, link = _words_for(shop, error)
    return message_page(status, title, text, link=link)


def _words_for(shop: Shop, error: OrderError) -> tuple[HTTPStatus, str, str, tuple[str, str] | None]:
    if isinstance(error, CardDataError):
        text = _(
            "Something you entered looks like a card number. Go back and remove it. The payment page asks for it later."
        )
        return HTTPStatus.UNPROCESSABLE_ENTITY, _("Remove the card number"), text, None
    if error.for_clients:
        problems = problems_in_words(error, form_fields(shop))
        text = _("Go back and check this: {problems}. Your earlier entries are saved.", problems=problems)
        return HTTPStatus.UNPROCESSABLE_ENTITY, _("There is a problem with your order"), text, None
    match error.nature:
        case Nature.NOT_FOUND:
            text = _("It was not sent in time, so we deleted it. Begin a new order if you still want to order.")
            return HTTPStatus.GONE, _("This order was deleted"), text, (_(_NEW_ORDER), look().brand.forms_path)
        case Nature.BROKEN:
            text = _("Your order is not lost, but we must fix a fault before we can show it. Contact us.")
            return HTTPStatus.INTERNAL_SERVER_ERROR, _("We cannot show this order now"), text, None
    if error.again is Again.LATER:
        text = _("Someone else changed this order at the same time. Go back and send the page again.")
        return HTTPStatus.CONFLICT, _("Send the page again"), text, None
    text = _("This change is not possible. Your earlier entries are saved. Reload the form or contact us.")
    return HTTPStatus.CONFLICT, _("Your order was not changed"), text, None
