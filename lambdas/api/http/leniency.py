"""Parameters as PHP takes them, for API 2.0: what cannot be meant otherwise is read, within bounds, instead of refused."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lambdas.api.http.parameters import Request

MOST_ROWS = 1_000
# Ids that are numbers. Others (vat_id, trans_id, link_id) are texts, of which every letter counts.
NUMBERS = frozenset(
    {
        "ach_id", "attach_id", "billing_info_id", "brand_id", "card_id", "class_id", "client_id", "contact_id", "coupon_id", "id",
        "inv_id", "invoice_id", "opportunity_id", "order_action_id", "order_form_id", "order_id", "order_queue_id",
        "order_step_id", "plan_id", "quote_id", "step_id", "user_id",
    }
)  # fmt: skip
# `microtime(true)` and `time.time()` have fractions of a second.
TIMES = frozenset(
    {
        "at",
        "duedate",
        "expire",
        "expires",
        "max_ts",
        "min_ts",
        "planned_completion",
        "requested_completion",
        "start",
        "ts",
        "until",
    }
)
_MOST = 2**53
_FRACTION_OF_NOTHING = re.compile(r"([0-9]{1,24})(?:\.0*)?")
_SECONDS = re.compile(r"\A\s*([0-9]{1,12})\.[0-9]{0,24}\s*\Z")
_BEGINS_WITH_A_NUMBER = re.compile(r"([+-]?[0-9]{1,18})")


def as_php_reads(request: "type[Request]", sent: dict[str, Any]) -> dict[str, Any]:
    """Ids such as `5.0`; times to the second; of lists, any direction, order, offset and limit."""
    read = {name: _id(name, value) if name in NUMBERS else value for name, value in sent.items()}
    read |= {name: _seconds(read[name]) for name in TIMES & read.keys()}
    listing = {"direction": _direction, "limit": _limit, "offset": _offset} if request.SORTED_BY else {}
    for name, reading in listing.items():
        if name in read and name in request.model_fields:
            read[name] = reading(read[name])
    if "order_by" in read and "order_by" in request.model_fields:
        field = str(read["order_by"]).strip().lower()
        read["order_by"] = field if field in request.SORTED_BY else None
    return read


def _id(name: str, value: Any) -> Any:
    """A client's may be a login name too, of which every letter counts."""
    if isinstance(value, Decimal):
        return str(int(value)) if value == value.to_integral_value() and value.adjusted() < 18 else value
    found = _FRACTION_OF_NOTHING.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    return found[1] if name == "client_id" else found[1].lstrip("0") or "0"


def _seconds(value: Any) -> Any:
    if isinstance(value, Decimal) and 0 <= value < 10**12:
        return int(value)
    found = _SECONDS.match(value) if isinstance(value, str) else None
    return found[1] if found else value


def _direction(value: Any) -> str:
    return "desc" if str(value).strip().lower().startswith("desc") else "asc"


def _number(value: Any) -> int:
    found = _BEGINS_WITH_A_NUMBER.match(str(value).lstrip())
    return int(found[1]) if found else 0


def _limit(value: Any) -> int | None:
    """0, and what is no number, is no limit."""
    number = _number(value)
    return min(number, MOST_ROWS) if number > 0 else None


def _offset(value: Any) -> int:
    return min(max(_number(value), 0), _MOST)
