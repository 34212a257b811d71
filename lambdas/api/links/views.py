"""Links to orders as new callers get them."""

from typing import TypedDict

from lambdas.api.http.values import iso
from lambdas.records.links.link import Link, MadeLink


class MadeLinkView(TypedDict):
    """`url` opens the order for whoever has it, and is told only here. `link_id` is what revokes it. `sent`: it was mailed."""

    link_id: str
    order_id: str
    purpose: str
    form: str | None
    url: str
    sent: bool
    expires_at: str | None


class RevokedLinksView(TypedDict):
    """`revoked`: the links that this call closed; those closed before are not among them."""

    revoked: list[str]


def made_view(found: MadeLink) -> MadeLinkView:
    link = found.link
    return {
        "link_id": link.link_id,
        "order_id": link.order_id,
        "purpose": link.purpose.value,
        "form": link.form or None,
        "url": found.url,
        "sent": found.sent,
        "expires_at": iso(link.expires_at),
    }


def revoked_view(found: tuple[Link, ...]) -> RevokedLinksView:
    return {"revoked": [link.link_id for link in found]}
