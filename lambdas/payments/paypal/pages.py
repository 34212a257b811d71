"""PayPal's page, on which a payer approves a payment. Nothing is entered before: the way to pay is the approval itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from lambdas.payments.hosted_pages import HostedPage, NotEnteredError, is_page_of, refuse_card_numbers

ORIGINS = ("https://www.paypal.com", "https://www.sandbox.paypal.com")
_SILENT = "The page on which you approve the payment does not answer just now. Nothing was charged. Try again soon."
_NOTHING_TO_ENTER = "Nothing is entered at PayPal before you pay. Choose PayPal, and you approve the payment there."


class PayPalPages:
    """Comes back with `state` and `token`, which is the order at PayPal; without an approval with `canceled=1` too."""

    def __init__(self, origins: tuple[str, ...] = ORIGINS) -> None:
        self.origins = origins

    def entry_url(self, page: HostedPage, *, back: str, state: str, currency: str = "") -> str:
        raise NotEnteredError(_NOTHING_TO_ENTER)

    def entered(self, page: HostedPage, answer: Mapping[str, str]) -> dict[str, str]:
        raise NotEnteredError(_NOTHING_TO_ENTER)

    def challenge_url(self, challenge: str, *, back: str, state: str) -> str:
        """PayPal's page, which was given its way back when the order was made."""
        if not is_page_of(challenge, self.origins):
            raise NotEnteredError(_SILENT)
        return challenge

    def proof(self, answer: Mapping[str, str]) -> dict[str, Any]:
        """No proof of anything: the gateway reads the order again."""
        refuse_card_numbers(answer)
        return {"canceled": "1"} if answer.get("canceled") else {}


def approval_url(order: Mapping[str, Any], origins: Sequence[str]) -> str:
    """The page on which the payer approves the order; empty if that is not at PayPal."""
    links = order.get("links") or ()
    found = [str(link.get("href")) for link in links if link.get("rel") in ("payer-action", "approve")]
    return found[0] if found and is_page_of(found[0], origins or ORIGINS) else ""


def way_back(return_to: str) -> dict[str, str]:
    """The addresses that PayPal's page leads back to, as an order names them; none if the caller named none."""
    if not return_to:
        return {}
    joint = "&" if "?" in return_to else "?"
    return {"return_url": return_to, "cancel_url": f"{return_to}{joint}canceled=1"}
