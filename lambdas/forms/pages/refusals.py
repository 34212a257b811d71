"""Refusals of orders that no page foresaw, in words for the person who orders: what is so, and what they can do about it."""

from http import HTTPStatus

from lambdas.forms.pages.templates import message_page
from lambdas.forms.shop import Shop
from lambdas.forms.web import Answer
from lambdas.orders.errors import Again, CardDataError, Nature, OrderError

_NEW_ORDER = ("Begin a new order", "/forms")


def refusal_page(shop: Shop, error: OrderError) -> Answer:
    """Only what waiting mends is called so: who is told to send it again must not be refused for ever."""
    status, title, text, link = _words_for(error)
    return message_page(status, title, text, company=shop.company, link=link)


def _words_for(error: OrderError) -> tuple[HTTPStatus, str, str, tuple[str, str] | None]:
    if isinstance(error, CardDataError):
        text = (
            "Something you sent looks like a card number. Go back and take it out: the payment page asks for it later."
        )
        return HTTPStatus.UNPROCESSABLE_ENTITY, "Please send no card number", text, None
    if error.for_clients:
        problems = "; ".join(problem.text for problem in error.problems)
        text = f"Go back and change what you sent: {problems}. What you sent before is kept."
        return HTTPStatus.UNPROCESSABLE_ENTITY, "This cannot be ordered so", text, None
    match error.nature:
        case Nature.NOT_FOUND:
            text = "It was deleted, because nobody sent it in time. Begin a new one if you still want to order."
            return HTTPStatus.GONE, "This order is not here any more", text, _NEW_ORDER
        case Nature.BROKEN:
            text = "Your order is not lost, but we have to mend something before it can be shown. Please write to us."
            return HTTPStatus.INTERNAL_SERVER_ERROR, "We cannot show this order now", text, None
    if error.again is Again.LATER:
        text = "Somebody else changed this order at the same moment. Go back, and send the page again."
        return HTTPStatus.CONFLICT, "Please try again", text, None
    text = "Your order cannot be changed so. What you sent before is kept; load the form once more, or write to us."
    return HTTPStatus.CONFLICT, "That is not possible", text, None
