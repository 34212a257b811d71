"""Checkout Sessions that set a payment method up, and the hosted page on which a person enters it."""

from typing import NamedTuple

from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.forms import Json, refuse_unknown, required
from tests.stand_ins.stripe.methods import TEST_METHODS, behaviour, create_customer, find_method
from tests.stand_ins.stripe.pages import choices, page_of
from tests.stand_ins.stripe.refusals import invalid, wrong_state

DAY, HALF_HOUR = 86_400, 1_800
BACK = "back"
_CREATED = frozenset(
    {
        "mode", "ui_mode", "success_url", "cancel_url", "client_reference_id", "customer", "customer_creation",
        "customer_email", "currency", "payment_method_types",
        "payment_method_options", "expires_at", "metadata", "setup_intent_data", "locale",
    }
)  # fmt: skip
_LITERAL = "{CHECKOUT_SESSION_ID}"


class Seen(NamedTuple):
    """What a browser gets: a page, or an address to go to."""

    html: str = ""
    location: str = ""


def create(books: Books, given: Json) -> Json:
    refuse_unknown(given, _CREATED)
    if required(given, "mode") != "setup":
        raise invalid("Only mode=setup is served here.", param="mode")
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("Invalid ui_mode", param="ui_mode")
    if not given.get("payment_method_types") and not given.get("currency"):
        raise invalid("You must provide `currency` for setup without types.", param="currency")
    expires_at = int(given.get("expires_at", books.at() + DAY))
    if not books.at() + HALF_HOUR <= expires_at <= books.at() + DAY:
        raise invalid("`expires_at` must be between 30 minutes and 24 hours from now.", param="expires_at")
    if given.get("customer"):
        books.get(given["customer"], "cus")
    session = books.add(
        "cs",
        mode="setup",
        ui_mode="hosted_page",
        success_url=required(given, "success_url"),
        cancel_url=given.get("cancel_url"),
        client_reference_id=given.get("client_reference_id"),
        customer=given.get("customer"),
        customer_creation=given.get("customer_creation"),
        expires_at=expires_at,
        metadata=given.get("metadata", {}),
        payment_method_types=given.get("payment_method_types", ["card"]),
        payment_status="no_payment_required",
        setup_intent=None,
        status="open",
    )
    session["url"] = page_of("checkout", session["id"])
    return session


def retrieve(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, ())
    return books.get(name, "cs")


def expire(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, ())
    session = books.get(name, "cs")
    if session["status"] != "open":
        raise wrong_state("Only open Checkout Sessions can be expired.", "resource_missing")
    _expire(books, session)
    return session


def settle(books: Books) -> None:
    for session in list(books.all("cs")):
        if session["status"] == "open" and session["expires_at"] <= books.at():
            _expire(books, session)


def page(books: Books, name: str, note: str = "") -> Seen:
    """The hosted page: a button for each test method of the session's kinds, and one to go back."""
    session = books.get(name, "cs")
    if session["status"] != "open":
        return Seen(html=choices("This Checkout Session is over", {}))
    allowed = {method: method for method, how in TEST_METHODS.items() if how.kind in session["payment_method_types"]}
    return Seen(html=choices("Save a payment method", {**allowed, BACK: "Back"}, note))


def choose(books: Books, name: str, choice: str) -> Seen:
    """What the person does on the page. A method that the bank declines keeps them on it."""
    session = books.get(name, "cs")
    if session["status"] != "open":
        return page(books, name)
    if choice == BACK:
        return Seen(location=str(session["cancel_url"]))
    method = find_method(books, choice)
    how = behaviour(books, method["id"])
    if how.declines and not how.attaches:
        return page(books, name, how.declines[2])
    if session["customer_creation"] == "always" and not session["customer"]:
        session["customer"] = create_customer(books, {})["id"]
    method["customer"] = session["customer"]
    books.mandates.add(method["id"])
    method["billing_details"] = {"name": "Ada Lovelace"}
    of_method = {"payment_method": method["id"], "customer": session["customer"]}
    mandate = None if how.kind == "card" else books.add("mandate", status="active", payment_method=method["id"])["id"]
    setup = books.add("seti", status="succeeded", mandate=mandate, **of_method)
    session.update(setup_intent=setup["id"], status="complete", url=None)
    books.tell("setup_intent.succeeded", setup)
    books.tell("checkout.session.completed", session)
    return Seen(location=str(session["success_url"]).replace(_LITERAL, session["id"]))


def _expire(books: Books, session: Json) -> None:
    session.update(status="expired", url=None)
    books.tell("checkout.session.expired", session)
