"""Payment methods and customers. The test methods are Stripe's own, by their documented names."""

from dataclasses import dataclass

from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.forms import Json, refuse_unknown, required
from tests.stand_ins.stripe.refusals import card_error, invalid, missing

ACH, SEPA = "us_bank_account", "sepa_debit"
_DECLINED = "Your card was declined."


@dataclass(frozen=True)
class Behaviour:
    """`declines`: code, decline code and words. `attaches`: a customer can have it. `checks`: street, postal code, CVC.
    `extends`: its bank holds money for longer where it is asked to. `disputed`: why what is taken of it is disputed at once;
    nothing: it is not.
    """

    kind: str = "card"
    brand: str = "visa"
    last4: str = "4242"
    declines: tuple[str, str, str] | None = None
    attaches: bool = True
    asks: bool = False
    refund_fails: bool = False
    disputed: str = ""
    checks: tuple[str, str, str] = ("pass", "pass", "pass")
    extends: bool = True


def _declines(last4: str, decline_code: str, words: str = _DECLINED, code: str = "card_declined") -> Behaviour:
    return Behaviour(last4=last4, declines=(code, decline_code, words), attaches=False)


def _debit(last4: str, code: str = "", *, disputed: str = "", kind: str = ACH) -> Behaviour:
    """An account whose debit succeeds days later or, with a `code`, fails then."""
    declines = (code, code, "The bank refused the debit.") if code else None
    return Behaviour(kind=kind, last4=last4, declines=declines, disputed=disputed)


TEST_METHODS = {
    "pm_card_visa": Behaviour(),
    "pm_card_mastercard": Behaviour(brand="mastercard", last4="4444", extends=False),
    "pm_card_visa_chargeDeclined": _declines("0002", "generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": _declines(
        "9995", "insufficient_funds", "Your card has insufficient funds."
    ),
    "pm_card_visa_chargeDeclinedLostCard": _declines("9987", "lost_card"),
    "pm_card_chargeDeclinedExpiredCard": _declines("0069", "expired_card", "Your card has expired.", "expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": _declines(
        "0127", "incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc"
    ),
    "pm_card_chargeDeclinedProcessingError": _declines(
        "0119", "processing_error", "An error occurred while processing your card.", "processing_error"
    ),
    "pm_card_chargeCustomerFail": Behaviour(last4="0341", declines=("card_declined", "generic_decline", _DECLINED)),
    "pm_card_authenticationRequired": Behaviour(last4="3184", asks=True),
    "pm_card_threeDSecure2Required": Behaviour(last4="3220", asks=True),
    "pm_card_createDispute": Behaviour(last4="0259", disputed="fraudulent"),
    "pm_card_refundFail": Behaviour(last4="5126", refund_fails=True),
    "pm_card_avsFail": Behaviour(last4="0010", checks=("fail", "fail", "pass")),
    "pm_card_avsZipFail": Behaviour(last4="0036", checks=("pass", "fail", "pass")),
    "pm_card_avsUnchecked": Behaviour(last4="0044", checks=("unavailable", "unavailable", "pass")),
    "pm_usBankAccount_success": _debit("6789"),
    "pm_usBankAccount_accountClosed": _debit("1113", "account_closed"),
    "pm_usBankAccount_noAccount": _debit("1116", "no_account"),
    "pm_usBankAccount_insufficientFunds": _debit("2227", "insufficient_funds"),
    "pm_usBankAccount_debitNotAuthorized": _debit("3335", "debit_not_authorized"),
    "pm_usBankAccount_dispute": _debit("5559", disputed="insufficient_funds"),
    "pm_success_de": _debit("3000", kind=SEPA),
    "pm_failed_de": _debit("3001", "insufficient_funds", kind=SEPA),
    "pm_disputed_de": _debit("3002", disputed="debit_not_authorized", kind=SEPA),
}


def behaviour(books: Books, method: str) -> Behaviour:
    return TEST_METHODS[books.behaviours[method]]


def find_method(books: Books, name: str) -> Json:
    """A payment method by its id. The name of a test method makes a new one, as at Stripe."""
    if name not in TEST_METHODS:
        return books.get(name, "pm")
    how = TEST_METHODS[name]
    made = books.add("pm", type=how.kind, customer=None, billing_details={"name": None}, metadata={})
    if how.kind == "card":
        fingerprint = f"fp{how.last4}{how.brand}"
        expiry = {"exp_month": 12, "exp_year": 2030}
        made["card"] = {
            "brand": how.brand,
            "last4": how.last4,
            "fingerprint": fingerprint,
            "funding": "credit",
            **expiry,
        }
    elif how.kind == SEPA:
        made[SEPA] = {"bank_code": "37040044", "country": "DE", "last4": how.last4, "fingerprint": f"ib{how.last4}"}
    else:
        made[ACH] = {"bank_name": "STRIPE TEST BANK", "last4": how.last4, "fingerprint": f"ba{how.last4}"}
    books.behaviours[made["id"]] = name
    return made


def retrieve_method(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, ())
    return books.get(name, "pm")


def attach(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, {"customer"})
    method = find_method(books, name)
    customer = books.get(required(given, "customer"), "cus")["id"]
    how = behaviour(books, method["id"])
    if not how.attaches and how.declines:
        code, decline_code, words = how.declines
        raise card_error(code, decline_code, words)
    if method["customer"] not in (None, customer) or method["id"] in books.used:
        raise invalid("The payment method you provided has already been used or attached to another customer.")
    method["customer"] = customer
    books.tell("payment_method.attached", method)
    return method


def detach(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, ())
    method = books.get(name, "pm")
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer.")
    method["customer"] = None
    books.used.add(method["id"])
    books.tell("payment_method.detached", method)
    return method


def create_customer(books: Books, given: Json) -> Json:
    refuse_unknown(given, {"name", "email", "phone", "address", "metadata", "description"})
    metadata = given.pop("metadata", {})
    given.pop("expand", None)
    return books.add("cus", **given, metadata=metadata)


def retrieve_customer(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, ())
    return books.get(name, "cus")


def refuse_foreign(books: Books, method: Json, customer: str | None) -> None:
    """A method of a customer needs that customer in every call; one of nobody pays once."""
    if method["customer"] and method["customer"] != customer:
        raise invalid(
            f"The payment method {method['id']} belongs to a Customer. Please include it in the `customer` parameter.",
            param="payment_method",
        )
    if customer and not method["customer"] and method["id"] in books.used:
        raise missing("payment_method", method["id"])
    if not method["customer"] and method["id"] in books.used:
        raise invalid(
            "The provided PaymentMethod was previously used without Customer attachment, and may not be used again.",
            param="payment_method",
        )


def entered(books: Books, test_method: str, customer: str | None = None) -> str:
    """The id of a payment method that a person entered on a page of Stripe's."""
    method = find_method(books, test_method)
    method["customer"] = customer
    books.mandates.add(method["id"])
    return str(method["id"])
