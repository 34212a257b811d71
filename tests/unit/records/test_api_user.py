"""Who may call what: tokens are verified without telling which part was wrong."""

import hashlib
from typing import Any

import pytest

from lambdas.records.api_user import ApiUser, ApiUserRecords, new_token
from lambdas.records.rights import EVERYTHING, Grant, Right
from lambdas.records.table import RecordTable


@pytest.fixture
def users(records: RecordTable) -> ApiUserRecords:
    return ApiUserRecords(records)


def store(records: RecordTable, tokens: list[str], **changes: Any) -> None:
    held = [{"token_id": token, "hash": hashlib.sha256(token.encode()).hexdigest()} for token in tokens]
    records.put_new({"pk": "api_user#web", "sk": "api_user", "name": "web", "tokens": held, **changes})


def test_the_token_a_user_was_given_is_theirs(users: ApiUserRecords) -> None:
    token = users.add("web")

    assert (user := users.verified("web", token)) is not None
    assert user.name == "web"


def test_the_token_is_kept_nowhere(users: ApiUserRecords, records: RecordTable) -> None:
    token = users.add("web")

    assert token not in str(records.client.scan(TableName=records.name)["Items"])


def test_every_user_gets_a_token_of_their_own(users: ApiUserRecords) -> None:
    web, shop = users.add("web"), users.add("shop")

    assert web != shop
    assert users.verified("web", shop) is None


@pytest.mark.parametrize(
    ("name", "token"), [("web", "wrong"), ("web", ""), ("nobody", "right"), ("", "right"), ("", "")]
)
def test_anything_else_is_nobody(users: ApiUserRecords, records: RecordTable, name: str, token: str) -> None:
    store(records, ["right"])

    assert users.verified(name, token) is None


def test_an_inactive_user_is_nobody(users: ApiUserRecords, records: RecordTable) -> None:
    store(records, ["right"], active=False)

    assert users.verified("web", "right") is None


@pytest.mark.parametrize("token", ["old", "new"])
def test_each_of_several_tokens_is_valid_so_that_one_can_be_replaced(
    users: ApiUserRecords, records: RecordTable, token: str
) -> None:
    store(records, ["old", "new"])

    assert users.verified("web", token) is not None


def test_a_taken_name_is_refused_and_the_first_user_stays(users: ApiUserRecords) -> None:
    token = users.add("web")

    with pytest.raises(ValueError, match="an API user web already"):
        users.add("web")
    assert users.verified("web", token) is not None


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
