"""Sessions: the links of browsers that fill a form, with their sign-in, entered payment method and order of opening."""

from collections.abc import Iterator

from lambdas.records.links.link import Link, LinkPurpose, LinkRecords, address_digest, digest_of
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item


class SessionRecords:
    """Fields of a session's link.

    `client_id`: the client who signed in. `proof`: digest of the secret that only the signed-in browser holds. `entered`:
    digest of the payment token that was entered. `declined`: digest of the
    method that its bank declined last. `turn`: how often a link had opened the order before. `moved`: closed
    because the order was opened in another browser."""

    def __init__(self, table: RecordTable) -> None:
        self._table, self._links = table, LinkRecords(table)

    def sign_in(self, link: Link, client_id: str, proof: str) -> Link:
        """Store the client who signed in on this session, in the browser that holds this proof."""
        return self._links.change(link, {"client_id": client_id, "proof": digest_of(proof)})

    def sign_out(self, link: Link) -> Link:
        """Sign out. The session stays the client's, who must sign in again to continue it."""
        return self._links.change(link, {"proof": ""})

    def readdress(self, link: Link, email: str) -> Link:
        """Store the new address of the order, which was corrected on this session."""
        return self._links.change(link, {"address": address_digest(link.order_id, email)})

    def enter(self, link: Link, token: str) -> Link:
        """Store that the payment method of this token was entered on this session."""
        return self._links.change(link, {"entered": digest_of(token)})

    def mark_declined(self, link: Link, method: str) -> Link:
        """Store that its bank declined this payment method: a token, or the name of a stored method."""
        return self._links.change(link, {"declined": digest_of(method)})

    def begin(self, token: str, through: Link, now: int, *, client_id: str | None) -> Link:
        """Begin the session of a browser that opened this link, as the only one of the order.

        All earlier sessions are closed, except those on which the order's client (`client_id`) signed in. If two begin at the
        same moment, the later one stays.
        """
        order_id = through.order_id
        session = self._links.make(
            token, LinkPurpose.SESSION, order_id,
            now=now, form=through.form, by=f"link {through.link_id}", parent=through, turn=self._next_turn(order_id),
        )  # fmt: skip
        for other in self._others(session, client_id):
            if other.turn < session.turn:
                self._close(other, now)
        return session

    def close_others(self, kept: Link, client_id: str, now: int) -> None:
        """Close all other sessions of the order, except those on which the same client signed in. Can be repeated."""
        for other in self._others(kept, client_id):
            self._close(other, now)

    def _others(self, kept: Link, client_id: str | None) -> Iterator[Link]:
        """Read the other open sessions, except those on which this client signed in."""
        for link in self._links.of_order(kept.order_id):
            theirs = client_id and link.proof and link.client_id == client_id
            if (
                link.purpose is LinkPurpose.SESSION
                and link.digest != kept.digest
                and link.revoked_at is None
                and not theirs
            ):
                yield link

    def _close(self, link: Link, now: int) -> None:
        self._links.change(link, {"revoked_at": now, "moved": True})

    def _next_turn(self, order_id: str) -> int:
        answer = self._table.client.update_item(
            TableName=self._table.name,
            Key=to_item({"pk": f"order#{order_id}", "sk": "visits"}),
            UpdateExpression="ADD opened :one",
            ExpressionAttributeValues=to_item({":one": 1}),
            ReturnValues="UPDATED_NEW",
        )
        return int(from_item(answer["Attributes"])["opened"])
