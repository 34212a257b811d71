"""The provider's own pages: where a browser enters a card, and where its holder confirms a payment.

Card data goes from the browser to the provider and never through us (reference order-systems 4.7). We send the browser
there with an address to come back to and a `state` that only this browser's visit could have made, and read what it comes
back with. Real gateways and the sandbox are adapters of this port.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode

from lambdas.orders.card_numbers.numbers import has_card_number


class NotEnteredError(Exception):
    """The browser came back without a payment method. The message is for the person who was to enter it."""


class HostedPage(StrEnum):
    CARD = "card"
    BANK_ACCOUNT = "bank_account"


class HostedPages(Protocol):
    """`origins`: where forms may lead besides ourselves, for the page's security policy."""

    @property
    def origins(self) -> tuple[str, ...]: ...

    def entry_url(self, page: HostedPage, *, back: str, state: str) -> str:
        """Where to send the browser to enter a card or bank account; it comes back to `back` with `state` in the query."""
        ...

    def entered(self, page: HostedPage, answer: Mapping[str, str]) -> dict[str, str]:
        """What the query it came back with says, as keys of an order's `info`: a token, and what people know it by.

        Raises NotEnteredError.
        """
        ...

    def challenge_url(self, challenge: str, *, back: str, state: str) -> str:
        """Where to send a card's holder to confirm a payment; `challenge` is the address the gateway named."""
        ...

    def proof(self, answer: Mapping[str, str]) -> dict[str, Any]:
        """What `OrderService.authenticate` takes, from the query the holder came back with. Raises NotEnteredError."""
        ...


_TOKEN = re.compile(r"[A-Za-z0-9_-]{4,255}")
_CANCELED = "You came back without entering anything. Choose how you want to pay."
_CARD_NUMBER = (
    "The payment page's answer held a card number, which is never taken here. Please enter it on that page again."
)
_UNREADABLE = "The payment page's answer could not be read, so nothing was entered. Please enter it again."


def refuse_card_numbers(answer: Mapping[str, str]) -> None:
    """Every adapter asks this of whatever its provider's page came back with: the address is anybody's to write.

    Raises NotEnteredError.
    """
    if any(has_card_number(value) for value in answer.values()):
        raise NotEnteredError(_CARD_NUMBER)


class SandboxPages:
    """The sandbox's pages are served by this installation, as a provider's would be by theirs, at `/sandbox/<page>`.

    They come back with `state` and `token`, `brand`, `last_four`, `expiry` (MMYY) or with `canceled=1`; a challenge comes
    back with `state`, `challenge_id` and `proof`.
    """

    origins: tuple[str, ...] = ()

    def entry_url(self, page: HostedPage, *, back: str, state: str) -> str:
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
        joint = "&" if "?" in challenge else "?"
        return f"{challenge}{joint}{urlencode({'return': back, 'state': state})}"

    def proof(self, answer: Mapping[str, str]) -> dict[str, Any]:
        refuse_card_numbers(answer)
        return {"challenge_id": answer.get("challenge_id", ""), "proof": answer.get("proof", "")}


def hosted_pages(gateway: str) -> HostedPages:
    """The pages of the stage's gateway, by its name in the settings."""
    match gateway:
        case "sandbox":
            return SandboxPages()
    raise ValueError(f"no gateway called {gateway} has pages here; known: sandbox")
