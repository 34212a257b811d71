"""The lives of payments that `make faults` plays at each real gateway's stand-in, and their balance to the cent."""

from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import payment_of
from lambdas.records.table import RecordTable
from tests.faults.balance import CAPTURED, HELD, KEPT, REFUNDED, balanced_with
from tests.faults.lives import lives_of
from tests.stand_ins.paying_lives import TOTAL, _invoiced
from tests.stand_ins.paypal.server import PayPalStandIn
from tests.stand_ins.through_paypal.lives import PayPalCase
from tests.support.build import NOW, Clock
from tests.unit.records.conftest import dynamodb, records

__all__ = ["dynamodb", "records"]


def test_wherever_a_process_dies_while_paypal_holds_money_it_and_the_ledger_agree() -> None:
    lives = lives_of("paypal", ("submit",))

    assert lives.deaths > 10
    assert lives.losses == lives.balance.differences == ()
    assert lives.balance.gateway["USD"] == {HELD: lives.deaths * 2_000}
    assert lives.balance.payments == lives.deaths


def test_money_that_moved_at_paypal_past_us_is_no_balance(records: RecordTable) -> None:
    clock = Clock(NOW)
    with PayPalStandIn(clock) as stand_in:
        case = PayPalCase(records, clock, stand_in=stand_in)
        _invoiced(case)
        order, ledger = case.order(), EffectLedger(records)
        assert order.hold is not None
        paid = {each.key: payment_of(each) for each in case.gateway.list_begun("2027-01-15")}
        balance = balanced_with(ledger, paid)
        assert (balance.differences, balance.gateway["USD"][CAPTURED]) == ((), TOTAL)

        asked = {"key": "elsewhere", "transaction_id": order.hold.transaction_id, "currency": "USD"}
        case.adapter(records).refund(**asked, amount_cents=1)
        moved = {each.key: payment_of(each) for each in case.gateway.list_begun("2027-01-15")}
        found = balanced_with(ledger, moved)
        assert (found.gateway["USD"][REFUNDED], found.gateway["USD"][KEPT]) == (1, TOTAL - 1)
        assert found.differences
