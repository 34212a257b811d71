"""Users of the API: a name, hashed tokens, and which methods they may call."""

import hashlib
import hmac
import secrets
from fnmatch import fnmatchcase

from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen

_NOBODY = hashlib.sha256(b"nobody has this token").hexdigest()


class ApiUser(Frozen):
    """`token_hashes`: SHA-256 of each valid token; tokens are 256 random bits, so no slow hash is needed.

    `methods`: patterns such as `order.*` or `*`.
    """

    name: str
    token_hashes: tuple[str, ...]
    methods: tuple[str, ...] = ("*",)
    active: bool = True

    def may_call(self, method: str) -> bool:
        return any(fnmatchcase(method, pattern) for pattern in self.methods)


class ApiUserRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def add(self, name: str, methods: tuple[str, ...] = ("*",)) -> str:
        """A new user; returns the token, which is not kept anywhere. Raises ValueError if the name is taken."""
        token = secrets.token_urlsafe(32)
        user = ApiUser(name=name, token_hashes=(_hash(token),), methods=methods)
        if not self._table.put_new({**_names(name), **user.model_dump()}):
            raise ValueError(f"there is an API user {name} already; choose another name")
        return token

    def verified(self, name: str, token: str) -> ApiUser | None:
        """The user if the token is theirs. Does the same work whether the user exists or not."""
        found = self._table.get(*_names(name).values()) if name else None
        user = ApiUser.model_validate(found) if found else None
        presented = _hash(token)
        known = user.token_hashes if user else (_NOBODY,)
        fits = [hmac.compare_digest(presented, stored) for stored in known]
        return user if user and user.active and any(fits) else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _names(name: str) -> dict[str, str]:
    return {"pk": f"api_user#{name}", "sk": "api_user"}
