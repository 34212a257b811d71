"""What callers say of people is kept as people write it, and refused at the field where it could not be used."""

import json
from typing import Any

import pytest

from lambdas.orders.model.order import Order
from lambdas.records.clients.client import Client, ClientRecords
from tests.support.build import CONTACT, NOW
from tests.unit.api.conftest import Caller

SINHALA = "ශ්‍රී"
PERSIAN = "می‌خواهم"


def create(caller: Caller, **info: Any) -> dict[str, Any]:
    return dict(caller.call("order.create", {"order_queue_id": 1, "info": {**CONTACT, **info}}).body)


def refused(answer: Any) -> dict[str, str]:
    return {problem["field"]: problem["detail"] for problem in answer.body["errors"]}


def test_names_keep_their_joiners_on_the_way_to_the_client(caller: Caller) -> None:
    order = create(caller, first=SINHALA, last=PERSIAN, company="👩‍👩‍👧 Ltd", address="1 Ame\u0301lie\r\nBack yard ")
    client = caller.data("client.add", {**CONTACT, "first": SINHALA, "company": "👩‍👩‍👧 Ltd", "meta_nick": PERSIAN})

    assert (order["info"]["first"], order["info"]["last"], order["info"]["company"]) == (SINHALA, PERSIAN, "👩‍👩‍👧 Ltd")
    assert order["info"]["address"] == "1 Amélie\nBack yard"
    found = caller.data("client.get", {"client_id": client, "metadata": 1})
    assert (found["first"], found["company"], found["metadata"]) == (SINHALA, "👩‍👩‍👧 Ltd", {"nick": PERSIAN})


@pytest.mark.parametrize(
    "address", ["@", "ada@example..test", "ada", "ada@example.com, eve@example.com", {"a": "b"}, True]
)
def test_an_address_that_is_none_is_refused_wherever_it_is_sent(caller: Caller, address: Any) -> None:
    order_id = create(caller)["order_id"]
    for method, parameters, field in (
        ("order.create", {"order_queue_id": 1, "info": {**CONTACT, "email": address}}, "info.email"),
        ("order.update", {"order_id": order_id, "info": {"email": address}}, "info.email"),
        ("client.add", {**CONTACT, "email": address}, "email"),
    ):
        answer = caller.call(method, parameters)
        assert 400 <= answer.status < 500
        assert field in refused(answer)
        old = caller.send("/api/2.0/", query=f"method={method}", body=json.dumps(parameters)).body
        assert field in old["error_message"]

    assert caller.data("order.get", {"order_id": order_id})["info"]["email"] == CONTACT["email"]
    assert caller.call("client.get", {"client_id": "100"}).status == 404


@pytest.mark.parametrize("key", ["first", "company", "address", "city", "uber_login", "cc_first"])
@pytest.mark.parametrize("control", ["\x00", "\x1b[2J", "\x9b"])
def test_controls_are_refused_at_their_field(caller: Caller, key: str, control: str) -> None:
    answer = caller.call("order.create", {"order_queue_id": 1, "info": {**CONTACT, key: f"Ada{control}"}})

    assert "control character" in refused(answer)[f"info.{key}"]
    assert caller.orders_written() == 0


def test_half_a_character_is_refused_by_every_method_that_takes_text(caller: Caller) -> None:
    order_id = create(caller)["order_id"]
    for method, parameters in (
        ("client.add", {**CONTACT, "first": "\ud83d"}),
        ("order.cancel", {"order_id": order_id, "reason": "\ud83d"}),
        ("order.respond", {"order_id": order_id, "comment": 1, "followup": "\ud83d"}),
        ("order.create", {"order_queue_id": 1, "info": {"first": "\ud83d"}}),
    ):
        assert 400 <= caller.call(method, parameters).status < 500, method


def test_a_reason_is_kept_as_it_is_written(caller: Caller) -> None:
    order_id = create(caller)["order_id"]
    caller.data("order.cancel", {"order_id": order_id, "reason": f"\ufeff{SINHALA} said\u202e no "})
    kept = caller.api.backend.service.store.get(order_id)

    assert kept.canceled_because == f"{SINHALA} said no"


def test_a_client_is_found_by_the_address_as_people_write_it(caller: Caller) -> None:
    client_id = caller.data("client.add", {**CONTACT, "email": "ada@Bücher.example"})

    for written in ("ada@bücher.example", "ADA@xn--bcher-kva.example"):
        found = caller.data("client.get", {"email": written})
        assert (found["client_id"], found["email"]) == (client_id, "ada@xn--bcher-kva.example")


