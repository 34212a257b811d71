"""Mailed links that sign a client in on the form's session that asked for one: once, within minutes, in that browser alone.

Only the token's SHA-256 is stored. The link opens nothing without the cookie of its session.
"""

from botocore.exceptions import ClientError

from lambdas.records.links.link import digest_of
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen

OPEN_SECONDS = 15 * 60
_KIND = "sign_in"


class SignInLink(Frozen):
    """`session`: digest of the session's token. `address`: key of the e-mail address it went to. Times are Unix seconds."""

    digest: str
    session: str
    client_id: str
    address: str
    expires_at: int
    used_at: int | None = None


class SignInLinks:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def offer(self, token: str, *, session: str, client_id: str, address: str, now: int) -> None:
        """Make the link of this token. An existing link stays."""
        link = SignInLink(
            digest=digest_of(token),
            session=session,
            client_id=client_id,
            address=address,
            expires_at=now + OPEN_SECONDS,
        )
        self._table.put_new({"pk": f"link#{link.digest}", "sk": _KIND, **link.model_dump(exclude_none=True)})

    def find(self, token: str, session: str, now: int) -> SignInLink | None:
        """The link of this token if it is of this session, not used, and not expired."""
        found = self._table.get(f"link#{digest_of(token)}", _KIND)
        link = SignInLink.model_validate(found) if found else None
        is_open = link and link.session == session and link.used_at is None and now < link.expires_at
        return link if is_open else None

    def use(self, link: SignInLink, now: int) -> bool:
        """Use the link up. False if another request used it first."""
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=to_item({"pk": f"link#{link.digest}", "sk": _KIND}),
                UpdateExpression="SET used_at = :now",
                ConditionExpression="attribute_exists(pk) AND attribute_not_exists(used_at)",
                ExpressionAttributeValues=to_item({":now": now}),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True
