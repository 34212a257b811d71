"""Forms of the desk: refuses what no page of it in this browser sent, and reads a reason."""

from collections.abc import Callable
from http import HTTPStatus

from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.text import line
from lambdas.orders.contact.unfit import UnfitError
from lambdas.records.users.sessions import UserSession
from lambdas.web.http import RefusedError, WebRequest, is_of_another_site

CSRF = "csrf"


def refuse_others(request: WebRequest, session: UserSession) -> None:
    """Raise RefusedError unless a page of this session sent it."""
    if is_of_another_site(request) or not session.is_derived(CSRF, request.typed.get(CSRF, "")):
        text = "This was not sent by a page of the desk in this browser, so nothing was done. Load the page again."
        raise RefusedError(HTTPStatus.FORBIDDEN, "Nothing was done", text, ("Order desk", "/desk"))


def reason_of(
    request: WebRequest, most: int, refusal: Callable[[str], RefusedError], *, kept: str, is_needed: bool = True
) -> str:
    """The reason that was typed. `most`: characters. `kept`: where it is kept, in words. Raises the page's `refusal`."""
    typed = request.typed.get("reason", "")
    if has_card_number(typed):
        raise refusal("What you typed contains a card number. Remove it: it must not be kept here.")
    try:
        reason = line(typed)
    except UnfitError as unfit:
        raise refusal(f"What you typed {unfit}.") from None
    if (is_needed and not reason) or len(reason) > most:
        raise refusal(f"Say why, in at most {most} characters. The reason is kept {kept}.")
    return reason
