"""Taxes by the table, with numbers that the register confirms: no other takes the tax off. The second adapter of the port of
taxes (lambdas/catalog/tax_port.py)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lambdas.catalog.buyer import Buyer
from lambdas.catalog.seller import Sellers
from lambdas.catalog.tax import TaxTable
from lambdas.catalog.tax_port import Taxes
from lambdas.orders.model.packs import AppliedTax, PricedPack
from lambdas.orders.ports import Sale
from lambdas.records.table import RecordTable
from lambdas.vat.ask_limits import AskLimits
from lambdas.vat.checks import VatCheck, VatChecks
from lambdas.vat.register import Register, Standing
from lambdas.vat.sandbox import SandboxRegister
from lambdas.vat.vies import ViesRegister

NOBODY, SANDBOX = "nobody", "sandbox"
_REGISTERS: dict[str, type[ViesRegister] | type[SandboxRegister]] = {"vies": ViesRegister, SANDBOX: SandboxRegister}


@dataclass(frozen=True)
class CheckedTaxes:
    """`sellers`: whose own numbers the register is asked with."""

    table: TaxTable
    checks: VatChecks
    sellers: Sellers

    def concern(self, sale: Sale) -> bool:
        return self.table.concern(sale)

    def on(self, packs: Sequence[PricedPack], sale: Sale, buyer: Buyer) -> Sequence[tuple[AppliedTax, ...]]:
        """Without a confirmation the tax is charged. The answer is kept with each tax."""
        taxation, check = self.table.of(sale, buyer), self._check(sale, buyer)
        if check is None:
            return self.table.on(packs, sale, buyer)
        taxed = replace(taxation, reverse_charge=check.standing is Standing.VALID).on(packs)
        return tuple(tuple(tax.changed(vat_check=check.proof) for tax in pack.taxes) for pack in taxed)

    def place_problems(self, sale: Sale, country: str, state: str, vat_id: str) -> Iterator[tuple[str, str]]:
        yield from self.table.place_problems(sale, country, state, vat_id)
        check = self._check(sale, Buyer.of(country, state, vat_id))
        if check and check.standing is Standing.INVALID:
            yield "vat_id", "is not registered as valid (VIES); correct it, or leave it empty and the tax is charged"

    def _check(self, sale: Sale, buyer: Buyer) -> VatCheck | None:
        """None if the number makes no difference: then nobody is asked."""
        taxation = self.table.of(sale, buyer)
        if not taxation.reverse_charge or not taxation.taxes:
            return None
        seller = self.sellers.of(sale.brand_id)
        return self.checks.of(buyer.vat_id, seller.vat_id if seller else "", source=sale.source, now=sale.now)


def choose_taxes(register: str, table: TaxTable, records: RecordTable, sellers: Sellers, asks: AskLimits) -> Taxes:
    """`register`: the stage's setting."""
    if register == NOBODY:
        return table
    asked: Register = _REGISTERS[register]()
    return CheckedTaxes(table, VatChecks(records, asked, asks), sellers)
