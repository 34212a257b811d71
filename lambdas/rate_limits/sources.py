"""Where a call comes from, as far as one caller goes."""

import ipaddress


def source_of(address: str) -> str:
    """The address; of an IPv6 address the network, all of which one caller has (RFC 6177)."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    except ValueError:
        return address
