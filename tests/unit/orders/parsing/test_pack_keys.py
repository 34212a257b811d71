"""Every key of a pack that has a meaning is honoured or refused by name, and none is lost because it is nearly written right."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.parsing.pack_keys import ANSWERED, HONOURED, KEPT, MEANT, REFUSED, SECRET, WORKED_OUT
from lambdas.orders.service import OrderService
from tests.support.build import CONTACT, NOW, a_draft, a_service
from tests.support.coupons import a_coupon, pricing_with

REFERENCE = Path(__file__).parents[3] / "data" / "pack_keys_of_the_reference.json"
SERVER = {"plan_id": "2", "period": 3, "options": {"31": "101"}}  # 429.00 + 3 x 30.00, set-up 49.00


@pytest.fixture
def service() -> OrderService:
    return a_service(pricing=pricing_with(a_coupon()))


def made(service: OrderService, **pack: Any) -> Order:
    return service.create(a_draft(info={**CONTACT, "pack1": {**SERVER, **pack}}))


def priced(service: OrderService, **pack: Any) -> PricedPack:
    (one,) = made(service, **pack).priced
    return one


def refused(service: OrderService, info: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidOrderError) as error:
        service.create(a_draft(info={**CONTACT, **info}))
    return {problem.field: problem.text for problem in error.value.problems}


def test_every_pack_key_of_the_reference_is_known() -> None:
    groups = json.loads(REFERENCE.read_text("utf-8"))

    assert {key for keys in groups.values() for key in keys} - MEANT == set()


def test_no_key_is_two_things() -> None:
    assert sum(map(len, (HONOURED, SECRET, ANSWERED, WORKED_OUT, KEPT, REFUSED))) == len(MEANT)


@pytest.mark.parametrize(
    ("said", "sold"),
    [
        ({"quantity": 2}, {"quantity": 2, "recurring_cents": 2 * 51_900}),
        ({"period": 12}, {"period": 12, "recurring_cents": 159_900 + 12 * 3_000}),
        ({"options": {"32": "111"}}, {"options": {"32": "111"}}),
        ({"price": "100.00"}, {"price_cents": 10_000, "recurring_cents": 19_000}),
        ({"price": "100.00", "bill_type": "1"}, {"price_cents": 30_000, "recurring_cents": 39_000}),
        ({"price": "100.00", "bill_type": "0"}, {"price_cents": 10_000}),
        ({"bill_type": "1"}, {"price_cents": 42_900}),
        ({"setup": "5.00"}, {"setup_cents": 500}),
        ({"setup_qs": "1", "quantity": 3}, {"setup_cents": 3 * 4_900}),
        ({"total_setup": "49.00"}, {"setup_cents": 4_900}),
        ({"monthly_fee": {"31": "1"}}, {"recurring_cents": 42_900 + 300}),
        ({"setup_fee": {"31": "1"}}, {"setup_cents": 5_000}),
        ({"coupon": "save10"}, {"recurring_discount_cents": 5_190}),
        ({"desserv": "db1.example.com"}, {"description": "db1.example.com"}),
        ({"title": "The big one"}, {"title": "The big one"}),
        ({"status": "2"}, {"status": 2}),
        ({"auto_bill": "0"}, {"auto_bill": False}),
        ({"auto_bill": 1}, {"auto_bill": True}),
        ({"start": str(NOW)}, {"start_at": NOW}),
        ({"lastrenewed": NOW}, {"last_renewed_at": NOW}),
        ({"renewdate": NOW + 86_400}, {"renew_at": NOW + 86_400}),
        ({"discount": "10"}, {"recurring_cents": 51_900 - 5_190, "off_cents": 5_190}),
        ({"discount": "19.00", "discount_type": "1"}, {"recurring_cents": 50_000}),
        ({"setup_discount": "50"}, {"setup_cents": 2_450, "setup_off_cents": 2_450}),
        ({"setup_discount": "9.00", "setup_discount_type": 1}, {"setup_cents": 4_000}),
        ({"prorate_date": NOW, "period": 3, "start": NOW - 9 * 86_400}, {"first_list_cents": 5_077}),
        ({"prorated": "0"}, {"proration": None}),
        (
            {"start": "0", "lastrenewed": "", "renewdate": 0},
            {"start_at": None, "last_renewed_at": None, "renew_at": None},
        ),
    ],
)
def test_what_is_honoured_is_part_of_what_is_sold(
    service: OrderService, said: dict[str, Any], sold: dict[str, Any]
) -> None:
    pack = priced(service, **said)

    assert {name: getattr(pack, name) for name in sold} == sold


@pytest.mark.parametrize("key", sorted(HONOURED))
def test_every_honoured_key_has_a_row_above(key: str) -> None:
    rows = Path(__file__).read_text("utf-8").partition("def test_what_is_honoured")[0]

    assert key == "plan_id" or re.search(rf'\(\{{[^\n]*"{key}":', rows), f"write a row for {key}"


@pytest.mark.parametrize("key", sorted(REFUSED))
@pytest.mark.parametrize("value", ["1", 5, "10.00", {"7": "1"}, NOW])
def test_what_cannot_be_done_is_refused_by_name_and_says_what_to_do(
    service: OrderService, key: str, value: Any
) -> None:
    assert refused(service, {"pack1": {**SERVER, key: value}}) == {f"info.pack1.{key}": REFUSED[key]}


@pytest.mark.parametrize("key", sorted(REFUSED))
@pytest.mark.parametrize("value", ["", None, 0, "0", "0.00", [], {}])
def test_an_empty_or_zero_value_asks_for_nothing(service: OrderService, key: str, value: Any) -> None:
    assert priced(service, **{key: value}).first_charge_cents == 42_900 + 9_000 + 4_900


@pytest.mark.parametrize("key", sorted(ANSWERED))
def test_what_is_only_answered_is_not_kept_when_it_is_said(service: OrderService, key: str) -> None:
    assert key not in made(service, **{key: "1.00"}).info["pack1"]


@pytest.mark.parametrize("key", sorted(WORKED_OUT | KEPT))
def test_what_says_nothing_of_the_price_is_kept_and_changes_none(service: OrderService, key: str) -> None:
    order = made(service, **{key: {"3": "1"}})

    assert (order.info["pack1"][key], order.total_cents) == ({"3": "1"}, 42_900 + 9_000 + 4_900)


NEARLY = (
    "pack0", "pack00", "pack01", "pack1000", "Pack1", "PACK1", "pack 1", "pack-1", "pack_1", "pack1 ", "\uff50ack1", "packs1",
    "pack1\u0662",
)  # fmt: skip


@pytest.mark.parametrize("name", NEARLY)
def test_what_is_nearly_a_pack_is_no_free_order(service: OrderService, name: str) -> None:
    found = refused(service, {name: SERVER})

    assert list(found) == [f"info.{name}"]
    assert "pack1 to pack999" in found[f"info.{name}"]


@pytest.mark.parametrize("name", ["pack", "packs", "Pack"])
def test_packs_that_are_not_numbered_are_no_free_order(service: OrderService, name: str) -> None:
    assert list(refused(service, {name: {"1": SERVER}})) == [f"info.{name}"]
    assert list(refused(service, {name: [SERVER]})) == [f"info.{name}"]


FLAT = (
    "pack1[plan_id]", "pack1.plan_id", "pack1_plan_id", "pack1PlanId", "pack1/plan_id", "pack1:plan_id", "pack1->plan_id",
    "pack1 plan_id", "pack1%5Bplan_id%5D", "pack1[plan_id", "PACK1[plan_id]", "pack01[plan_id]", "pack1[notes_of_ours]",
    "pack12_options", "msa[7]", "first[0]",
)  # fmt: skip


@pytest.mark.parametrize("name", FLAT)
def test_a_pack_written_into_flat_names_is_no_free_order(service: OrderService, name: str) -> None:
    found = refused(service, {name: "2"})

    assert list(found) == [f"info.{name}"]
    assert "map of its own" in found[f"info.{name}"]


@pytest.mark.parametrize(
    "name", ["options[31]", "options.31", "options_31", "Option[31]", "monthly_fee[31]", "plan_id[0]"]
)
def test_an_option_written_into_a_flat_name_is_not_left_out_in_silence(service: OrderService, name: str) -> None:
    assert list(refused(service, {"pack1": {"plan_id": "2", "period": 3, name: "101"}})) == [f"info.pack1.{name}"]


@pytest.mark.parametrize(
    "name",
    ["package", "packaging", "backpack1", "unpack", "pack_note", "pack1_remarks", "shop.first", "seen[1]", "a/b"],
)
def test_a_word_of_the_caller_s_own_is_no_near_miss(service: OrderService, name: str) -> None:
    assert service.create(a_draft(info={**CONTACT, name: "1"})).info[name] == "1"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Coupon", "coupon"), ("coupon ", "coupon"), ("COUPON", "coupon"), ("payment_Type", "payment_type"),
        ("paymentType", "payment_type"), ("payment-type", "payment_type"), ("Billing_Info_ID", "billing_info_id"),
        ("uber_Pass", "uber_pass"), ("Country", "country"), ("VAT_ID", "vat_id"), ("e-mail", "email"), ("cc token", "cc_token"),
    ],
)  # fmt: skip
def test_a_key_with_a_meaning_is_not_swallowed_by_a_near_miss(service: OrderService, said: str, meant: str) -> None:
    found = refused(service, {said: "x"})

    assert list(found) == [f"info.{said}"]
    assert f"write info.{meant}" in found[f"info.{said}"]


def test_nor_is_a_key_of_a_pack(service: OrderService) -> None:
    assert list(refused(service, {"pack1": {**SERVER, "Quantity": 2, "pro-rate_date": 5}})) == [
        "info.pack1.Quantity",
        "info.pack1.pro-rate_date",
    ]


def test_a_near_miss_can_be_taken_off_and_is_found_at_submit_too(service: OrderService) -> None:
    """An order of an earlier release may carry one."""
    order = service.create(a_draft(info={**CONTACT, "Pack1": ""}))
    service.store.save(order.changed(info={**order.info, "Pack1": SERVER}))
    with pytest.raises(InvalidOrderError, match=r"info\.Pack1"):
        service.submit(service.get(order_id=order.order_id))

    mended = service.update(service.get(order_id=order.order_id), {"info": {"Pack1": ""}})

    assert not service.submit(mended).is_lead


def test_another_sum_of_set_up_is_refused_with_what_it_comes_to(service: OrderService) -> None:
    order = made(service)
    with pytest.raises(InvalidOrderError, match=r"total_setup: is worked out, and comes to 49\.00"):
        service.update(order, {"info": {"pack1": {"total_setup": "0.00"}}})

    dearer = {"setup": "10.00", "setup_qs": "1", "quantity": 2, "total_setup": "20.00"}
    updated = service.update(order, {"info": {"pack1": dearer}})
    assert updated.priced[0].setup_cents == 2_000
    again = service.update(updated, {"info": {"pack1": {"total_setup": "20.00", "quantity": 3}}})  # just read back
    assert (again.priced[0].setup_cents, "total_setup" in again.info["pack1"]) == (3_000, False)


def test_a_period_s_price_that_was_read_back_is_not_taken_for_a_month_s(service: OrderService) -> None:
    order = made(service, bill_type="1")

    again = service.update(order, {"info": {"pack1": {"price": "429.00", "quantity": 1, "bill_type": "1"}}})

    assert again.total_cents == order.total_cents


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"start": "tomorrow"}, "start"),
        ({"start": -1}, "start"),
        ({"renewdate": 10**12}, "renewdate"),
        ({"start": NOW, "renewdate": NOW}, "renewdate"),
        ({"auto_bill": "perhaps"}, "auto_bill"),
        ({"bill_type": "2"}, "bill_type"),
        ({"setup_qs": "x"}, "setup_qs"),
        ({"options": {"31": {"po_id": "101"}}}, "options.31"),
        ({"options": {"31": True}}, "options.31"),
        ({"desserv": ["a"]}, "desserv"),
        ({"plan_id": {"a": "b"}}, "plan_id"),
    ],
)
def test_a_shape_that_could_not_be_worked_with_is_refused(
    service: OrderService, said: dict[str, Any], field: str
) -> None:
    assert list(refused(service, {"pack1": {**SERVER, **said}})) == [f"info.pack1.{field}"]


def test_a_sum_that_no_later_call_could_name_is_refused(service: OrderService) -> None:
    found = refused(service, {"pack1": {**SERVER, "price": "99999999.99", "quantity": 2}})

    assert "more than 99999999.99 USD" in found["info"]
    assert (
        made(service, price="9999999.99", quantity=9, monthly_fee={"31": "0"}, setup="0").total_cents == 8_999_999_991
    )
