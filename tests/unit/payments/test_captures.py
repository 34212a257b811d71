"""The money held for an order is captured for its invoice by one function, under one key, whoever calls it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdas.orders.model.order import Hold, Order
from lambdas.payments.captures import capture_for
from lambdas.payments.errors import AnotherSumTakenError
from lambdas.payments.gateway import DeclinedError, GatewayUnavailableError, OutcomeUnknownError
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.table import RecordTable
from tests.support.build import an_order
from tests.unit.records.builders import an_invoice

LAMBDAS = Path(__file__).parents[3] / "lambdas"
HOME = LAMBDAS / "payments" / "captures.py"
WRAPPER = LAMBDAS / "payments" / "paused_gateway.py"  # a gateway itself: it passes calls on, or refuses them
RECORDER = LAMBDAS / "payments" / "effects" / "recorded_gateway.py"  # likewise: it writes calls down
ROUTER = LAMBDAS / "payments" / "several" / "gateways.py"  # likewise: it passes calls on to the gateway of their key
ADAPTER = LAMBDAS / "payments" / "stripe" / "gateway.py"  # asks the provider, for whoever called the port
OF_A_CHARGE = LAMBDAS / "payments" / "attempt.py"  # captures what it authorized itself, under the charge's key
TOTAL = 2_000


def sources() -> Iterator[tuple[Path, ast.AST]]:
    for file in sorted(LAMBDAS.rglob("*.py")):
        yield file, ast.parse(file.read_text("utf-8"))


def test_only_one_function_captures_an_order_s_hold() -> None:
    callers = {
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "capture"
    }
    assert callers == {HOME, OF_A_CHARGE, WRAPPER, RECORDER, ROUTER, ADAPTER}


def test_the_key_of_a_capture_is_built_in_one_place() -> None:
    built = [
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and "capture" in "".join(_texts(node)) and ":" in "".join(_texts(node))
    ]
    assert sorted(built) == [OF_A_CHARGE, HOME]


def _texts(built: ast.JoinedStr) -> Iterator[str]:
    return (str(part.value) for part in built.values if isinstance(part, ast.Constant))


class Forgetful(SandboxGateway):
    """Does not know the key of an earlier capture, and says nothing when it is asked for what was begun."""

    declines: Exception | None = DeclinedError("it was captured before")
    silent = False

    def capture(self, **asked: Any) -> Any:
        captured = super().capture(**asked)
        if self.declines:
            raise self.declines
        return captured

    def find(self, key: str) -> Any:
        if self.silent:
            raise GatewayUnavailableError("no answer")
        return super().find(key)


@pytest.fixture
def forgetful(records: RecordTable) -> Forgetful:
    return Forgetful(records.name, records.client)


def held(gateway: SandboxGateway) -> Order:
    begun = gateway.authorize(key="hold", token="tok_approve", amount_cents=TOTAL, currency="USD", order_id="1001")
    hold = Hold(
        transaction_id=begun.transaction_id,
        key="hold",
        method="card",
        amount_cents=TOTAL,
        currency="USD",
        captured=False,
    )
    return an_order(hold=hold)


def invoice() -> Invoice:
    return an_invoice(number=1, total_cents=TOTAL)


@pytest.mark.parametrize("answer", [DeclinedError("it was captured before"), OutcomeUnknownError("no answer")])
def test_a_capture_that_went_through_is_found_whatever_the_gateway_answers(
    forgetful: Forgetful, answer: Exception
) -> None:
    forgetful.declines = answer
    order = held(forgetful)
    assert order.hold
    assert capture_for(invoice(), order, order.hold, forgetful).amount_cents == TOTAL


@pytest.mark.parametrize("answer", [None, DeclinedError("it was captured before"), OutcomeUnknownError("no answer")])
def test_money_of_another_sum_pays_no_invoice(forgetful: Forgetful, answer: Exception | None) -> None:
    """Somebody captured a part of the hold at the gateway."""
    order = held(forgetful)
    assert order.hold
    SandboxGateway.capture(
        forgetful, key="by hand", transaction_id=order.hold.transaction_id, amount_cents=TOTAL - 1, currency="USD"
    )
    forgetful.declines = answer
    with pytest.raises(AnotherSumTakenError, match="order 1001"):
        capture_for(invoice(), order, order.hold, forgetful)


def test_a_capture_is_unknown_while_a_silent_gateway_may_have_made_it(forgetful: Forgetful) -> None:
    """A caller that heard "nothing moved" would end its claim, and the money could be taken again."""
    order = held(forgetful)
    assert order.hold
    forgetful.silent = True
    with pytest.raises(OutcomeUnknownError):
        capture_for(invoice(), order, order.hold, forgetful)
