"""A day's payments as our ledger has them. The days behind it are read too, because a payment is captured or refunded later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from lambdas.payments.effects.effect import Answered, EffectKind, Outcome, Payment, subject_of
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.order_money import recorded_payment
from lambdas.payments.effects.recorded_gateway import payment_of
from lambdas.payments.gateway import Transaction, TransactionState
from lambdas.records.table import RecordTable

DAYS_BEHIND = 3  # days that are read at once; a payment that moved later is read one by one
LAG_SECONDS = 6 * 3_600  # A provider may report a payment hours late.
_BEGINS = (EffectKind.AUTHORIZE, EffectKind.RENEW)
_BY_TIME = (TransactionState.LAPSED, TransactionState.FAILED)  # nobody asked for it, so no call of ours has it


def closes_at(day: str) -> int:
    """When the day (YYYY-MM-DD, UTC) can be compared: Unix seconds. Before that, a payment may not have been reported yet."""
    ends = datetime.combine(date.fromisoformat(day) + timedelta(days=1), datetime.min.time(), UTC)
    return int(ends.timestamp()) + LAG_SECONDS


@dataclass(frozen=True)
class RecordedPayments:
    records: RecordTable
    day: str
    now: int

    def begun(self) -> Mapping[str, Answered]:
        """The payments that calls of this day began, by the provider's id. `payment` of each is there."""
        return {
            each.payment.transaction_id: each
            for each in EffectLedger(self.records).on_day(self.day)
            if each.kind in _BEGINS and each.outcome is Outcome.DONE and each.payment
        }

    def find(self, there: Transaction) -> Payment | None:
        """The payment as it is recorded; None if it is not: it is from before the ledger, or not ours."""
        listed = self._latest.get(there.transaction_id)
        return listed if listed == payment_of(there) else self._find_one(there)

    def differs(self, there: Transaction, here: Payment | None) -> bool:
        """Whether another sum is kept than is recorded. What time alone changes is no difference."""
        if here is None or there.state in _BY_TIME or here.state is TransactionState.PENDING:
            return False
        return here.kept_cents != there.kept_cents

    def _find_one(self, there: Transaction) -> Payment | None:
        ledger, subjects = EffectLedger(self.records), [subject_of(there.key)]
        return recorded_payment(there.key, ledger.of(subjects), ledger.look_ups(subjects), None).payment

    @cached_property
    def _latest(self) -> Mapping[str, Payment]:
        """The last answer about each payment, in this day and the days behind it."""
        ledger, last = (
            EffectLedger(self.records),
            min(date.fromisoformat(self.day) + timedelta(DAYS_BEHIND), self._today),
        )
        latest = dict[str, Answered]()
        for behind in range((last - date.fromisoformat(self.day)).days + 1):
            for each in ledger.on_day((date.fromisoformat(self.day) + timedelta(behind)).isoformat()):
                known = latest.get(each.payment.transaction_id) if each.payment else None
                if each.payment and (known is None or known.answered_at <= each.answered_at):
                    latest[each.payment.transaction_id] = each
        return {number: each.payment for number, each in latest.items() if each.payment}

    @property
    def _today(self) -> date:
        return datetime.fromtimestamp(self.now, UTC).date()


class RecordedPayment(RecordedPayments):
    """As far as one payment needs: the calls for it alone are read, however much was begun on its day."""

    def find(self, there: Transaction) -> Payment | None:
        return self._find_one(there)
