"""Lists the numbers that this provider takes, and what paying with them does. Any other number is refused at once.

Source: https://docs.stripe.com/testing (cards, declines, 3-D Secure) and https://docs.stripe.com/payments/ach-direct-debit
(bank accounts), so that one list serves for the sandbox and for a real gateway's test mode.
"""

from typing import NamedTuple


class TestNumber(NamedTuple):
    """`behaves_as`: a token of payments/sandbox.py. `outcome`: what happens to a payment with it, in words for the page."""

    brand: str
    behaves_as: str
    outcome: str


_PAYS = "is approved"
CARDS = {
    "4242424242424242": TestNumber("Visa", "tok_approve", _PAYS),
    "4000056655665556": TestNumber("Visa", "tok_approve", _PAYS),
    "5555555555554444": TestNumber("Mastercard", "tok_approve", _PAYS),
    "2223003122003222": TestNumber("Mastercard", "tok_approve", _PAYS),
    "378282246310005": TestNumber("American Express", "tok_approve", _PAYS),
    "6011111111111117": TestNumber("Discover", "tok_approve", _PAYS),
    "3566002020360505": TestNumber("JCB", "tok_approve", _PAYS),
    "6200000000000005": TestNumber("UnionPay", "tok_approve", _PAYS),
    "4000002500003155": TestNumber("Visa", "tok_sca", "asks its holder, then is approved"),
    "4000002760003184": TestNumber("Visa", "tok_sca", "asks its holder, then is approved"),
    "4000008400001629": TestNumber("Visa", "tok_sca_declines", "asks its holder, then is declined"),
    "4000000000000002": TestNumber("Visa", "tok_decline", "is declined"),
    "4000000000009995": TestNumber("Visa", "tok_insufficient_funds", "has not enough funds"),
    "4000000000009987": TestNumber("Visa", "tok_decline", "is lost, so it is declined"),
    "4000000000009979": TestNumber("Visa", "tok_decline", "is stolen, so it is declined"),
    "4000000000000069": TestNumber("Visa", "tok_expired_card", "has expired"),
    "4000000000000127": TestNumber("Visa", "tok_incorrect_cvc", "has another security code"),
    "4000000000000119": TestNumber("Visa", "tok_processing_error", "meets an error at the bank"),
    "4000000000000341": TestNumber("Visa", "tok_capture_fails", "is held, and cannot be charged later"),
    "4000000000000259": TestNumber("Visa", "tok_disputed", "is approved, and disputed once it is charged"),
    "4000000000000010": TestNumber("Visa", "tok_avs_mismatch", "is approved, with another address"),
}
ROUTING_NUMBER = "110000000"
ACCOUNTS = {
    "000123456789": TestNumber("Test Bank", "ach_approve", "pays"),
    "000111111113": TestNumber("Test Bank", "ach_account_closed", "is closed"),
    "000111111116": TestNumber("Test Bank", "ach_no_account", "does not exist"),
    "000222222227": TestNumber("Test Bank", "ach_insufficient_funds", "has not enough funds"),
}
