"""An order that is paid at a provider, as tests look at what became of it."""

from collections.abc import Mapping

from lambdas.orders.decisions.open_work import OpenWork, open_work
from lambdas.orders.model.order import Order
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.invoices.records import InvoiceRecords
from tests.stand_ins.paying_lives import Case


class PaidOrder:
    case: Case

    @property
    def order(self) -> Order:
        return self.case.order()

    @property
    def invoice(self) -> Invoice:
        found = InvoiceRecords(self.case.records).of_order("1001")
        assert found is not None
        return found

    @property
    def work(self) -> Mapping[str, OpenWork]:
        return {each.key: each for each in open_work(self.order)}
