"""Types of parameters of quotes and contracts, as lenient as API 2.0 reads them."""

import ipaddress
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from lambdas.api.http.parameters import MAX_TIME, Absent, or_null
from lambdas.orders.contact.text import line

MAX_NOTES = 10_000
_LONGEST_NUMBER = 20  # digits


def _moment(value: Any) -> Any:
    """Unix seconds, or an ISO date with or without a time, in UTC where it names no zone."""
    if value in ("", None, 0, "0"):
        return None
    text = str(value).strip()
    if text.isascii() and text.isdecimal() and 8 < len(text) < _LONGEST_NUMBER:
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a Unix time, or a date such as 2026-12-31") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        raise ValueError("must be an IP address") from None


def whole(value: Any) -> Any:
    """A number for text of digits, and None for an empty one."""
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else None if value == "" else value


def _files(value: Any) -> None:
    """A file leaves an empty value among the parameters; anything else is not a file."""
    if value:
        raise ValueError("must be sent as a file of a multipart/form-data body")


Id = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
Name = Annotated[str, Field(min_length=1, max_length=250), AfterValidator(line)]
Short = Annotated[Annotated[str, Field(max_length=250), AfterValidator(line)] | None, Absent]
Notes = Annotated[Annotated[str, Field(max_length=MAX_NOTES)] | None, BeforeValidator(lambda v: None if v == 0 else v)]
Moment = Annotated[
    Annotated[int, Field(ge=0, le=MAX_TIME)] | None,
    BeforeValidator(_moment),
    or_null({"type": "integer", "minimum": 0, "maximum": MAX_TIME}, {"type": "string"}),
]
Kind = Annotated[Literal[0, 1] | None, BeforeValidator(whole)]
Address = Annotated[str, Field(max_length=45), AfterValidator(_address)]
LastFour = Annotated[Annotated[str, Field(pattern=r"^[0-9*xX ]{0,15}[0-9]{4}$")] | None, Absent]
SignedFile = Annotated[None, BeforeValidator(_files)]
Plan = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