def test_what_an_earlier_release_took_can_be_read_changed_elsewhere_and_sent_back(caller: Caller) -> None:
    order_id = create(caller)["order_id"]
    order = as_of_an_earlier_release(caller, order_id, email="@", country="XX", phone="call me")

    assert caller.data("order.get", {"order_id": order_id})["info"]["email"] == "@"
    changed = caller.call("order.update", {"order_id": order_id, "info": {**order.info, "note": "new"}})
    assert (changed.status, changed.body["info"]["note"]) == (200, "new")
    assert "info.email" in refused(caller.call("order.submit", {"order_id": order_id}))
    assert caller.call("order.cancel", {"order_id": order_id}).status == 200


def test_a_client_of_an_earlier_release_is_found(caller: Caller) -> None:
    clients = ClientRecords(caller.api.backend.records)
    clients.add(Client(client_id="100", brand_id=1, email="ada@home", country="XX", created_at=NOW))

    assert caller.data("client.get", {"email": "Ada@Home"})["client_id"] == "100"


def as_of_an_earlier_release(caller: Caller, order_id: str, **info: Any) -> Order:
    store = caller.api.backend.service.store
    order = store.get(order_id)
    return store.save(order.changed(info={**order.info, **info}))


def test_telephones_and_codes_are_kept_as_they_are_used(caller: Caller) -> None:
    said = {
        "phone": "020 7946 0018 ext. 89",
        "fax": "０２０ ７９４６ ００１９",
        "zip": "ｓｗ１ａ ２ａａ",
        "cc_phone": "(212) 555\u20130100",
    }
    order = create(caller, **said, cc_country="US", cc_zip="90210\u20131234")
    client = caller.data("client.get", {"client_id": caller.data("client.add", {**CONTACT, "phone": said["phone"]})})

    assert (order["info"]["phone"], order["info"]["fax"]) == ("+44 20 7946 0018 ext. 89", "+44 20 7946 0019")
    assert (order["info"]["zip"], order["info"]["cc_phone"], order["info"]["cc_zip"]) == (
        "SW1A 2AA",
        "+1 212-555-0100",
        "90210-1234",
    )
    assert client["phone"] == "+44 20 7946 0018 ext. 89"


def test_a_number_waits_for_its_country(caller: Caller) -> None:
    order = create(caller, country="", phone="020 7946 0018")
    assert order["info"]["phone"] == "020 7946 0018"

    changed = caller.call("order.update", {"order_id": order["order_id"], "info": {"country": "GB"}}).body
    assert changed["info"]["phone"] == "+44 20 7946 0018"
    again = caller.call("order.update", {"order_id": order["order_id"], "info": {"country": "US"}}).body
    assert again["info"]["phone"] == "+44 20 7946 0018"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("GR 094014201", "EL094014201"), ("094014201", "EL094014201"), ("EL123456789", ""), ("DE136695976", "")],
)
def test_a_vat_number_counts_or_is_refused_at_its_field(caller: Caller, said: str, kept: str) -> None:
    info = {**CONTACT, "country": "GR", "vat_id": said, "pack1": {"plan_id": "1"}}
    order = caller.call("order.create", {"order_queue_id": 1, "info": info})
    client = caller.call("client.add", {**CONTACT, "country": "GR", "vat_id": said})

    if kept:
        assert order.body["info"]["vat_id"] == kept
        assert [tax["reverse_charge"] for tax in order.body["taxes"]] == [True]
        assert caller.data("client.get", {"client_id": client.body["client_id"]})["vat_id"] == kept
    else:
        assert list(refused(order)) == ["info.vat_id"]
        assert list(refused(client)) == ["vat_id"]


def test_a_number_of_the_address_before_keeps_the_order_from_being_submitted(caller: Caller) -> None:
    order = create(caller, country="GR", vat_id="094014201", pack1={"plan_id": "1"})
    moved = caller.call("order.update", {"order_id": order["order_id"], "info": {"country": "DE"}})
    assert (moved.status, moved.body["taxes"][0]["reverse_charge"]) == (200, False)

    problems = refused(caller.call("order.submit", {"order_id": order["order_id"]}))
    assert "is a number of Greece, and the address is in Germany" in problems["info.vat_id"]
