"""What a front end sees of taxes is what is charged, at both doors."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.seller import load_sellers
from lambdas.catalog.tax import load_taxes
from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.windows import Windows
from lambdas.records.users.rights import Grant, Right
from lambdas.vat.ask_limits import AskLimits, VatLimits
from lambdas.vat.checked_taxes import choose_taxes
from lambdas.vat.sandbox import CONSULTATION, INVALID_NUMBER
from tests.support.build import CARD, CONTACT, NOW
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Caller

NAMELESS = Grant(rights=frozenset(Right) - {Right.PERSONAL_DATA})
VALID, DAY = "DE136695976", datetime.fromtimestamp(NOW, UTC).date().isoformat()
PERSON = {**CONTACT, **CARD, "country": "DE"}
SERVER = {"plan_id": "2", "quantity": 2}  # 298.00 a month for two, 99.00 set-up
TOTALS = {"name": "VAT", "primary_total": "56.62", "prorated_total": "0.00", "setup_total": "18.81"}
VIEW = {"tax_id": "6", "name": "VAT", "rate": "19", "amount": "75.43", "reverse_charge": False, "vat_check": None}


def made(caller: Caller, **info: Any) -> dict[str, Any]:
    bundle: dict[str, Any] = caller.data("order.create", {"order_queue_id": 1, "info": {**PERSON, **info}})
    return bundle


@pytest.fixture
def asking(caller: Caller) -> Caller:
    return asking_within(caller, VatLimits())


def asking_within(caller: Caller, limits: VatLimits) -> Caller:
    """The same where the sandbox's register is asked."""
    backend = caller.api.backend
    pricing = backend.service.pricing
    assert isinstance(pricing, CatalogPricing)
    asks = AskLimits(Windows("guards", caller.dynamodb), limits)
    taxes = choose_taxes("sandbox", load_taxes(), backend.records, load_sellers(), asks)
    service = replace(backend.service, pricing=replace(pricing, taxes=taxes))
    return replace(caller, api=replace(caller.api, backend=replace(backend, service=service)))


def test_taxes_are_read_back_as_ubersmith_does(caller: Caller) -> None:
    bundle = made(caller, pack1=SERVER, pack2={"plan_id": "3"})
    record = caller.data("order.get", {"order_id": bundle["order_id"]})

    pack = record["info"]["pack1"]
    assert (pack["cost"], pack["total_setup"]) == ("298.00", "99.00")
    assert (pack["primary_taxes2"], pack["setup_taxes2"]) == ({"6": "56.62"}, {"6": "18.81"})
    assert record["info"]["taxes"] == {"6": {**TOTALS, "primary_total": "59.38"}}  # 14.50 of the domain's: 2.76
    assert record["total"] == "489.69"
    assert '<td colspan="3">VAT 19%</td><td>78.19</td>' in bundle["summary"]
    assert bundle["data"]["info"]["taxes"] == record["info"]["taxes"]


def test_new_callers_get_them_by_service_and_for_the_order(caller: Caller) -> None:
    info = {**PERSON, "pack1": SERVER, "pack2": {"plan_id": "1", "price": "0"}}
    order = caller.call("order.create", {"order_queue_id": 1, "info": info}).body

    server, free = order["services"]
    assert (server["tax"], server["taxes"], server["first_charge"]) == ("75.43", [VIEW], "472.43")
    assert (server["recurring"], server["setup"], server["renewal"]) == ("298.00", "99.00", "298.00")
    assert (free["tax"], free["first_charge"]) == ("0.00", "0.00")
    assert (order["tax"], order["taxes"], order["total"]) == ("75.43", [VIEW], "472.43")


@pytest.mark.parametrize("info", [{"country": "GB"}, {"country": ""}])
def test_without_tax_nothing_is_shown_of_one(caller: Caller, info: dict[str, Any]) -> None:
    bundle = made(caller, pack1=SERVER, **info)
    order = caller.call("order.get", {"order_id": bundle["order_id"]}).body

    assert (bundle["data"]["total"], bundle["data"]["info"]["taxes"]) == ("397.00", [])
    assert "primary_taxes2" not in bundle["data"]["info"]["pack1"]
    assert "VAT" not in bundle["summary"]
    assert (order["tax"], order["taxes"], order["services"][0]["taxes"]) == ("0.00", [], [])


def test_a_business_abroad_is_told_that_it_owes_the_tax(caller: Caller) -> None:
    bundle = made(caller, pack1=SERVER, vat_id="DE 136695976")
    order = caller.call("order.get", {"order_id": bundle["order_id"]}).body

    assert (bundle["data"]["total"], bundle["data"]["info"]["taxes"]) == ("397.00", [])
    assert "VAT, reverse charge" in bundle["summary"]
    assert order["taxes"] == [{**VIEW, "rate": "0", "amount": "0.00", "reverse_charge": True}]


