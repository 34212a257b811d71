"""Payment intents: create, confirm, capture, cancel, retrieve, list."""

from contextlib import suppress

from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.charges import charge, decline, take
from tests.stand_ins.stripe.forms import Json, flag, refuse_unknown, required, whole
from tests.stand_ins.stripe.methods import ACH, SEPA, behaviour, find_method, refuse_foreign
from tests.stand_ins.stripe.pages import page_of
from tests.stand_ins.stripe.refusals import Refusal, invalid, wrong_state

LEAST = 50
CURRENCIES = {ACH: "usd", SEPA: "eur"}
_CREATED = frozenset(
    {
        "amount", "currency", "customer", "payment_method", "payment_method_types", "capture_method", "metadata",
        "description", "statement_descriptor_suffix", "payment_method_options", "confirm", "off_session", "return_url",
        "mandate_data", "setup_future_usage", "automatic_payment_methods",
    }
)  # fmt: skip
_CONFIRMED = frozenset({"return_url", "off_session", "payment_method", "mandate_data", "payment_method_options"})
_CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture", "processing")
_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer", "abandoned"})
_UNAUTHENTICATED = "Your card was declined. This transaction requires authentication."
NOT_PROVED = (
    "payment_intent_authentication_failure",
    "authentication_failed",
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)


def create(books: Books, given: Json) -> Json:
    refuse_unknown(given, _CREATED)
    amount, currency = whole(given, "amount"), str(required(given, "currency"))
    if not (len(currency) == 3 and currency.isalpha()):
        raise invalid(f"Invalid currency: {currency}", param="currency")
    if amount < LEAST:
        raise invalid("Amount must be at least 50 cents", code="amount_too_small", param="amount")
    if given.get("customer"):
        books.get(given["customer"], "cus")
    method = find_method(books, given["payment_method"]) if given.get("payment_method") else None
    if method:
        refuse_foreign(books, method, given.get("customer"))
    intent = books.add(
        "pi",
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        canceled_at=None,
        cancellation_reason=None,
        capture_method=given.get("capture_method", "automatic"),
        client_secret="never to be stored",
        currency=currency.lower(),
        customer=given.get("customer"),
        last_payment_error=None,
        latest_charge=None,
        metadata=given.get("metadata", {}),
        next_action=None,
        payment_method=method["id"] if method else None,
        payment_method_options=given.get("payment_method_options", {}),
        payment_method_types=given.get("payment_method_types", ["card"]),
        status="requires_confirmation" if method else "requires_payment_method",
    )
    books.tell("payment_intent.created", intent)
    return _confirm(books, intent, given) if flag(given, "confirm") else intent


def confirm(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, _CONFIRMED)
    return _confirm(books, books.get(name, "pi"), given)


def _confirm(books: Books, intent: Json, given: Json) -> Json:
    if given.get("payment_method") and intent["status"] in ("requires_payment_method", "requires_confirmation"):
        method = find_method(books, given["payment_method"])
        refuse_foreign(books, method, intent["customer"])
        intent.update(payment_method=method["id"], status="requires_confirmation")
    if intent["status"] != "requires_confirmation":
        raise _unexpected(books, intent, "confirm")
    how = behaviour(books, intent["payment_method"])
    method = books.get(intent["payment_method"], "pm")
    refuse_foreign(books, method, intent["customer"])
    if how.kind not in intent["payment_method_types"]:
        raise invalid(f"The intent does not allow {how.kind}.", param="payment_method")
    if how.kind != "card":
        _refuse_debit(books, intent, how.kind, is_mandated=bool(given.get("mandate_data")))
    intent["payment_method_options"] |= given.get("payment_method_options", {})
    if not method["customer"]:
        books.used.add(method["id"])
    if how.asks:
        return _ask(books, intent, given)
    charge(books, intent)
    return intent


def _refuse_debit(books: Books, intent: Json, kind: str, *, is_mandated: bool) -> None:
    """Raise the refusal of a debit that its kind does not allow."""
    if intent["currency"] != CURRENCIES[kind]:
        raise invalid(f"{kind} takes no {intent['currency']}.", param="currency")
    if intent["payment_method"] not in books.mandates and not is_mandated:
        raise invalid("A mandate is required for this payment method.", param="mandate_data")
    if intent["capture_method"] == "manual":
        raise invalid("This payment method cannot be captured manually.", param="capture_method")


def _ask(books: Books, intent: Json, given: Json) -> Json:
    """Ask for the card's holder. Without them the bank declines."""
    if flag(given, "off_session"):
        raise decline(books, intent, ("authentication_required", "authentication_required", _UNAUTHENTICATED))
    intent["status"] = "requires_action"
    if given.get("return_url"):
        redirect = {"url": page_of("authenticate", intent["id"]), "return_url": given["return_url"]}
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": redirect}
    else:
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    books.tell("payment_intent.requires_action", intent)
    return intent


def answer_for_holder(books: Books, name: str, *, proved: bool) -> str:
    """What the bank's page does: the intent moves on by itself. Return the address that the browser goes back to."""
    intent = books.get(name, "pi")
    if intent["status"] != "requires_action":
        raise _unexpected(books, intent, "authenticate")
    back = intent["next_action"].get("redirect_to_url", {}).get("return_url", "")
    intent["next_action"] = None
    if not proved:
        decline(books, intent, NOT_PROVED)
        return str(back)
    with suppress(Refusal):  # the bank may decline what its customer confirmed; the browser goes back all the same
        charge(books, intent)
    return str(back)


def capture(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, {"amount_to_capture", "final_capture", "metadata", "statement_descriptor_suffix"})
    intent = books.get(name, "pi")
    if intent["status"] == "canceled" and intent["cancellation_reason"] == "automatic":
        raise wrong_state("The charge expired.", "capture_charge_authorization_expired")
    if intent["status"] != "requires_capture":
        raise _unexpected(books, intent, "capture")
    amount = whole(given, "amount_to_capture") if given.get("amount_to_capture") else intent["amount"]
    if amount > intent["amount_capturable"]:
        raise invalid("The amount is greater than can be captured.", code="amount_too_large", param="amount_to_capture")
    take(books, intent, amount)
    return intent


def cancel(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, {"cancellation_reason"})
    intent = books.get(name, "pi")
    if given.get("cancellation_reason", "abandoned") not in _REASONS:
        raise invalid("Invalid cancellation_reason", param="cancellation_reason")
    if intent["status"] not in _CANCELABLE:
        raise _unexpected(books, intent, "cancel")
    if intent["status"] == "requires_capture":
        held = books.get(intent["latest_charge"], "ch")
        held.update(refunded=True, amount_refunded=held["amount"])
    reason = given.get("cancellation_reason")
    intent.update(status="canceled", cancellation_reason=reason, canceled_at=books.at(), amount_capturable=0)
    intent["next_action"] = None
    books.tell("payment_intent.canceled", intent)
    return intent


def retrieve(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, ())
    return books.get(name, "pi")


def _unexpected(books: Books, intent: Json, what: str) -> Exception:
    text = f"This PaymentIntent's status is {intent['status']}, so you cannot {what} it."
    return wrong_state(text, payment_intent=books.expanded(intent, ()))
