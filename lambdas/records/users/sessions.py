"""Sessions of users in a browser. The browser holds a random token, the record its digest.

A session ends by signing out, after its hours, when nobody used it for a while, and with the token that it was begun with.
"""

import hashlib
import hmac
import secrets

from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUser, ApiUserRecords
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen

LASTS_SECONDS = 8 * 3600
IDLE_SECONDS = 3600
_NOTED_SECONDS = 300  # use is written down at most this often


class UserSession(Frozen):
    """`token`: what the browser holds, which is not stored. `user`: as they are now."""

    token: str
    user: ApiUser
    used_at: int

    def derived(self, purpose: str) -> str:
        """A text for this session and purpose, which nobody can make without the token."""
        return derived(self.token, purpose)

    def is_derived(self, purpose: str, said: str) -> bool:
        return is_derived(self.token, purpose, said)


class UserSessions:
    def __init__(self, table: RecordTable) -> None:
        self._table, self._users = table, ApiUserRecords(table)

    def begin(self, user: ApiUser, user_token: str, now: int) -> str | None:
        """Begin a session with this token of the user. Returns what the browser keeps; None if it is no token of theirs."""
        token_id = user.token_id_of(user_token)
        return self.begin_with(user.name, token_id, now) if token_id else None

    def begin_with(self, name: str, token_id: str, now: int) -> str:
        """Begin a session of the user with this name. It ends with the token of this id."""
        text = new_token()
        ends_at = now + LASTS_SECONDS
        record = {"user": name, "token_id": token_id, "used_at": now, "ends_at": ends_at, "expires_at": ends_at}
        self._table.put_new({**_key(text), **record})
        return text

    def find(self, token: str, now: int) -> UserSession | None:
        """The session with its user, read again. None: it is over, or its user or their token was revoked."""
        found = self._table.get(*_key(token).values())
        if found is None or now >= found["ends_at"] or now >= found["used_at"] + IDLE_SECONDS:
            return None
        user = self._users.find(str(found["user"]))
        if user is None or not user.active or not user.has_token(str(found["token_id"]), now):
            return None
        return UserSession(token=token, user=user, used_at=int(found["used_at"]))

    def note_use(self, session: UserSession, now: int) -> None:
        """Keep the session from ending because nobody uses it. Does not bring back one that was ended."""
        if now < session.used_at + _NOTED_SECONDS:
            return
        client = self._table.client
        try:
            client.update_item(
                TableName=self._table.name,
                Key=to_item(_key(session.token)),
                UpdateExpression="SET used_at = :now",
                ConditionExpression="attribute_exists(pk) AND used_at < :now",
                ExpressionAttributeValues=to_item({":now": now}),
            )
        except client.exceptions.ConditionalCheckFailedException:
            return

    def end(self, token: str) -> None:
        self._table.client.delete_item(
            TableName=self._table.name,
            Key=to_item(_key(token)),
            ConditionExpression="attribute_exists(pk) OR attribute_not_exists(pk)",
        )


def new_token() -> str:
    return secrets.token_urlsafe(32)


def derived(token: str, purpose: str) -> str:
    return hmac.digest(token.encode(), purpose.encode(), hashlib.sha256).hex()


def is_derived(token: str, purpose: str, said: str) -> bool:
    return hmac.compare_digest(derived(token, purpose).encode(), said.encode())


def _key(token: str) -> dict[str, str]:
    return {"pk": f"session#{hashlib.sha256(token.encode()).hexdigest()}", "sk": "session"}
