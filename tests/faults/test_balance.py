"""The balance that `make faults` prints: it balances when all is well, and one cent on either side is told."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import void_or_refund
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item
from tests.faults.balance import CAPTURED, HELD, KEPT, REFUNDED, Balance, balance_of
from tests.support.build import NOW
from tests.unit.payments.test_charged_twice import Shop
from tests.unit.records.conftest import dynamodb, records

__all__ = ["dynamodb", "records"]


@pytest.fixture
def shop(records: RecordTable) -> Iterator[Shop]:
    yield Shop(records)


def scanned(shop: Shop) -> list[dict[str, Any]]:
    return [from_item(item) for item in shop.records.client.scan(TableName=shop.records.name)["Items"]]


def balanced(shop: Shop) -> Balance:
    return balance_of(scanned(shop), [shop.order])


def test_a_hold_a_capture_and_a_refund_balance(shop: Shop) -> None:
    shop.hold()
    held = balanced(shop)
    assert held.differences == ()
    assert held.documents is not None
    assert held.gateway["USD"][HELD] == held.documents["USD"][HELD] == 995

    invoice, _ = shop.captured()
    shop.order = shop.order.changed(hold=None)
    taken = balanced(shop)
    assert taken.differences == ()
    assert taken.documents is not None
    assert taken.documents["USD"][KEPT] == 995

    CreditNotes(shop.records).credit(invoice, "1001", NOW)
    void_or_refund(shop.gateway, shop.key)
    returned = balanced(shop)
    assert returned.differences == ()
    assert (returned.ledger["USD"][CAPTURED], returned.ledger["USD"][REFUNDED], returned.documents) == (995, 995, {})


@pytest.mark.parametrize(
    ("unrecorded", "words"),
    [
        ("refund", "refunded USD: 9.95 at the gateway, 0.00 by the ledger"),
        ("second payment", "captured USD: 19.90 at the gateway, 9.95 by the ledger"),
    ],
)
def test_money_that_moved_past_us_is_told(shop: Shop, unrecorded: str, words: str) -> None:
    shop.captured()
    shop.order = shop.order.changed(hold=None)
    if unrecorded == "refund":
        void_or_refund(shop.sandbox, shop.key)
    else:
        shop.sandbox.authorize(key="1001:x", token="ach_approve", amount_cents=995, currency="USD", order_id="1001")

    differences = balanced(shop).differences

    assert words in differences
    assert any("by the documents" in each for each in differences)


def test_a_hold_that_no_order_has_is_told(shop: Shop) -> None:
    shop.hold()
    shop.order = shop.order.changed(hold=None)

    assert balanced(shop).differences == ("held USD: 9.95 at the gateway, 0.00 by the documents",)


def test_a_process_that_died_at_the_gateway_and_was_run_again_balances(shop: Shop) -> None:
    class Dying(SandboxGateway):
        def authorize(self, **asked: Any) -> Any:
            super().authorize(**asked)
            raise SystemExit

    def clock() -> float:
        return float(NOW)

    dying = RecordedGateway(
        Dying(shop.records.name, shop.records.client, clock), "sandbox", EffectLedger(shop.records), clock
    )
    with pytest.raises(SystemExit):
        dying.authorize(key=shop.key, token="tok_approve", amount_cents=995, currency="USD", order_id="1001")
    assert balanced(shop).unclear == 1
    assert balanced(shop).differences == ("held USD: 9.95 at the gateway, 0.00 by the documents",)

    shop.hold()
    assert (balanced(shop).unclear, balanced(shop).differences) == (0, ())


def test_a_void_whose_outcome_was_not_recorded_is_unclear_though_it_was_looked_up_just_before(shop: Shop) -> None:
    class Refusing(EffectLedger):
        def close(self, *_: Any, **__: Any) -> None:
            raise ClientError({"Error": {"Code": "ServiceUnavailable", "Message": ""}}, "PutItem")

    shop.hold()
    shop.order = shop.order.changed(hold=None)
    void_or_refund(RecordedGateway(shop.sandbox, "sandbox", Refusing(shop.records), lambda: float(NOW)), shop.key)

    balance = balanced(shop)

    assert (balance.unclear, balance.differences) == (1, ())


def test_a_play_without_a_payment_shows_nothing() -> None:
    assert balance_of([], []).differences
