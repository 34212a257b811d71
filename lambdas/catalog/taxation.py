"""The taxes of one sale: what each of its packs is charged.

Pure: no store, no clock. A tax is rounded once for everything that one rate applies to, and then spread over the lines. EN 16931
and the totals of an invoice do so too (lambdas/records/invoices/totals_per_rate.py).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lambdas.catalog.spread import spread
from lambdas.orders.model.packs import AppliedTax, PricedPack

WHOLE = 1_000_000  # 100 percent

Group = tuple[str, str, int]  # name, percent, and which it is of several taxes of a pack that are alike


@dataclass(frozen=True)
class DueTax:
    """A tax that counts for the sale. `rate`: percent as decimal text. `plans`: only for these; empty means for all."""

    tax_id: str
    name: str
    rate: str
    plans: tuple[str, ...] = ()

    @property
    def millionths(self) -> int:
        return int(Decimal(self.rate) * (WHOLE // 100))


@dataclass(frozen=True)
class Taxation:
    """The taxes of one sale. `reverse_charge`: its client owes them, and is charged none."""

    taxes: tuple[DueTax, ...] = ()
    reverse_charge: bool = False

    def on(self, packs: Sequence[PricedPack]) -> tuple[PricedPack, ...]:
        """The packs with the taxes on their first charges, after their coupons."""
        due = [self._due(pack) for pack in packs]
        amounts = {} if self.reverse_charge else _amounts(packs, due)
        taxed = []
        for index, pack in enumerate(packs):
            taxes = (self._applied(tax, amounts.get((index, group), (0, 0))) for group, tax in due[index])
            taxed.append(pack.model_copy(update={"taxes": tuple(taxes)}))
        return tuple(taxed)

    def _due(self, pack: PricedPack) -> tuple[tuple[Group, DueTax], ...]:
        """The taxes of the pack, each with its group."""
        alike: Counter[tuple[str, str]] = Counter()
        found = []
        for tax in self.taxes:
            if not tax.plans or pack.plan_id in tax.plans:
                kind = (tax.name, tax.rate)
                found.append(((*kind, alike[kind]), tax))
                alike[kind] += 1
        return tuple(found)

    def _applied(self, tax: DueTax, amounts: tuple[int, int]) -> AppliedTax:
        if self.reverse_charge:
            return AppliedTax(tax_id=tax.tax_id, name=tax.name, rate="0", reverse_charge=True)
        recurring, setup = amounts
        return AppliedTax(tax_id=tax.tax_id, name=tax.name, rate=tax.rate, recurring_cents=recurring, setup_cents=setup)


def _amounts(
    packs: Sequence[PricedPack], due: Iterable[Iterable[tuple[Group, DueTax]]]
) -> dict[tuple[int, Group], tuple[int, int]]:
    """By pack's index and group: the tax on the first period, and on set-up."""
    members: defaultdict[Group, list[tuple[int, DueTax]]] = defaultdict(list)
    for index, of_pack in enumerate(due):
        for group, tax in of_pack:
            members[group].append((index, tax))
    amounts = {}
    for group, of_group in members.items():
        exact = [
            net * tax.millionths
            for index, tax in of_group
            for net in (packs[index].first_recurring_cents, packs[index].net_setup_cents)
        ]
        cents = spread(exact, WHOLE)
        for nth, (index, _) in enumerate(of_group):
            amounts[index, group] = (cents[2 * nth], cents[2 * nth + 1])
    return amounts
