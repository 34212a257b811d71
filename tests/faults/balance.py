"""The balance of a play: the money at the gateway against ours, to the cent, by currency. Pure.

Ours is told twice, and both must be the gateway's: by the ledger of effects, call by call, and by the documents, since what was
captured and not refunded is what paid invoices are of.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rich.table import Table

from infra.operate.payments.reconcile import parts_of
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Order
from lambdas.payments.effects.effect import Payment, subject_of
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.order_money import recorded_payment
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, InvoiceStatus
from lambdas.records.table import RecordTable

HELD, CAPTURED, REFUNDED, KEPT = "held", "captured", "refunded", "captured and kept"
PARTS = (HELD, CAPTURED, REFUNDED, KEPT)
_Sums = Mapping[str, Mapping[str, int]]  # cents by currency and part
_Records = Iterable[Mapping[str, Any]]


class _Scanned(RecordTable):
    """Records that were read before, as a table that is read from."""

    def __init__(self, records: _Records) -> None:
        self._by_pk: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for record in records:
            self._by_pk[str(record["pk"])].append(dict(record))

    def get(self, pk: str, sk: str) -> dict[str, Any] | None:
        return next((each for each in self._by_pk.get(pk, ()) if each["sk"] == sk), None)

    def query(self, pk: str, prefix: str) -> list[dict[str, Any]]:
        found = (each for each in self._by_pk.get(pk, ()) if str(each["sk"]).startswith(prefix))
        return sorted(found, key=lambda each: str(each["sk"]))


@dataclass(frozen=True)
class Balance:
    """`payments`: how many there are at the gateway. `unclear`: those with a call whose outcome was not recorded, as when its
    process died. The ledger does not pretend to know these, so the gateway's side counts. `documents`: None: not compared.
    """

    payments: int
    unclear: int = 0
    gateway: _Sums = field(default_factory=dict)
    ledger: _Sums = field(default_factory=dict)
    documents: _Sums | None = field(default_factory=dict)

    def added(self, other: "Balance") -> "Balance":
        """Both together. Documents are not added."""
        sides = ((self.gateway, other.gateway), (self.ledger, other.ledger))
        gateway, ledger = (_together(*each) for each in sides)
        return Balance(self.payments + other.payments, self.unclear + other.unclear, gateway, ledger, None)

    @property
    def differences(self) -> tuple[str, ...]:
        """In words; none if it balances to the cent. Nothing is held and nothing was taken is no balance either."""
        if not self.payments:
            return ("there is no payment, so nothing was shown",)
        places = [(currency, part) for currency in self._currencies for part in PARTS]
        return tuple(
            f"{part} {currency}: {format_cents(_of(self.gateway, currency, part), currency)} at the gateway, "
            f"{format_cents(_of(side, currency, part), currency)} by the {name}"
            for name, side in (("ledger", self.ledger), ("documents", self.documents))
            if side is not None
            for currency, part in places
            if (name == "ledger" or part in (HELD, KEPT))
            and _of(side, currency, part) != _of(self.gateway, currency, part)
        )

    @property
    def _currencies(self) -> list[str]:
        return sorted({*self.gateway, *self.ledger, *(self.documents or ())})

    def shown(self, title: str = "balance") -> Table:
        table = Table(title, "currency", "at the gateway", "by the ledger", "by the documents")
        for currency in self._currencies:
            for part in PARTS:
                sides = [
                    format_cents(_of(side, currency, part), currency)
                    for side in (self.gateway, self.ledger, self.documents or {})
                ]
                if self.documents is None or part not in (HELD, KEPT):
                    sides[2] = ""
                odd = any(f"{part} {currency}:" in each for each in self.differences)
                table.add_row(part, currency, *sides, style="red" if odd else "")
        return table


def balance_of(records: _Records, orders: Iterable[Order]) -> Balance:
    records = list(records)
    transactions = [each for each in records if str(each["sk"]) == "transaction"]
    there = {str(each["key"]): Payment.model_validate(each) for each in transactions}
    return replace(balanced_with(EffectLedger(_Scanned(records)), there), documents=_by_documents(records, orders))


def balanced_with(ledger: EffectLedger, there: Mapping[str, Payment]) -> Balance:
    """Without documents. `there`: the gateway's payments, by key."""
    sides = [_side(ledger, key, at_gateway) for key, at_gateway in there.items()]
    here, unclear = [side for side, _ in sides if side], sum(is_unclear for _, is_unclear in sides)
    return Balance(len(there), unclear, _summed(there.values()), _summed(here), None)


def _side(ledger: EffectLedger, key: str, there: Payment) -> tuple[Payment | None, bool]:
    """The payment by the ledger, and whether the ledger says that an outcome is unknown."""
    calls, look_ups = ledger.of([subject_of(key)]), ledger.look_ups([subject_of(key)])
    recorded = recorded_payment(key, calls, look_ups, None)
    is_unclear = recorded.is_unclear and any(each.key == key for each in calls)
    return there if is_unclear else recorded.payment, is_unclear


def _summed(payments: Iterable[Payment]) -> _Sums:
    sums = defaultdict[str, Counter[str]](Counter)
    for each in payments:
        parts = Counter(parts_of(each))
        sums[each.currency].update(parts)
        sums[each.currency][KEPT] += parts[CAPTURED] - parts[REFUNDED]
    return sums


def _by_documents(records: _Records, orders: Iterable[Order]) -> _Sums:
    sums = defaultdict[str, Counter[str]](Counter)
    for record in records:
        if not str(record["pk"]).startswith("invoices#"):
            continue
        invoice = Invoice.model_validate(record)
        if invoice.kind is InvoiceKind.INVOICE and invoice.status is InvoiceStatus.PAID and invoice.payment is None:
            sums[invoice.currency][KEPT] += invoice.owed_cents
    for order in orders:
        if order.hold and not order.hold.captured and not order.is_final:
            sums[order.hold.currency][HELD] += order.hold.amount_cents
    return sums


def _together(one: _Sums, other: _Sums) -> _Sums:
    return {each: Counter(one.get(each, {})) + Counter(other.get(each, {})) for each in {*one, *other}}


def _of(sums: _Sums, currency: str, part: str) -> int:
    return sums.get(currency, {}).get(part, 0)
