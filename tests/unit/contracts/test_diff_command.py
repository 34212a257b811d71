"""`make diff-contract`: what it prints and how it ends."""

import io
from typing import Any

from rich.console import Console

from infra.operate.diff_contract import compare
from lambdas.contracts.parse import read_contract
from tests.support.build import a_draft
from tests.support.contracts import a_contract, by_card
from tests.unit.contracts.conftest import HOSTING, Sales


def said(sales: Sales, order_id: str) -> tuple[int, str]:
    console = Console(file=io.StringIO(), width=200)
    code = compare(order_id, dynamodb=sales.dynamodb, orders="orders", records="records", console=console)
    file: Any = console.file
    return code, file.getvalue()


def test_the_same_a_difference_and_nothing_to_compare(sales: Sales) -> None:
    contract = read_contract(a_contract(order_queue_id=HOSTING, payment=by_card("tok_decline")))
    order = sales.process().accept(contract, "contract:event").order
    assert said(sales, order.order_id) == (
        0,
        f"order {order.order_id} is what was signed: contract C-2027-17, signature sig-1\n",
    )

    sales.service().update(order, {"info": {"pack1": {"price": "1"}, "contract": {"contract_id": "forged"}}})
    assert said(sales, order.order_id) == (
        1,
        f"order {order.order_id} differs from contract C-2027-17, signature sig-1\n"
        "  pack1 price: signed 480.00, ordered 1.00\n",
    )

    other = sales.service().create(a_draft())
    assert said(sales, other.order_id)[0] == 2
