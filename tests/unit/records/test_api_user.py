"""Who may call what: tokens are verified without telling which part was wrong."""

import hashlib
from typing import Any

import pytest

from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUser, ApiUserError, ApiUserRecords, new_token
from lambdas.records.users.rights import EVERYTHING, Grant, Right


@pytest.fixture
def users(records: RecordTable) -> ApiUserRecords:
    return ApiUserRecords(records)


def store(records: RecordTable, tokens: list[str], **changes: Any) -> None:
    held = [{"token_id": token, "hash": hashlib.sha256(token.encode()).hexdigest()} for token in tokens]
    records.put_new({"pk": "api_user#web", "sk": "api_user", "name": "web", "tokens": held, **changes})


def test_the_token_a_user_was_given_is_theirs(users: ApiUserRecords) -> None:
    token = users.add("web", now=0)

    assert (user := users.verified("web", token, now=0)) is not None
    assert user.name == "web"


def test_the_token_is_kept_nowhere(users: ApiUserRecords, records: RecordTable) -> None:
    token = users.add("web", now=0)

    assert token not in str(records.client.scan(TableName=records.name)["Items"])


def test_every_user_gets_a_token_of_their_own(users: ApiUserRecords) -> None:
    web, shop = users.add("web", now=0), users.add("shop", now=0)

    assert web != shop
    assert users.verified("web", shop, now=0) is None


@pytest.mark.parametrize(
    ("name", "token"), [("web", "wrong"), ("web", ""), ("nobody", "right"), ("", "right"), ("", "")]
)
def test_anything_else_is_nobody(users: ApiUserRecords, records: RecordTable, name: str, token: str) -> None:
    store(records, ["right"])

    assert users.verified(name, token, now=0) is None


def test_an_inactive_user_is_nobody(users: ApiUserRecords, records: RecordTable) -> None:
    store(records, ["right"], active=False)

    assert users.verified("web", "right", now=0) is None


@pytest.mark.parametrize("token", ["old", "new"])
def test_each_of_several_tokens_is_valid_so_that_one_can_be_replaced(
    users: ApiUserRecords, records: RecordTable, token: str
) -> None:
    store(records, ["old", "new"])

    assert users.verified("web", token, now=0) is not None


def test_a_taken_name_is_refused_and_the_first_user_stays(users: ApiUserRecords) -> None:
    token = users.add("web", now=0)

    with pytest.raises(ValueError, match="an API user web already"):
        users.add("web", now=0)
    assert users.verified("web", token, now=0) is not None


def test_a_token_is_valid_until_it_expires(users: ApiUserRecords, records: RecordTable) -> None:
    text, token = new_token(now=100, expires_at=200)
    user = ApiUser(name="web", tokens=(token,))
    records.put_new({"pk": "api_user#web", "sk": "api_user", **user.model_dump(mode="json")})

    assert users.verified("web", text, now=199) is not None
    assert users.verified("web", text, now=200) is None


@pytest.mark.parametrize(
    ("grant", "right", "queue", "brand", "may"),
    [
        (EVERYTHING, Right.CANCEL, 7, 2, True),
        (Grant(rights=frozenset({Right.VIEW})), Right.VIEW, 1, 1, True),
        (Grant(rights=frozenset({Right.VIEW})), Right.ACT, 1, 1, False),
        (Grant(rights=frozenset(Right), queues=frozenset({1})), Right.ACT, 2, 1, False),
        (Grant(rights=frozenset(Right), queues=frozenset({1})), Right.ACT, None, None, False),
        (Grant(rights=frozenset(Right), brands=frozenset({1})), Right.ACT, 2, 1, True),
        (Grant(rights=frozenset(Right), brands=frozenset({1})), Right.ACT, 2, 2, False),
    ],
)
def test_rights_hold_in_the_queues_and_brands_they_were_given_for(
    grant: Grant, right: Right, queue: int | None, brand: int | None, may: bool
) -> None:
    user = ApiUser(name="web", tokens=(), grants=(grant,))

    assert user.may_in(right, queue, brand) is may
    assert user.may(right) is (right in grant.rights)


DAY = 86_400


def test_a_rotated_token_is_valid_for_the_grace_and_the_new_one_stays(users: ApiUserRecords) -> None:
    old = users.add("web", now=0)
    new = users.rotate("web", now=DAY, grace_seconds=100)

    assert users.verified("web", old, now=DAY + 99) is not None
    assert users.verified("web", old, now=DAY + 100) is None
    assert users.verified("web", new, now=1_000 * DAY) is not None


def test_rotating_never_makes_a_token_live_longer_and_forgets_those_that_ended(users: ApiUserRecords) -> None:
    first = users.add("web", now=0, expires_at=50)
    users.rotate("web", now=10, grace_seconds=100)
    assert users.verified("web", first, now=50) is None

    users.rotate("web", now=200, expires_at=300, grace_seconds=100)
    (user,) = users.list()

    assert [(token.created_at, token.expires_at) for token in user.tokens] == [(200, 300), (10, 300)]


def test_a_revoked_token_is_nobodys_and_the_others_stay(users: ApiUserRecords) -> None:
    old = users.add("web", now=0)
    (user,) = users.list()
    new = users.rotate("web", now=0)

    users.revoke("web", user.tokens[0].token_id)

    assert users.verified("web", old, now=0) is None
    assert users.verified("web", new, now=0) is not None
    with pytest.raises(ApiUserError, match="no token no-such"):
        users.revoke("web", "no-such")


def test_a_revoked_user_is_nobody_keeps_the_name_and_gets_no_new_token(users: ApiUserRecords) -> None:
    token = users.add("web", now=0)
    users.revoke("web")
    users.revoke("web")

    assert users.verified("web", token, now=0) is None
    assert [(user.name, user.active, user.tokens) for user in users.list()] == [("web", False, ())]
    with pytest.raises(ApiUserError, match="already"):
        users.add("web", now=0)
    with pytest.raises(ApiUserError, match="was revoked"):
        users.rotate("web", now=0)


def test_who_is_not_there_cannot_be_changed(users: ApiUserRecords) -> None:
    for change in (lambda: users.rotate("nobody", now=0), lambda: users.revoke("nobody")):
        with pytest.raises(ApiUserError, match="no API user nobody"):
            change()
    assert users.list() == []


def test_users_are_listed_by_name(users: ApiUserRecords) -> None:
    for name in ("web", "ada", "shop"):
        users.add(name, calls_per_minute=9, now=0)

    assert [(user.name, user.calls_per_minute) for user in users.list()] == [("ada", 9), ("shop", 9), ("web", 9)]


def test_a_change_upon_an_old_version_is_decided_again(
    users: ApiUserRecords, records: RecordTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody revokes the user between our read and our write: the rotation must not bring them back."""
    users.add("web", now=0)
    other, find = ApiUserRecords(records), ApiUserRecords.find

    def revoked_meanwhile(self: ApiUserRecords, name: str) -> ApiUser | None:
        user = find(self, name)
        if self is users and user and user.active:
            other.revoke(name)
        return user

    monkeypatch.setattr(ApiUserRecords, "find", revoked_meanwhile)

    with pytest.raises(ApiUserError, match="was revoked"):
        users.rotate("web", now=0)


def test_a_user_written_before_there_were_revisions_can_be_changed(users: ApiUserRecords, records: RecordTable) -> None:
    store(records, ["right"])

    users.revoke("web")

    assert users.verified("web", "right", now=0) is None
