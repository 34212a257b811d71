"""The order as it was shown to the buyer, and whether it is still the same. Nobody pays for something they did not see."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from lambdas.orders.errors import RevisionDiffersError
from lambdas.orders.model.order import Order
from lambdas.orders.submit_errors import TotalDiffersError
from lambdas.runtime.models import Frozen

_DIGEST_LETTERS = 32  # 128 bits


class ShownOrder(Frozen):
    """The facts that were shown. Facts left out are not compared.

    `total_cents` is in `currency`. `price`: digest of the services and their charges, now and later (`price_digest`).
    `content`: digest of the order before this call (`content_digest`), so that a change by another tab or person shows.
    `revision` counts every write; looks at deadlines do not matter (`Order.is_at`).
    """

    total_cents: int | None = None
    currency: str = ""
    revision: int | None = None
    price: str = ""
    content: str = ""

    def refuse_other_content(self, order: Order) -> None:
        """Raise RevisionDiffersError if somebody else changed the order since."""
        other = self.content and self.content != content_digest(order)
        if other or not order.is_at(self.revision):
            raise RevisionDiffersError(order.order_id, order.revision)

    def refuse_other_price(self, order: Order) -> None:
        """Raise TotalDiffersError if it would be bought at another price than the one shown."""
        total = order.total_cents if self.total_cents is None else self.total_cents
        currency = self.currency or order.currency
        if (total, currency) != (order.total_cents, order.currency) or self.price not in ("", price_digest(order)):
            raise TotalDiffersError(order.order_id, (total, currency), (order.total_cents, order.currency))


def price_digest(order: Order) -> str:
    """The same for the same services at the same prices, taxes and later charges included."""
    packs = [
        pack.model_dump(exclude_defaults=True) for pack in order.priced
    ]  # a field of a later release changes nothing
    return _digest([order.currency, order.total_cents, packs])


def content_digest(order: Order) -> str:
    """The same as long as nobody changes what is ordered, by whom, or how it is paid; what staff and machines note beside
    that (owner, priority, waits) does not count."""
    return _digest([price_digest(order), order.client_id, order.info])


def _digest(content: Any) -> str:
    serialized = json.dumps(content, sort_keys=True, default=_plain)
    return hashlib.sha256(serialized.encode()).hexdigest()[:_DIGEST_LETTERS]


def _plain(value: Any) -> int | str:
    """A number as it comes back from the table, where 5.0 is 5."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else str(value)
