"""Links to orders as API 2.0 answers them: all text."""

from typing import Any

from lambdas.records.links.link import Link, MadeLink


def made(found: MadeLink) -> dict[str, str]:
    link = found.link
    return {
        "link_id": link.link_id,
        "order_id": link.order_id,
        "purpose": link.purpose.value,
        "url": found.url,
        "sent": "1" if found.sent else "0",
        "expires": str(link.expires_at),
    }


def revoked(found: tuple[Link, ...]) -> Any:
    """The ids of the links that this closed."""
    return [link.link_id for link in found]
