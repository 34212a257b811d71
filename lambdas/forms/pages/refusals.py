"""Pages for order refusals that no form page handles. Each says what is wrong and how to fix it."""

from http import HTTPStatus

from lambdas.forms.pages.templates import message_page
from lambdas.forms.shop import Shop
from lambdas.orders.errors import Again, CardDataError, Nature, OrderError
from lambdas.web.http import Answer

_NEW_ORDER = ("Begin a new order", "/forms")


def refusal_page(shop: Shop, error: OrderError) -> Answer:
    """The page of a refusal. It says "send it again" only if a later attempt can succeed."""
    status, title, text, link = _words_for(error)
    return message_page(status, title, text, company=shop.company, link=link)


def _words_for(error: OrderError) -> tuple[HTTPStatus, str, str, tuple[str, str] | None]:
    if isinstance(error, CardDataError):
        text = (
            "Something you entered looks like a card number. Go back and remove it. The payment page asks for it later."
        )
        return HTTPStatus.UNPROCESSABLE_ENTITY, "Remove the card number", text, None
    if error.for_clients:
        problems = "; ".join(problem.text for problem in error.problems)
        text = f"Go back and correct this: {problems}. Your earlier entries are saved."
        return HTTPStatus.UNPROCESSABLE_ENTITY, "Correct your order", text, None
    match error.nature:
        case Nature.NOT_FOUND:
            text = "It was not sent in time, so we deleted it. Begin a new order if you still want to order."
            return HTTPStatus.GONE, "This order was deleted", text, _NEW_ORDER
        case Nature.BROKEN:
            text = "Your order is not lost, but we must fix a fault before we can show it. Contact us."
            return HTTPStatus.INTERNAL_SERVER_ERROR, "We cannot show this order now", text, None
    if error.again is Again.LATER:
        text = "Someone else changed this order at the same time. Go back and send the page again."
        return HTTPStatus.CONFLICT, "Send the page again", text, None
    text = "This change is not possible. Your earlier entries are saved. Reload the form or contact us."
    return HTTPStatus.CONFLICT, "Your order was not changed", text, None
