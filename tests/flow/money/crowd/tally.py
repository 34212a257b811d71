"""What a crowd's orders came to: their invoices' numbers, the money held, captured and invoiced. Pure but for one reading."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from infra.operate.payments.reconcile import parts_of
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.payments.effects.effect import Payment
from lambdas.records.invoices.invoice import Invoice, InvoiceKind
from lambdas.runtime.items import from_item
from tests.flow.conftest import Shop


@dataclass(frozen=True)
class Tally:
    """Cents. `numbers`: of the invoices, sorted. `held_on_canceled`: what is held for canceled orders. `captured`: and not
    refunded. `invoiced`: and not credited.
    """

    complete: int
    canceled: int
    leads: int
    numbers: tuple[int, ...]
    held_on_canceled: int
    captured: int
    refunded: int
    invoiced: int

    def differences(self, first: int) -> list[str]:
        """In words; none if all is right. `first`: the number that the first invoice must have."""
        wanted = tuple(range(first, first + len(self.numbers)))
        found = {
            f"the numbers are {self.numbers}, and not {first} to {wanted[-1] if wanted else first}": self.numbers
            != wanted,
            f"{self.held_on_canceled} cents are held for canceled orders": self.held_on_canceled != 0,
            f"{self.captured} cents are captured, {self.invoiced} invoiced": self.captured != self.invoiced,
            "no order was completed, or none canceled": not (self.complete and self.canceled),
        }
        return [words for words, is_wrong in found.items() if is_wrong]

    def __str__(self) -> str:
        ends = f"{self.complete} complete, {self.canceled} canceled, {self.leads} leads"
        money = f"held on canceled {self.held_on_canceled}, captured {self.captured}, invoiced {self.invoiced} cents"
        return f"{ends}; {len(self.numbers)} invoices; {money}; refunded {self.refunded}"


def tally_of(shop: Shop, order_ids: Collection[str]) -> Tally:
    pages = shop.dynamodb.get_paginator("scan").paginate(TableName=shop.stack.record_table, ConsistentRead=True)
    records = [from_item(item) for page in pages for item in page["Items"]]
    payments = [each for each in records if each["sk"] == "transaction" and each.get("order_id") in order_ids]
    documents = [
        each for each in records if str(each["pk"]).startswith("invoices#") and each.get("order_id") in order_ids
    ]
    orders = {order_id: shop._row(order_id) for order_id in order_ids}
    canceled = {order_id for order_id, order in orders.items() if order.step_status is StepStatus.CANCELED}
    there = [(str(each["order_id"]), parts_of(Payment.model_validate(each))) for each in payments]
    captured = sum(parts.get("captured", 0) for _, parts in there)
    refunded = sum(parts.get("refunded", 0) for _, parts in there)
    invoices = _of_kind(documents, InvoiceKind.INVOICE)
    credited = sum(each.total_cents for each in _of_kind(documents, InvoiceKind.CREDIT_NOTE))
    return Tally(
        complete=_in(orders.values(), StepStatus.COMPLETE),
        canceled=len(canceled),
        leads=sum(order.is_lead for order in orders.values()),
        numbers=tuple(sorted(each.number for each in invoices)),
        held_on_canceled=sum(parts.get("held", 0) for order_id, parts in there if order_id in canceled),
        captured=captured - refunded,
        refunded=refunded,
        invoiced=sum(each.total_cents for each in invoices) - abs(credited),
    )


def _of_kind(documents: Iterable[object], kind: InvoiceKind) -> list[Invoice]:
    return [each for each in map(Invoice.model_validate, documents) if each.kind is kind]


def _in(orders: Iterable[Order], status: StepStatus) -> int:
    return sum(order.step_status is status for order in orders)
