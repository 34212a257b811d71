"""The parameter with the address that a buyer's browser comes back to from the page of their bank."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from lambdas.api.http.parameters import MAX_TEXT, Absent

_ON_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
_WHY = "must be an address that begins with https:// and names a host, without a user's name and without a fragment (#)"


def _https(address: str) -> str:
    """The address. HTTP is taken for this machine alone, where there is no certificate."""
    try:
        parts = urlsplit(address)
        host = parts.netloc.partition(":")[0] if not parts.netloc.startswith("[") else f"[{parts.hostname}]"
        is_port_readable = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(_WHY) from None
    plain = address.isascii() and address.isprintable() and not set(address) & set(' \\"<>@#')
    at_home = parts.scheme == "http" and host in _ON_THIS_MACHINE
    if not (plain and host and is_port_readable and (parts.scheme == "https" or at_home)):
        raise ValueError(_WHY)
    return address


ReturnAddress = Annotated[
    Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_https)] | None,
    Absent,
]
