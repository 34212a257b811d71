"""What an order has that was not signed."""

from typing import Any

import pytest

from lambdas.contracts.diff import differences
from lambdas.contracts.parse import read_contract
from lambdas.orders.model.order import Order
from lambdas.records.quotes.contract import SignedContract
from tests.support.contracts import a_contract, a_service
from tests.unit.contracts.conftest import HOSTING, Sales

OPTIONS = {"31": {"option_id": "101", "price": "12.50"}}
SERVICES = [
    a_service(),
    a_service(plan_id="2", description="a.example", price="100.00", discount="10.00", options=OPTIONS),
]


@pytest.fixture
def contract(sales: Sales) -> SignedContract:
    """Signed, and its order left as a lead, so that it can be changed."""
    payment = {"payment_type": "cc", "token": "tok_decline"}
    said = read_contract(a_contract(order_queue_id=HOSTING, services=SERVICES, payment=payment))
    return sales.process().accept(said, "contract:event").contract.content


def changed(sales: Sales, info: dict[str, Any]) -> Order:
    (order,) = sales.orders()
    return sales.service().update(order, {"info": info}, by="somebody")


def test_an_order_is_what_was_signed(sales: Sales, contract: SignedContract) -> None:
    (order,) = sales.orders()

    assert differences(contract, order) == ()


@pytest.mark.parametrize(
    ("info", "text"),
    [
        ({"pack1": {"price": "400"}}, "pack1 price: signed 480.00, ordered 400.00"),
        ({"pack1": {"quantity": "2"}}, "pack1 quantity: signed 1, ordered 2"),
        ({"pack1": {"period": "12"}}, "pack1 period: signed 1, ordered 12"),
        ({"pack1": {"desserv": "Eleven"}}, "pack1 desserv: signed Ten units, 2 x 16 A, ordered Eleven"),
        (
            {"pack2": {"monthly_fee": {"31": "0"}}},
            "pack2 options.31: signed 101 at 12.50 and 0.00 set-up, ordered 101 at 0.00 and 0.00 set-up",
        ),
        (
            {"pack2": {"options": {"32": "111"}}},
            "pack2 options.32: signed none, ordered 111 at 199.00 and 25.00 set-up",
        ),
        ({"pack3": {"plan_id": "1"}}, "pack3 was not signed: 1 x plan 1 at 9.95 for 1 months"),
    ],
)
def test_every_change_of_a_line_is_told(
    sales: Sales, contract: SignedContract, info: dict[str, Any], text: str
) -> None:
    assert text in [str(found) for found in differences(contract, changed(sales, info))]


def test_a_line_that_is_gone_is_told(sales: Sales, contract: SignedContract) -> None:
    order = changed(sales, {"pack2": {"plan_id": "", "price": ""}})

    (gone,) = differences(contract, order)

    assert (gone.line, gone.kind, gone.signed) == ("pack2", "removed", "1 x a.example at 90.00 for 1 months")


def test_set_up_for_each_unit_is_no_difference_when_it_was_signed(sales: Sales) -> None:
    service = a_service(quantity=3, setup_per_unit=True)
    said = read_contract(a_contract(services=[service], order_queue_id=HOSTING))
    accepted = sales.process().accept(said, "contract:event")

    assert accepted.order.priced[0].setup_cents == 75_000
    assert differences(accepted.contract.content, accepted.order) == ()
