"""Users of the API who may not list coupons or see clients do not find codes and login names out by trying them on orders."""

from itertools import count
from typing import Any

import pytest

from lambdas.api.auth import guesses
from lambdas.catalog.coupon import Coupon, Discount
from lambdas.rate_limits.failures import Limit
from lambdas.records.clients.client import ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.table import RecordTable
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CARD, CONTACT
from tests.unit.api.conftest import Answer, Caller
from tests.unit.records.builders import a_client

HOURLY = 3_600
SHOP = Grant(rights=ROLES["sales"], queues=frozenset({1}))  # a storefront's: it sees no coupons and no clients
PACK = {"pack1": {"plan_id": "1"}}
_NUMBERS = count()


class User:
    def __init__(self, caller: Caller, grant: Grant = SHOP) -> None:
        self.caller, self.name = caller, f"shop-{next(_NUMBERS)}"
        self.token = caller.api.users.add(self.name, (grant,), now=0)

    def call(self, method: str, **sent: Any) -> Answer:
        return self.caller.as_named(self.name, self.token, method, sent)

    def create(self, **info: Any) -> Answer:
        return self.call("order.create", order_queue_id=1, info={**CONTACT, **PACK, **info})


@pytest.fixture
def shop(caller: Caller, records: RecordTable, monkeypatch: pytest.MonkeyPatch) -> User:
    CouponRecords(records).add(Coupon(coupon_code="TENTH", class_id=1, discount=Discount(value=1_000)))
    monkeypatch.setattr(guesses, "OF_USER", Limit(most=6, seconds=HOURLY))
    monkeypatch.setattr(guesses, "OF_ORDER", Limit(most=4, seconds=HOURLY))
    return User(caller)


def is_refused(answer: Answer, field: str = "info.coupon") -> bool:
    if answer.status != 429:
        return False
    assert [problem["field"] for problem in answer.body["errors"]] == [field]
    assert 0 < int(answer.headers["Retry-After"]) <= HOURLY
    return True


def test_codes_tried_on_new_orders_are_counted_by_user(shop: User) -> None:
    assert [shop.create(coupon=f"guess{number}").status for number in range(6)] == [201] * 6

    before = shop.caller.orders_written()
    assert is_refused(shop.create(coupon="one more"))
    assert is_refused(shop.create(coupon="tenth"))  # a right one is not told from a wrong one
    assert shop.caller.orders_written() == before
    assert shop.create().status == 201  # who leaves it out goes on
    assert User(shop.caller).create(coupon="tenth").body["total"] == "8.95"  # nobody else is held up


def test_codes_tried_on_one_order_are_counted_by_order_too(shop: User) -> None:
    order_id = shop.create().body["order_id"]
    tried = [shop.call("order.update", order_id=order_id, info={"coupon": f"guess{number}"}) for number in range(4)]

    assert [answer.status for answer in tried] == [200] * 4
    assert is_refused(shop.call("order.update", order_id=order_id, info={"coupon": "TENTH"}))
    assert is_refused(User(shop.caller).call("order.update", order_id=order_id, info={"coupon": "TENTH"}))
    assert shop.call("order.get", order_id=order_id).body["total"] == "9.95"
    assert shop.create(coupon="TENTH").status == 201


@pytest.mark.parametrize("said", [lambda code: code, lambda code: {"coupon_code": code}])
def test_many_codes_of_one_call_are_many_guesses(shop: User, said: Any) -> None:
    packs = {f"pack{number}": {"plan_id": "1", "coupon": said(f"guess{number}")} for number in range(1, 6)}
    too_many = shop.create(**packs)

    assert (too_many.status, too_many.body["errors"][0]["field"]) == (422, "info.coupon")
    assert shop.create(**dict(list(packs.items())[:4])).status == 201
    assert shop.create(pack1={**PACK["pack1"], "coupon": said("one")}, coupon="two").status == 201
    assert is_refused(shop.create(coupon="another"))


def test_right_codes_and_codes_that_are_there_already_use_nothing_up(shop: User) -> None:
    made = [shop.create(coupon="tenth") for _ in range(8)]
    order_id = made[0].body["order_id"]
    again = [shop.call("order.update", order_id=order_id, info={"coupon": "TENTH", "note": str(n)}) for n in range(8)]

    assert {answer.status for answer in (*made, *again)} == {200, 201}


@pytest.mark.parametrize("rights", [frozenset(Right), frozenset({Right.CREATE, Right.VIEW, Right.PERSONAL_DATA})])
def test_who_may_list_coupons_has_nothing_to_guess(shop: User, rights: frozenset[Right]) -> None:
    staff = User(shop.caller, Grant(rights=rights))

    assert {staff.create(coupon=f"guess{number}").status for number in range(9)} == {201}


@pytest.fixture
def taken(shop: User, records: RecordTable) -> str:
    ClientRecords(records).add(a_client(order_id=None, uber_login="grace"))
    return "grace"


def test_login_names_are_not_found_out_by_submitting_one_order(shop: User, taken: str) -> None:
    order_id = shop.create(uber_login="nobody-0").body["order_id"]  # with nothing to pay it, so that it stays a lead
    for number in range(1, 5):
        assert shop.call("order.submit", order_id=order_id).status == 422
        shop.call("order.update", order_id=order_id, info={"uber_login": f"nobody-{number}"})
    shop.call("order.update", order_id=order_id, info={"uber_login": taken})

    assert is_refused(shop.call("order.submit", order_id=order_id), "info.uber_login")
    shop.call("order.update", order_id=order_id, info={"uber_login": "", **CARD})
    assert shop.call("order.submit", order_id=order_id).status == 200


def test_nor_by_submitting_many(shop: User, taken: str) -> None:
    for number in range(6):
        order_id = shop.create(uber_login=f"nobody-{number}").body["order_id"]
        assert shop.call("order.submit", order_id=order_id).status == 422
    order_id = shop.create(uber_login=taken, **CARD).body["order_id"]

    assert is_refused(shop.call("order.submit", order_id=order_id), "info.uber_login")


def test_orders_that_are_submitted_use_nothing_up(shop: User, taken: str) -> None:
    for number in range(8):
        order_id = shop.create(uber_login=f"new-{number}", **CARD).body["order_id"]
        assert shop.call("order.submit", order_id=order_id).status == 200
        assert shop.call("order.submit", order_id=order_id).status == 200


def test_a_taken_name_is_found_at_submit_before_money(shop: User, taken: str) -> None:
    order_id = shop.create(uber_login=taken, **CARD).body["order_id"]
    answer = shop.call("order.submit", order_id=order_id)

    assert [problem["field"] for problem in answer.body["errors"]] == ["info.uber_login"]
    assert shop.caller.api.backend.gateway.find(f"{order_id}:submit:authorize:1") is None


def test_who_sees_clients_is_not_counted(shop: User, taken: str) -> None:
    staff = User(shop.caller, Grant(rights=frozenset(Right)))
    order_id = staff.create(uber_login=taken).body["order_id"]

    assert {staff.call("order.submit", order_id=order_id).status for _ in range(9)} == {422}
