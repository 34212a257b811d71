"""The source of a call, as one caller controls it."""

import ipaddress


def source_of(address: str) -> str:
    """The address. For IPv6 it is the /64 network, which one caller has as a whole (RFC 6177)."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    except ValueError:
        return address
