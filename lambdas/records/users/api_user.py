"""Users of the API: a name, hashed tokens that expire and can be rotated, and what they may do where."""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.records.users.rights import EVERYTHING, Grant, Right
from lambdas.runtime.models import Frozen

GRACE_SECONDS = 7 * 86_400  # in which the holder of a rotated token changes over to the new one
# Users that were added before revisions were counted have none.
_UNCHANGED = "revision = :read OR (attribute_exists(pk) AND attribute_not_exists(revision))"
_NOBODY = hashlib.sha256(b"nobody has this token").hexdigest()
# One small item per user below one key, so that they can be listed without a scan.
_LISTING, _LISTED = "api_users", "user#"


class ApiUserError(ValueError):
    """The change cannot be made; the message says why and what to do instead."""


class Token(Frozen):
    """`hash`: SHA-256; tokens are 256 random bits, so no slow hash is needed. `token_id` names it to people. Unix seconds."""

    token_id: str
    hash: str
    created_at: int = 0  # of one that was kept before this was written down
    expires_at: int | None = None

    def is_valid(self, now: int) -> bool:
        return self.expires_at is None or now < self.expires_at


class ApiUser(Frozen):
    """`calls_per_minute`: None: what the stage allows. `teams`: whose work the user does (orders/model/teams.py), which gives
    no rights. `revision` is raised by every change.
    """

    name: str
    tokens: tuple[Token, ...]
    grants: tuple[Grant, ...] = (EVERYTHING,)
    teams: tuple[str, ...] = ()
    active: bool = True
    calls_per_minute: int | None = None
    revision: int = 1

    def token_id_of(self, text: str) -> str | None:
        """The id of this token; None if it is no token of the user."""
        presented = _hash(text)
        return next((held.token_id for held in self.tokens if hmac.compare_digest(held.hash, presented)), None)

    def has_token(self, token_id: str, now: int) -> bool:
        """Whether the token is the user's, and valid."""
        return any(held.token_id == token_id and held.is_valid(now) for held in self.tokens)

    def may(self, right: Right) -> bool:
        """Somewhere, that is: where is looked at when the order is known."""
        return any(right in grant.rights for grant in self.grants)

    def may_in(self, right: Right, order_queue_id: int | None, brand_id: int | None) -> bool:
        return any(right in grant.rights and grant.covers(order_queue_id, brand_id) for grant in self.grants)

    def may_everywhere(self, right: Right) -> bool:
        return any(right in grant.rights and not grant.is_bound for grant in self.grants)


class ApiUserRecords:
    """Users in the record table. Every change is written only upon the user it was decided on."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def add(
        self,
        name: str,
        grants: tuple[Grant, ...] = (EVERYTHING,),
        *,
        now: int,
        expires_at: int | None = None,
        calls_per_minute: int | None = None,
        teams: tuple[str, ...] = (),
    ) -> str:
        """A new user; returns the token, which is not kept anywhere. Raises ApiUserError if the name is taken.

        A revoked user keeps the name: what is written down under it must not become somebody else's.
        """
        text, token = new_token(now, expires_at)
        user = ApiUser(name=name, tokens=(token,), grants=grants, calls_per_minute=calls_per_minute, teams=teams)
        writes = [self._table.new(_item(user)), self._table.new({"pk": _LISTING, "sk": f"{_LISTED}{name}"})]
        try:
            self._table.write_all(writes)
        except ConditionFailedError:
            raise ApiUserError(f"there is an API user {name} already; choose another name") from None
        return text

    def find(self, name: str) -> ApiUser | None:
        found = self._table.get(*_names(name).values()) if name else None
        return ApiUser.model_validate(found) if found else None

    def list(self) -> list[ApiUser]:
        """All users by name, revoked ones too."""
        found = (self.find(str(item["sk"]).removeprefix(_LISTED)) for item in self._table.query(_LISTING, _LISTED))
        return [user for user in found if user]

    def verified(self, name: str, token: str, now: int) -> ApiUser | None:
        """The user if the token is theirs. Does the same work whether the user exists or not."""
        user = self.find(name)
        presented = _hash(token)
        known = [(held.hash, held.is_valid(now)) for held in user.tokens] if user else [(_NOBODY, False)]
        fits = [hmac.compare_digest(presented, stored) and valid for stored, valid in known]
        return user if user and user.active and any(fits) else None

    def rotate(self, name: str, *, now: int, expires_at: int | None = None, grace_seconds: int = GRACE_SECONDS) -> str:
        """A new token, which is returned and not kept anywhere; the others are valid for the grace only.

        Raises ApiUserError if there is no such user, or it was revoked.
        """
        text, token = new_token(now, expires_at)
        ends_at = now + grace_seconds

        def rotated(user: ApiUser) -> ApiUser:
            _refuse_revoked(user)
            old = [
                held.model_copy(update={"expires_at": min(ends_at, held.expires_at or ends_at)})
                for held in user.tokens
                if held.is_valid(now)
            ]
            return user.model_copy(update={"tokens": (token, *old)})

        self._change(name, rotated)
        return text

    def grant(self, name: str, grants: tuple[Grant, ...], teams: tuple[str, ...] | None = None) -> None:
        """Replace the user's grants, and teams if any are given. Doors may use the former ones for some seconds.

        Raises ApiUserError if there is no such user, or it was revoked.
        """

        def granted(user: ApiUser) -> ApiUser:
            _refuse_revoked(user)
            return user.model_copy(update={"grants": grants, "teams": user.teams if teams is None else teams})

        self._change(name, granted)

    def revoke(self, name: str, token_id: str | None = None) -> None:
        """One token, or the user with all of them. Doors may keep who they were for seconds.

        Raises ApiUserError if there is no such user or token.
        """

        def revoked(user: ApiUser) -> ApiUser:
            if token_id is None:
                return user.model_copy(update={"active": False, "tokens": ()})
            kept = tuple(token for token in user.tokens if token.token_id != token_id)
            if len(kept) == len(user.tokens):
                known = ", ".join(token.token_id for token in user.tokens) or "none"
                raise ApiUserError(f"API user {name} has no token {token_id}; its tokens are: {known}")
            return user.model_copy(update={"tokens": kept})

        self._change(name, revoked)

    def _change(self, name: str, change: Callable[[ApiUser], ApiUser]) -> None:
        """Write what was decided; decide again whenever somebody else wrote first."""
        patience = self._table.patience()
        while True:
            user = self.find(name)
            if user is None:
                raise ApiUserError(f"there is no API user {name}; `list` shows those there are")
            changed = change(user).model_copy(update={"revision": user.revision + 1})
            if self._table.put_if(_UNCHANGED, _item(changed), read=user.revision):
                return
            patience.wait_or_raise(
                lambda: ApiUserError(f"API user {name} is being changed by somebody else; try again")
            )


def new_token(now: int, expires_at: int | None = None) -> tuple[str, Token]:
    """The token as its holder gets it, and as it is kept."""
    text = secrets.token_urlsafe(32)
    return text, Token(token_id=secrets.token_hex(4), hash=_hash(text), created_at=now, expires_at=expires_at)


def _refuse_revoked(user: ApiUser) -> None:
    if not user.active:
        raise ApiUserError(f"API user {user.name} was revoked; add a new user under another name")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _item(user: ApiUser) -> dict[str, object]:
    return {**_names(user.name), **user.model_dump(mode="json")}


def _names(name: str) -> dict[str, str]:
    return {"pk": f"api_user#{name}", "sk": "api_user"}
