"""The language of a client's mails: the one in which they ordered."""

from collections.abc import Sequence

from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order

LANG = "lang"  # the key of `info`, and the word of links


def language_of(order: Order, offered: Sequence[str]) -> str:
    """The order's language, if it is offered; else the first one. `offered`: tags of the stage's languages."""
    stated = text(order.info, LANG)
    return stated if stated in offered else offered[0]


def in_order_of(first: str, offered: Sequence[str]) -> tuple[str, ...]:
    """The languages with this one first, which is a brand's own, if it is offered."""
    return (first, *(tag for tag in offered if tag != first)) if first in offered else tuple(offered)


def with_language(url: str, tag: str, offered: Sequence[str]) -> str:
    """The address of a page in this language, if there are several to choose from."""
    if len(offered) < 2:
        return url
    return f"{url}{'&' if '?' in url else '?'}{LANG}={tag}"
