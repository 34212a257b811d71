"""client.update: what is sent is changed, nothing else; and the client is found by what is so now."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lambdas.records.clients.changes import change_client
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CONTACT, NOW
from tests.support.logs import logged
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller

PASSWORD = "a long pass phrase"
ADA = {
    **CONTACT,
    "uber_login": "ada",
    "uber_pass": PASSWORD,
    "company": "Engines",
    "meta_source": "fair",
    "datepay": "14",
}


@pytest.fixture
def client_id(caller: Caller) -> str:
    return str(caller.data("client.add", ADA))


def stored(caller: Caller, client_id: str) -> Client:
    client = ClientRecords(caller.api.backend.records).get(client_id)
    assert client is not None
    return client


def update(caller: Caller, client_id: str, **changes: Any) -> Answer:
    return caller.call("client.update", {"client_id": client_id, **changes})


def problems(answer: Answer) -> dict[str, str]:
    return {problem["field"]: problem["detail"] for problem in answer.body["errors"]}


def test_what_is_sent_is_changed_and_nothing_else(caller: Caller, client_id: str) -> None:
    before = stored(caller, client_id)
    answer = update(
        caller, client_id, email="Ada@Bücher.example", phone="020 7946 0018", company="", meta_vip="1", datepay="30"
    )

    after = stored(caller, client_id)
    wanted = {"email": "Ada@xn--bcher-kva.example", "phone": "+44 20 7946 0018"}
    kept = {"settings": {**before.settings, "datepay": "30"}, "metadata": {"source": "fair", "vip": "1"}}
    assert after == before.model_copy(update={**wanted, **kept})
    assert (answer.status, answer.body["email"], answer.body["company"]) == (200, wanted["email"], "Engines")
    assert caller.data("client.update", {"client_id": "ada", "first": "Augusta"}) is True
    assert stored(caller, client_id).first == "Augusta"


def test_it_is_found_by_its_new_address_and_login_and_no_more_by_the_old(caller: Caller, client_id: str) -> None:
    update(caller, client_id, email="ada@example.org", uber_login="Lovelace")

    for by in ({"email": "ADA@example.org"}, {"user_login": "lovelace"}):
        assert caller.call("client.get", by).body["client_id"] == client_id
    for gone in ({"email": CONTACT["email"]}, {"user_login": "ada"}):
        assert caller.call("client.get", gone).status == 404
    assert caller.call("client.add", {**CONTACT, "uber_login": "ada", "strict": 1}).status == 201


def test_fields_are_emptied_by_name(caller: Caller, client_id: str) -> None:
    answer = update(caller, client_id, clear="company, email,uber_login")
    assert (answer.body["company"], answer.body["email"], answer.body["uber_login"]) == ("", "", "")
    assert caller.call("client.get", {"email": CONTACT["email"]}).status == 404

    assert "can name first" in problems(update(caller, client_id, clear="password_hash"))["clear"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "@"}, "email"),
        ({"country": "SP"}, "country"),
        ({"phone": "call me"}, "phone"),
        ({"first": "\x00"}, "first"),
        ({"zip": "N/A"}, "zip"),
        ({"vat_id": "GB123456789"}, "vat_id"),
        ({"brand_id": 2}, "brand_id"),
    ],
)
def test_what_could_not_be_used_is_refused_and_nothing_is_written(
    caller: Caller, client_id: str, changes: dict[str, Any], field: str
) -> None:
    before = stored(caller, client_id)
    answer = update(caller, client_id, last="Byron", **changes)

    assert list(problems(answer)) == [field]
    assert stored(caller, client_id) == before


def test_a_taken_login_is_refused(caller: Caller, client_id: str) -> None:
    caller.data("client.add", {**CONTACT, "uber_login": "grace"})

    assert "taken by another client" in str(update(caller, client_id, uber_login="GRACE").body)
    assert stored(caller, client_id).uber_login == "ada"
    assert update(caller, client_id, uber_login="ADA").status == 200


def test_another_country_needs_what_is_read_by_it_to_be_right_there(caller: Caller, client_id: str) -> None:
    update(caller, client_id, country="GR", vat_id="094014201")
    assert "vat_id" in problems(update(caller, client_id, country="DE"))

    moved = update(caller, client_id, country="DE", vat_id="DE136695976")
    assert (moved.body["country"], moved.body["vat_id"]) == ("DE", "DE136695976")
    assert update(caller, client_id, country="US", clear="vat_id").body["vat_id"] == ""


def test_a_client_of_an_earlier_release_can_be_mended(caller: Caller) -> None:
    old = Client(client_id="100", brand_id=1, email="ada@home", country="SP", phone="call me", created_at=NOW)
    ClientRecords(caller.api.backend.records).add(old)

    assert update(caller, "100", first="Ada").body["phone"] == "call me"
    assert update(caller, "100", email="ada@example.com").status == 200
    assert list(problems(update(caller, "100", country="GB"))) == ["phone"]
    mended = update(caller, "100", country="GB", phone="020 7946 0018").body
    assert (mended["country"], mended["phone"]) == ("GB", "+44 20 7946 0018")


def test_many_changes_at_once_lose_none(caller: Caller, client_id: str) -> None:
    table = caller.api.backend.records
    names = ["first", "last", "company", "city", "address"]

    def change(name: str) -> None:
        change_client(table, client_id, lambda client: client.model_copy(update={name: name}))

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(change, names))
    assert [getattr(stored(caller, client_id), name) for name in names] == names


@pytest.mark.parametrize(
    "sent",
    [
        {"uber_pass": "x" * 20},
        {"uber_login": "eve"},
        {"login_enabled": 0},
        {"clear": "uber_login"},
        {"access": {"a": 1}},
    ],
)
def test_who_may_not_pay_with_what_is_stored_does_not_change_how_a_client_signs_in(
    caller: Caller, client_id: str, sent: dict[str, Any]
) -> None:
    sales = Grant(rights=ROLES["sales"])
    before = stored(caller, client_id)

    assert as_user(caller, sales, "client.update", {"client_id": client_id, **sent}).status == 403
    assert stored(caller, client_id) == before
    assert as_user(caller, sales, "client.update", {"client_id": client_id, "first": "A"}).status == 200
    allowed = Grant(rights=ROLES["sales"] | {Right.STORED_METHODS})
    assert as_user(caller, allowed, "client.update", {"client_id": client_id, **sent}).status == 200


def test_a_new_password_is_the_one_that_signs_in_and_is_never_said(
    caller: Caller, client_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = update(caller, client_id, uber_pass="another long phrase")

    clients = ClientRecords(caller.api.backend.records)
    assert clients.verified("ada", "another long phrase", [1]) is not None
    assert clients.verified("ada", PASSWORD, [1]) is None
    assert "another long phrase" not in str(answer.body) + logged(caplog)
    assert "scrypt" not in str(answer.body)


def test_an_order_says_that_its_client_is_corrected_here(caller: Caller, client_id: str) -> None:
    order_id = caller.call("order.create", {"order_queue_id": 1, "client_id": client_id, "info": CONTACT}).body[
        "order_id"
    ]
    store = caller.api.backend.service.store
    order = store.get(order_id)
    processing = order.checklist_steps[1]
    store.save(order.changed(step_id=processing.step_id, step_status=processing.status))
    assert caller.call("order.get", {"order_id": order_id}).body["contact_note"] is None

    changed = caller.call("order.update", {"order_id": order_id, "info": {"email": "ada@example.org"}}).body
    assert f"email: changed after client {client_id} was made" in changed["contact_note"]
    assert caller.data("order.get", {"order_id": order_id})["contact_note"] == changed["contact_note"]
    assert stored(caller, client_id).email == CONTACT["email"]
