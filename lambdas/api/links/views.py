"""Links to orders as new callers get them."""

from typing import Annotated, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.records.links.link import Link, MadeLink


class MadeLinkView(TypedDict):
    link_id: Annotated[str, Doc("The link's id, for order.link_revoke.")]
    order_id: Annotated[str, Doc("The order it opens.")]
    purpose: Annotated[str, Doc("What it opens the order for.")]
    form: Annotated[str | None, Doc("The form it opens; null if none.")]
    url: Annotated[str, Doc("The link itself, which is shown only here. It opens the order for anyone.")]
    sent: Annotated[bool, Doc("Whether it was mailed to the client.")]
    expires_at: Annotated[str | None, Doc("Until when it works.")]


class RevokedLinksView(TypedDict):
    revoked: Annotated[list[str], Doc("Ids of the links that this call closed.")]


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
