"""Refuses forms sent by programs or other sites. Each refusal says how a person can continue."""

from collections.abc import Mapping
from http import HTTPStatus

from lambdas.forms.session.session import Session
from lambdas.languages.texts import N_, _, joined
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.web.http import RefusedError, WebRequest, is_of_another_site

CSRF, SHOWN, HONEYPOT = "csrf", "shown", "website"
PAGE_SECONDS = 2 * 86_400  # a page that was open longer must be loaded again

_AGAIN = N_("Check your entries and send the page again.")


def refuse_other_sites(request: WebRequest, session: Session) -> None:
    """Raise RefusedError unless one of our own pages sent this, to this browser."""
    if is_of_another_site(request) or not session.is_csrf(request.typed.get(CSRF, "")):
        text = _(
            "This page was not opened in this browser, or the browser blocked or deleted its cookies. Allow cookies of this "
            "site and load the form again. Your earlier entries are saved."
        )
        raise RefusedError(HTTPStatus.FORBIDDEN, _("Load the form again"), text)


def refuse_card_numbers(*values: str) -> None:
    """Raise RefusedError for a card number, which must not be stored, mailed or shown. Form pages report it at the field."""
    if any(map(has_card_number, values)):
        text = _("Your entries contain a card number. Remove it: only the payment page asks for it. Nothing was saved.")
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, _("Remove the card number"), text)


def machine_problem(typed: Mapping[str, str], session: Session, now: int, min_seconds: int) -> str:
    """A text for people if a program seems to have sent this, else an empty text."""
    if typed.get(HONEYPOT):
        return joined(_("A field that must stay empty was filled in, perhaps by a program. We cleared it."), _(_AGAIN))
    since = session.seconds_since(typed.get(SHOWN, ""), now)
    if since is None or since > PAGE_SECONDS:
        return joined(_("This page was open for too long."), _(_AGAIN))
    if since < min_seconds:
        return joined(_("The page arrived too quickly."), _(_AGAIN))
    return ""
