"""The origins of Stripe's pages. An address in an answer is compared with them before a browser is sent there."""

from collections.abc import Sequence
from urllib.parse import urlsplit

ORIGINS = ("https://checkout.stripe.com", "https://hooks.stripe.com", "https://pm-redirects.stripe.com")


def is_page_of(address: str, origins: Sequence[str]) -> bool:
    """Whether the address is at one of these origins, exactly. A user's name, a port or a control character makes it another."""
    if not (address.isascii() and address.isprintable()) or " " in address or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in origins
