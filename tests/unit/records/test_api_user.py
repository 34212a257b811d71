"""Who may call what: tokens are verified without telling which part was wrong."""

import hashlib
from typing import Any

import pytest

from lambdas.records.api_user import ApiUser, ApiUserRecords
from lambdas.records.table import RecordTable


@pytest.fixture
def users(records: RecordTable) -> ApiUserRecords:
    return ApiUserRecords(records)


def store(records: RecordTable, tokens: list[str], **changes: Any) -> None:
    hashes = [hashlib.sha256(token.encode()).hexdigest() for token in tokens]
    records.put_new({"pk": "api_user#web", "sk": "api_user", "name": "web", "token_hashes": hashes, **changes})


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


@pytest.mark.parametrize(
    ("rights", "method", "may"),
    [
        (("*",), "order.create", True),
        (("order.*",), "order.create", True),
        (("order.get",), "order.create", False),
        ((), "order.get", False),
        (("order.*",), "orders.get", False),
        (("order.get", "order.list"), "order.list", True),
        (("order.get",), "ORDER.GET", False),
    ],
)
def test_rights_are_patterns_of_method_names(rights: tuple[str, ...], method: str, may: bool) -> None:
    assert ApiUser(name="web", token_hashes=(), methods=rights).may_call(method) is may