@pytest.mark.parametrize(
    ("number", "standing", "amount"), [(VALID, "valid", "0.00"), (INVALID_NUMBER, "invalid", "75.43")]
)
def test_an_order_shows_what_the_register_answered_on_the_clients_number(
    asking: Caller, number: str, standing: str, amount: str
) -> None:
    order_id = made(asking, pack1=SERVER, vat_id=number)["order_id"]
    order = asking.call("order.get", {"order_id": order_id}).body

    (tax,) = order["taxes"]
    assert (tax["amount"], tax["vat_check"]) == (amount, f"{standing} {DAY} {CONSULTATION}")
    assert order["services"][0]["taxes"] == [tax]


def test_who_may_not_see_people_sees_that_a_number_was_checked_and_not_which(asking: Caller) -> None:
    order_id = made(asking, pack1=SERVER, vat_id=VALID)["order_id"]
    order = as_user(asking, NAMELESS, "order.get", {"order_id": order_id}).body

    assert order["taxes"][0]["vat_check"] == f"valid {DAY} {CONSULTATION}"
    assert VALID[2:] not in str(order)


def test_a_user_has_so_many_numbers_checked_whatever_addresses_their_orders_name(caller: Caller) -> None:
    asking = asking_within(caller, VatLimits(caller=Limit(most=1, seconds=3_600)))

    def checked(number: str, address: str, **named: str) -> str:
        info = {**PERSON, "pack1": SERVER, "vat_id": number, "ip_address": address}
        (tax,) = asking.call("order.create", {"order_queue_id": 1, "info": info}, **named).body["taxes"]
        return str(tax["vat_check"]).split()[0]

    assert checked(VALID, "192.0.2.1") == "valid"
    assert checked("DE129273398", "192.0.2.2") == "unavailable"
    token = base64.b64encode(f"shop:{caller.api.users.add('shop', now=0)}".encode()).decode()
    assert checked("DE129273398", "192.0.2.2", authorization=f"Basic {token}") == "valid"


def test_the_total_follows_the_country_until_the_order_is_submitted_and_is_held(caller: Caller) -> None:
    order_id = made(caller, pack1={"plan_id": "1"})["order_id"]

    def moved(country: str) -> str:
        assert caller.data("order.update", {"order_id": order_id, "info": {"country": country}}) is True
        return str(caller.data("order.get", {"order_id": order_id})["total"])

    assert [moved("GB"), moved("FR"), moved("de")] == ["9.95", "11.94", "11.84"]
    assert caller.data("order.submit", {"order_id": order_id})
    held = [
        item["amount_cents"]["N"]
        for item in caller.dynamodb.scan(TableName="records")["Items"]
        if "amount_cents" in item and item.get("state", {}).get("S") == "held"
    ]
    assert held == ["1184"]
    assert moved("GB") == "11.84"


def test_sending_back_all_that_was_read_changes_nothing_and_nobody_names_their_own_tax(caller: Caller) -> None:
    order_id = made(caller, pack1=SERVER, taxes={"9": {"name": "Mine"}})["order_id"]
    record = caller.data("order.get", {"order_id": order_id})
    assert record["info"]["taxes"] == {"6": TOTALS}

    assert caller.data("order.update", {"order_id": order_id, "info": record["info"]}) is True
    assert caller.data("order.get", {"order_id": order_id})["info"] == record["info"]

    lie = {"taxes": {"6": {"primary_total": "0.00"}}, "pack1": {"primary_taxes2": {"6": "0.00"}, "setup_taxes2": []}}
    assert caller.data("order.update", {"order_id": order_id, "info": lie}) is True
    seen = caller.data("order.get", {"order_id": order_id})
    assert (seen["info"], seen["total"]) == (record["info"], record["total"])


def test_a_country_is_taxed_by_its_name_and_none_is_sold_to_that_is_no_country(caller: Caller) -> None:
    ids = [made(caller, pack1=SERVER, country=said)["order_id"] for said in ("DE", "Germany")]
    by_code, by_name = (caller.call("order.get", {"order_id": order_id}).body for order_id in ids)
    assert (by_name["info"]["country"], by_name["taxes"]) == ("DE", by_code["taxes"])

    for said in ("SP", "XX", "Atlantis"):
        refused = caller.call("order.update", {"order_id": by_name["order_id"], "info": {"country": said}})
        assert refused.status == 422
        assert "info.country" in str(refused.body)


def test_an_order_of_a_client_is_taxed_where_the_client_is(caller: Caller) -> None:
    account = {"first": "Ada", "last": "Lovelace", "email": "ada@example.com", "country": "IE", "vat_id": "IE6433435F"}
    client_id = caller.call("client.add", account).body["client_id"]
    order = {"order_queue_id": 1, "client_id": client_id, "info": {"country": "DE", "pack1": SERVER}}

    (tax,) = caller.call("order.create", order).body["taxes"]
    assert (tax["tax_id"], tax["amount"], tax["reverse_charge"]) == ("16", "0.00", True)
