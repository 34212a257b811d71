"""Users of the API: a name, hashed tokens that expire and can be rotated, and what they may do where."""

import hashlib
import hmac
import secrets

from lambdas.records.rights import EVERYTHING, Grant, Right
from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen

_NOBODY = hashlib.sha256(b"nobody has this token").hexdigest()


class Token(Frozen):
    """`hash`: SHA-256; tokens are 256 random bits, so no slow hash is needed. `token_id` names it to people. Unix seconds."""

    token_id: str
    hash: str
    created_at: int = 0
    expires_at: int | None = None

    def is_valid(self, now: int) -> bool:
        return self.expires_at is None or now < self.expires_at


class ApiUser(Frozen):
    name: str
    tokens: tuple[Token, ...]
    grants: tuple[Grant, ...] = (EVERYTHING,)
    active: bool = True

    def may(self, right: Right) -> bool:
        """Somewhere, that is: where is looked at when the order is known."""
        return any(right in grant.rights for grant in self.grants)

    def may_in(self, right: Right, order_queue_id: int | None, brand_id: int | None) -> bool:
        return any(right in grant.rights and grant.covers(order_queue_id, brand_id) for grant in self.grants)


class ApiUserRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def add(self, name: str, grants: tuple[Grant, ...] = (EVERYTHING,), *, now: int = 0) -> str:
        """A new user; returns the token, which is not kept anywhere. Raises ValueError if the name is taken."""
        text, token = new_token(now)
        user = ApiUser(name=name, tokens=(token,), grants=grants)
        if not self._table.put_new({**_names(name), **user.model_dump(mode="json")}):
            raise ValueError(f"there is an API user {name} already; choose another name")
        return text

    def verified(self, name: str, token: str, now: int = 0) -> ApiUser | None:
        """The user if the token is theirs. Does the same work whether the user exists or not."""
        found = self._table.get(*_names(name).values()) if name else None
        user = ApiUser.model_validate(found) if found else None
        presented = _hash(token)
        known = [(held.hash, held.is_valid(now)) for held in user.tokens] if user else [(_NOBODY, False)]
        fits = [hmac.compare_digest(presented, stored) and valid for stored, valid in known]
        return user if user and user.active and any(fits) else None


def new_token(now: int, expires_at: int | None = None) -> tuple[str, Token]:
    """The token as its holder gets it, and as it is kept."""
    text = secrets.token_urlsafe(32)
    return text, Token(token_id=secrets.token_hex(4), hash=_hash(text), created_at=now, expires_at=expires_at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _names(name: str) -> dict[str, str]:
    return {"pk": f"api_user#{name}", "sk": "api_user"}
