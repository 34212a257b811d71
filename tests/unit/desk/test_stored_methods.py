"""The order's page shows what its client has stored to pay by, to those who may list it, and never a token."""

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.model.order import Order
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.unit.desk.staff import Staff, an_order_in
from tests.unit.desk.test_pages import HOSTILE
from tests.unit.records.builders import a_client

CARD = PaymentMethod(
    kind=MethodKind.CARD, token="tok_secret", brand="Visa", last_four="4242", expiry="1230",
    holder={"fname": "Grace", "lname": HOSTILE}, gateway="stripe",
)  # fmt: skip
ACCOUNT = PaymentMethod(kind=MethodKind.BANK_ACCOUNT, token="tok_other", bank="First Bank", last_four="6789")


@pytest.fixture
def order(site: Site) -> Order:
    order = an_order_in(site)
    ClientRecords(site.desk.records).add(a_client(client_id="777", brand_id=order.brand_id, order_id=None))
    for method in (CARD, ACCOUNT):
        PaymentMethodRecords(site.desk.records).add("777", method, is_default=False)
    return site.desk.service.store.save(order.changed(client_id="777"))


def test_staff_see_each_method_and_which_is_the_default_one(site: Site, staff: Staff, order: Order) -> None:
    shown = staff.order(order.order_id)

    assert "Stored card Visa 4242 default, expires 12/30, Grace" in " ".join(shown.text.split())
    assert "kept at stripe, number 1" in " ".join(shown.text.split())
    assert "Stored bank account First Bank 6789 number 2" in " ".join(shown.text.split())
    assert "<script>alert" not in shown.body
    assert "tok_" not in shown.body


@pytest.mark.parametrize(
    "rights", [ROLES["operator"], ROLES["admin"] - {Right.PERSONAL_DATA}, ROLES["admin"] - {Right.MONEY}]
)
def test_others_see_none(site: Site, order: Order, rights: frozenset[Right]) -> None:
    shown = Staff.signed_in(site, "other", Grant(rights=rights)).order(order.order_id)

    assert shown.status == 200
    assert "Stored" not in shown.text


def test_a_client_of_another_brand_shows_nothing(site: Site, staff: Staff, order: Order) -> None:
    ClientRecords(site.desk.records).add(
        a_client(client_id="778", brand_id=order.brand_id + 1, order_id=None, uber_login="other")
    )
    PaymentMethodRecords(site.desk.records).add("778", CARD, is_default=False)
    site.desk.service.store.save(site.desk.service.store.get(order.order_id).changed(client_id="778"))

    assert "4242 default" not in staff.order(order.order_id).text
