"""Stops reminders of unfinished orders: the link in each reminder, and the record of each stop.

The token of such a link stops reminders and opens nothing. Only its SHA-256 is stored. Of an address, only the digest together
with the brand's number is stored. A stop is permanent: these records do not expire.
"""

import hashlib

from lambdas.records.links.link import DAY, digest_of
from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen

PLACE = "reminders"  # beside the forms; none can be called that
LINK_DAYS = 365
_STOP_LINK, _STOPPED = "stop_link", "reminders_stopped"


class StopLink(Frozen):
    """`address`: digest of the one the reminder went to. `expires_at`: Unix seconds."""

    order_id: str
    address: str
    expires_at: int


def address_digest(brand_id: int, email: str) -> str:
    """The digest of an address of a brand, ignoring case."""
    return hashlib.sha256(f"{brand_id}\n{email.strip().casefold()}".encode()).hexdigest()


def stop_path(token: str) -> str:
    """The link's path on the host of the pages."""
    return f"/forms/{PLACE}/{token}"


class ReminderStops:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def offer(self, token: str, order_id: str, address: str, *, now: int) -> None:
        """Make the link of this token for the order and the address with this digest. An existing link stays."""
        link = StopLink(order_id=order_id, address=address, expires_at=now + LINK_DAYS * DAY)
        self._table.put_new({"pk": f"{_STOP_LINK}#{digest_of(token)}", "sk": _STOP_LINK, **link.model_dump()})

    def find(self, token: str, now: int) -> StopLink | None:
        """The link of this token, until it expires."""
        found = self._table.get(f"{_STOP_LINK}#{digest_of(token)}", _STOP_LINK)
        link = StopLink.model_validate(found) if found else None
        return link if link and now < link.expires_at else None

    def stop(self, link: StopLink, now: int) -> None:
        """Stop reminders of its order and of every order with its address. Can be repeated: each record is written once."""
        for pk in _marks(link.order_id, link.address):
            self._table.put_new({"pk": pk, "sk": _STOPPED, "stopped_at": now})

    def is_stopped(self, order_id: str, address: str) -> bool:
        """Whether reminders are stopped for the order or the address. Its address may have been corrected since the stop."""
        return any(self._table.get(pk, _STOPPED) for pk in _marks(order_id, address))


def _marks(order_id: str, address: str) -> tuple[str, str]:
    return f"{_STOPPED}#{address}", f"order#{order_id}"
