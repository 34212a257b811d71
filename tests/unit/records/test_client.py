"""A client is made once per order, with its login and payment method, or not at all."""

import pytest

from lambdas.records.clients.client import ClientRecords, LoginTakenError
from lambdas.records.clients.stored_methods import MethodsBusyError, PaymentMethodRecords
from lambdas.records.request_key import RequestKey, RequestKeyUsedError
from lambdas.records.table import RecordTable
from lambdas.runtime.passwords import hash_password
from tests.unit.records.builders import CARD_METHOD, a_client


@pytest.fixture
def clients(records: RecordTable) -> ClientRecords:
    return ClientRecords(records)


def written(records: RecordTable) -> int:
    return int(records.client.scan(TableName=records.name, Select="COUNT")["Count"])


def test_a_client_comes_back_as_it_was_made(clients: ClientRecords) -> None:
    client = a_client(password_hash="scrypt$00$00", vat_id="GB1")

    assert clients.make(client, None) == "101"
    assert clients.get("101") == client
    assert clients.brand_of("101") == 1


def test_nobody_is_no_client(clients: ClientRecords) -> None:
    assert (clients.get("7"), clients.brand_of("7"), clients.made_for("1001")) == (None, None, None)


def test_an_order_makes_one_client_however_often_it_is_repeated(clients: ClientRecords, records: RecordTable) -> None:
    made = [clients.make(a_client(client_id=str(number)), CARD_METHOD) for number in (101, 102, 103)]

    assert made == ["101", "101", "101"]
    assert clients.made_for("1001") == "101"
    assert written(records) == 5


def test_two_orders_without_a_login_make_two_clients(clients: ClientRecords) -> None:
    first = clients.make(a_client(uber_login=""), None)
    other = clients.make(a_client(uber_login="", client_id="102", order_id="1002"), None)

    assert (first, other) == ("101", "102")


@pytest.mark.parametrize("login", ["ada", "ADA", "Ada"])
def test_a_login_of_another_client_is_refused_and_nothing_is_left_half_made(
    clients: ClientRecords, records: RecordTable, login: str
) -> None:
    clients.make(a_client(), None)
    before = written(records)

    with pytest.raises(LoginTakenError):
        clients.make(a_client(client_id="102", order_id="1002", uber_login=login), CARD_METHOD)

    assert written(records) == before
    assert clients.made_for("1002") is None
    assert clients.brand_of("102") is None


def test_after_a_refused_login_the_order_may_make_its_client_with_another(clients: ClientRecords) -> None:
    clients.make(a_client(), None)
    with pytest.raises(LoginTakenError):
        clients.make(a_client(client_id="102", order_id="1002"), None)

    assert clients.make(a_client(client_id="103", order_id="1002", uber_login="grace"), None) == "103"


def test_a_login_name_is_found_however_its_letters_are_typed(clients: ClientRecords) -> None:
    clients.add(a_client(client_id="101", order_id=None, uber_login="amélie"))

    for typed in ("amélie", "ame\u0301lie", " AMÉLIE\u200b "):
        found = clients.by_login(typed, [1])
        assert found is not None, ascii(typed)
        assert found.client_id == "101"


def test_each_brand_has_logins_of_its_own(clients: ClientRecords) -> None:
    clients.make(a_client(), None)

    assert clients.make(a_client(client_id="102", order_id="1002", brand_id=2), None) == "102"


def test_the_payment_method_of_the_order_is_stored_with_its_client(clients: ClientRecords) -> None:
    clients.make(a_client(), CARD_METHOD)

    assert clients.payment_method("101", "1001") == CARD_METHOD
    assert clients.payment_method("101", "1002") is None
    assert clients.payment_method("102", "1001") is None


def test_client_numbers_increase(clients: ClientRecords) -> None:
    assert [clients.new_client_id() for _ in range(3)] == ["101", "102", "103"]


def test_a_client_does_not_show_its_data_when_it_is_refused() -> None:
    with pytest.raises(ValueError, match="brand_id") as refused:
        a_client(brand_id="secret-value")

    assert "secret-value" not in str(refused.value)


def test_clients_without_an_order_are_found_by_login_and_address(clients: ClientRecords) -> None:
    ada = a_client(order_id=None, uber_login="Ada")
    grace = a_client(order_id=None, client_id="102", uber_login="grace", email="ADA@example.com ")
    for client in (grace, ada):
        clients.add(client)

    assert clients.by_login("aDA", [2, 1]) == ada
    assert clients.by_login("ada", [2]) is None
    assert clients.by_login("", [1]) is None
    assert clients.by_email("ada@EXAMPLE.com") == (ada, grace)
    assert clients.by_email("nobody@example.com") == ()


def test_a_number_names_a_client_before_it_is_a_login(clients: ClientRecords) -> None:
    clients.add(a_client(order_id=None, uber_login="102"))
    assert clients.named("102", [1]) == clients.get("101")

    clients.add(a_client(order_id=None, client_id="102", uber_login="grace"))
    assert clients.named("102", [1]) == clients.get("102")


def test_a_taken_login_leaves_nothing_of_a_client_without_an_order(
    clients: ClientRecords, records: RecordTable
) -> None:
    clients.make(a_client(), None)
    before = written(records)

    with pytest.raises(LoginTakenError):
        clients.add(a_client(order_id=None, client_id="102"))
    assert written(records) == before


def test_a_request_key_makes_one_client(clients: ClientRecords) -> None:
    key = RequestKey.of("web", "k", "client.add", {"first": "Ada"}, 0)
    made = [clients.add(a_client(order_id=None, client_id=str(number)), key) for number in (101, 102)]

    assert made == ["101", "101"]
    with pytest.raises(RequestKeyUsedError):
        clients.add(a_client(order_id=None, client_id="103"), RequestKey.of("web", "k", "client.add", {}, 0))
    assert (
        clients.add(a_client(uber_login="", client_id="104"), RequestKey.of("shop", "k", "client.add", {}, 0)) == "104"
    )


@pytest.mark.parametrize(
    ("changes", "password", "fits"),
    [
        ({}, "right", True),
        ({}, "wrong", False),
        ({"login_enabled": False}, "right", False),
        ({"password_hash": None}, "right", False),
        ({"password_hash": None}, "", False),
    ],
)
def test_a_login_needs_its_password(
    clients: ClientRecords, changes: dict[str, object], password: str, fits: bool
) -> None:
    clients.add(a_client(**{"order_id": None, "password_hash": hash_password("right"), **changes}))

    assert (clients.verified("ada", password, [1]) is not None) is fits
    assert clients.verified("nobody", password, [1]) is None


def test_the_first_method_is_the_default_one_until_another_is_made_so(
    clients: ClientRecords, records: RecordTable
) -> None:
    clients.make(a_client(), CARD_METHOD)
    methods = PaymentMethodRecords(records)
    other = CARD_METHOD.model_copy(update={"token": "tok_other"})

    def default() -> str | None:
        client = clients.get("101")
        return client.default_billing_info_id if client else None

    assert default() == "1001"
    added = methods.add("101", other, is_default=False)
    assert (default(), methods.add("101", CARD_METHOD, is_default=False)) == ("1001", "1001")
    assert methods.add("101", other, is_default=True) == added == default()
    assert list(methods.of_client("101")) == [added, "1001"]


def test_a_client_who_is_not_there_gets_no_method(records: RecordTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.runtime.retry_budget.sleep", lambda _: None)

    with pytest.raises(MethodsBusyError):
        PaymentMethodRecords(records).add("7", CARD_METHOD, is_default=False)
    assert PaymentMethodRecords(records).of_client("7") == {}
