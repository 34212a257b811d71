"""Links to an order, which a browser or a mail holds instead of a login.

A token is 256 random bits and opens what its purpose allows, until it expires or is revoked. Only its SHA-256 is stored, so a
reader of the table can open nothing (reference/order-systems.md P9).

Longer than 200 lines, because whether a link is open depends on its whole chain of parents.
"""

import hashlib
import secrets
from enum import StrEnum
from typing import Any

from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen

DAY = 86_400


class LinkPurpose(StrEnum):
    """`visit`: the session of a browser that fills a form. `resume`: continues it elsewhere. `status`: shows the order."""

    SESSION = "visit"  # the word that is stored and listed
    RESUME = "resume"
    STATUS = "status"


KEPT_DAYS = {LinkPurpose.SESSION: 30, LinkPurpose.RESUME: 30, LinkPurpose.STATUS: 365}


class Link(Frozen):
    """`link_id`: its name for staff. `form`: the form it continues. `client_id`: the client who signed in on this session.

    `parent`: digest of the link it was opened or made through. It closes with that one, whenever it was made, and never
    outlives it. `address`: digest of the e-mail address that its reader proved to have. `notice`: a text for the next page.
    `proof`, `entered`, `moved`, `turn`: of sessions (records/links/sessions.py). Times are Unix seconds.
    """

    link_id: str
    digest: str
    purpose: LinkPurpose
    order_id: str
    form: str = ""
    by: str = ""
    parent: str = ""
    address: str = ""
    client_id: str | None = None
    proof: str = ""
    entered: str = ""
    moved: bool = False
    turn: int = 0
    notice: str = ""
    declined: str = ""
    created_at: int
    expires_at: int
    revoked_at: int | None = None

    def is_alive(self, now: int) -> bool:
        """Whether the link itself is open. `LinkRecords.is_open` checks the links it came from, too."""
        return self.revoked_at is None and now < self.expires_at


class MadeLink(Frozen):
    """A new link and its address, which cannot be shown again. `sent`: it was mailed to the order's client."""

    link: Link
    url: str
    sent: bool = False


def path_of(link: Link, token: str) -> str:
    """The link's path on the host of the pages."""
    return f"/forms/{link.form}/resume/{token}" if link.purpose is LinkPurpose.RESUME else f"/orders/{token}"


def address_digest(order_id: str, email: str) -> str:
    """The digest of an address, ignoring case, and different for each order."""
    return hashlib.sha256(f"{order_id}\n{email.strip().casefold()}".encode()).hexdigest()


def new_token() -> str:
    """43 characters that may stand in a path or a cookie."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class LinkRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def make(
        self,
        token: str,
        purpose: LinkPurpose,
        order_id: str,
        *,
        now: int,
        form: str = "",
        by: str = "",
        days: int | None = None,
        parent: Link | None = None,
        email: str = "",
        turn: int = 0,
    ) -> Link:
        """Make the link of this token, or return the existing one.

        `parent`: the link that it is made through. `email`: the address it is mailed to. It opens only orders of that address.
        Longer than 30 lines, because each part of a link is a line.
        """
        ends_at = now + (days or KEPT_DAYS[purpose]) * DAY
        link = Link(
            link_id=secrets.token_hex(6),
            digest=digest_of(token),
            purpose=purpose,
            order_id=order_id,
            form=form,
            by=by,
            parent=parent.digest if parent else "",
            address=address_digest(order_id, email) if email else parent.address if parent else "",
            turn=turn,
            created_at=now,
            expires_at=min(ends_at, parent.expires_at) if parent else ends_at,
        )
        place = {"pk": f"order#{order_id}", "sk": f"link#{link.link_id}", "digest": link.digest}
        record = {"pk": _pk(link.digest), "sk": "link", **link.model_dump(exclude_none=True)}
        try:
            self._table.write_all([self._table.new(record), self._table.new(place)])
        except ConditionFailedError:
            if first := self._read(link.digest):
                return first
            raise
        return link

    def of_digest(self, digest: str) -> Link | None:
        """The link whose token has this digest, open or not."""
        return self._read(digest)

    def find(self, token: str, purpose: LinkPurpose) -> Link | None:
        """The link of this token if it has this purpose, open or not."""
        link = self._read(digest_of(token))
        return link if link and link.purpose is purpose else None

    def find_open(self, token: str, purpose: LinkPurpose, now: int) -> Link | None:
        """The link of this token, if it has this purpose and is open."""
        link = self.find(token, purpose)
        return link if link and self.is_open(link, now) else None

    def is_open(self, link: Link, now: int) -> bool:
        """Whether the link and every link it came from are open. So one write closes all that came from a link, even what
        is made at the same moment."""
        found: Link | None = link
        while found and found.is_alive(now):
            if not found.parent:
                return True
            found = self._read(found.parent)
        return False

    def of_order(self, order_id: str) -> tuple[Link, ...]:
        """All links to the order, the newest first."""
        places = self._table.query(f"order#{order_id}", "link#")
        links = (self._read(str(place["digest"])) for place in places)
        return tuple(sorted((link for link in links if link), key=lambda link: -link.created_at))

    def revoke(self, order_id: str, link_id: str | None, now: int) -> tuple[Link, ...]:
        """Close one of the order's links with all that came from it, or all links. Returns those that this call closed.

        The oldest is closed first, so that nothing made through a closed link stays open if the process dies. Can be repeated.
        """
        links = self.of_order(order_id)
        closing = {link.digest for link in links if link_id in (None, link.link_id)}
        while further := {link.digest for link in links if link.parent in closing} - closing:
            closing |= further
        open_links = (link for link in reversed(links) if link.digest in closing and link.revoked_at is None)
        return tuple(self.change(link, {"revoked_at": now}) for link in open_links)

    def note(self, link: Link, notice: str) -> Link:
        """Store the notice for the next page; an empty text removes it."""
        return link if link.notice == notice else self.change(link, {"notice": notice})

    def remember_form(self, order_id: str, form: str) -> None:
        """Store the form on which an order was begun, so that a link can continue it."""
        self._table.put_new({"pk": f"order#{order_id}", "sk": "form", "form": form})

    def form_of(self, order_id: str) -> str | None:
        return str(found["form"]) if (found := self._table.get(f"order#{order_id}", "form")) else None

    def _read(self, digest: str) -> Link | None:
        return Link.model_validate(found) if (found := self._table.get(_pk(digest), "link")) else None

    def change(self, link: Link, values: dict[str, Any]) -> Link:
        """Write these values if the link still exists, and return the changed link."""
        self._table.client.update_item(
            TableName=self._table.name,
            Key=to_item({"pk": _pk(link.digest), "sk": "link"}),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={f"#{name}": name for name in values},
            ExpressionAttributeValues=to_item({f":{name}": value for name, value in values.items()}),
        )
        return link.model_copy(update=values)


def _pk(digest: str) -> str:
    return f"link#{digest}"
