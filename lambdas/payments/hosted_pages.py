"""The port of the provider's own pages, on which a client enters a card or confirms a payment.

Card data goes from the browser to the provider and never through us (docs/reference/order-systems.md, 4.7). We send the
browser there with an address to return to, and a `state` that only this browser's session could have made. Then we read the
query it returns with. Real gateways and the sandbox are adapters of this port.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from lambdas.languages.texts import N_
from lambdas.orders.card_numbers.numbers import has_card_number


class NotEnteredError(Exception):
    """The browser returned without a payment method. The message is for the client."""


class HostedPage(StrEnum):
    CARD = "card"
    BANK_ACCOUNT = "bank_account"


class HostedPages(Protocol):
    """`origins`: the other origins that forms may lead to, for the page's security policy."""

    @property
    def origins(self) -> tuple[str, ...]: ...

    def entry_url(self, page: HostedPage, *, back: str, state: str, currency: str = "") -> str:
        """The page to enter a card or bank account. The browser returns to `back` with `state` in the query. `currency`: that
        is charged, which decides what kind of account it may be.

        Raises NotEnteredError if the provider gives no such page now.
        """
        ...

    def entered(self, page: HostedPage, answer: Mapping[str, str]) -> dict[str, str]:
        """The entered method in the query, as keys of an order's `info`: a token, and the data that people know it by.

        Raises NotEnteredError.
        """
        ...

    def challenge_url(self, challenge: str, *, back: str, state: str) -> str:
        """The page on which a card holder confirms a payment. `challenge`: the address that the gateway named.

        Raises NotEnteredError if that is neither the gateway's nor ours.
        """
        ...

    def proof(self, answer: Mapping[str, str]) -> dict[str, Any]:
        """The proof for `OrderService.authenticate`, from the query the holder returned with. Raises NotEnteredError."""
        ...


_CHALLENGE = r"/sandbox/challenge/[A-Za-z0-9_-]{1,100}"
_NO_PAGE = N_(
    "The page on which you confirm the payment does not answer just now. Nothing was charged. Try again soon."
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{4,255}")
_CANCELED = N_("You came back without entering anything. Choose how you want to pay.")
_CARD_NUMBER = N_(
    "The payment page's answer held a card number, which is never taken here. Please enter it on that page again."
)
_UNREADABLE = N_("The payment page's answer could not be read, so nothing was entered. Please enter it again.")


def refuse_card_numbers(answer: Mapping[str, str]) -> None:
    """Raise NotEnteredError if the answer holds a card number. Every adapter calls this: anyone can write the address."""
    if any(has_card_number(value) for value in answer.values()):
        raise NotEnteredError(_CARD_NUMBER)


def is_page_of(address: str, origins: Sequence[str]) -> bool:
    """Whether an address in a provider's answer is at one of these origins, exactly. A user's name, a port or a control character
    makes it another.
    """
    if not (address.isascii() and address.isprintable()) or " " in address or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in origins


class SandboxPages:
    """The sandbox's pages are served by this installation, as a provider's would be by theirs, at `/sandbox/<page>`.

    They come back with `state` and `token`, `brand`, `last_four`, `expiry` (MMYY) or with `canceled=1`; a challenge comes
    back with `state`, `challenge_id` and `proof`.
    """

    origins: tuple[str, ...] = ()

    def entry_url(self, page: HostedPage, *, back: str, state: str, currency: str = "") -> str:
        return f"/sandbox/{page.value}?{urlencode({'return': back, 'state': state})}"

    def entered(self, page: HostedPage, answer: Mapping[str, str]) -> dict[str, str]:
        if answer.get("canceled"):
            raise NotEnteredError(_CANCELED)
        refuse_card_numbers(answer)
        token, last_four = answer.get("token", ""), answer.get("last_four", "")
        if not _TOKEN.fullmatch(token) or not re.fullmatch(r"[0-9]{0,4}", last_four):
            raise NotEnteredError(_UNREADABLE)
        if page is HostedPage.BANK_ACCOUNT:
            return {
                "payment_type": "ach",
                "ach_token": token,
                "ach_acct": last_four,
                "ach_bank": answer.get("brand", "")[:60],
            }
        expiry = answer.get("expiry", "")
        if not re.fullmatch(r"((0[1-9]|1[0-2])[0-9]{2})?", expiry):
            raise NotEnteredError(_UNREADABLE)
        known_by = {"cc_type": answer.get("brand", "")[:30], "cc_num": last_four, "cc_expire": expiry}
        return {"payment_type": "cc", "cc_token": token, **known_by}

    def challenge_url(self, challenge: str, *, back: str, state: str) -> str:
        if not re.fullmatch(_CHALLENGE, challenge):
            raise NotEnteredError(_NO_PAGE)
        joint = "&" if "?" in challenge else "?"
        return f"{challenge}{joint}{urlencode({'return': back, 'state': state})}"

    def proof(self, answer: Mapping[str, str]) -> dict[str, Any]:
        refuse_card_numbers(answer)
        return {"challenge_id": answer.get("challenge_id", ""), "proof": answer.get("proof", "")}


def hosted_pages(gateway: str) -> HostedPages:
    """The pages of a gateway, by its name in the settings."""
    match gateway:
        case "sandbox":
            return SandboxPages()
        case "stripe":
            from lambdas.payments.stripe.parts import pages  # many stages have no Stripe

            return pages()
        case "paypal":
            from lambdas.payments.paypal.parts import pages as approvals

            return approvals()
    raise ValueError(f"no gateway called {gateway} has pages here; known: sandbox, stripe, paypal")
