"""Where a list is continued: a place, bound to the list it was made for.

A cursor opens nothing: filters and visible queues are those of the call that brings it, so its check is against mistakes and
needs no secret.
"""

import base64
import hashlib
import re

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import Place

_CURSOR = re.compile(r"(\d{1,16})\.(\d{1,18})\.([0-9a-f]{32})", re.ASCII)
_REFUSAL = (
    "is not one of this list: it was altered, or made with other filters, another direction or for a user who sees other "
    "queues; begin again without a cursor"
)


def cursor_at(place: Place, bound_to: str) -> str:
    """Continue behind this place of the list that `bound_to` describes."""
    text = f"{place[0]}.{place[1]}.{_check(place, bound_to)}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_at(cursor: str, bound_to: str) -> Place:
    """Raises InvalidOrderError for a cursor that was not made for this list."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = ""
    if found := _CURSOR.fullmatch(text):
        place = int(found[1]), int(found[2])
        if cursor == cursor_at(place, bound_to):
            return place
    raise InvalidOrderError((Problem("cursor", _REFUSAL),))


def _check(place: Place, bound_to: str) -> str:
    return hashlib.sha256(f"{place[0]}.{place[1]}.{bound_to}".encode()).hexdigest()[:32]
