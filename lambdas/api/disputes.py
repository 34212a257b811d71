"""Disputed payments as new callers get them, of an order, of a payment and of a client."""

from typing import Annotated, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.orders.dispute import Dispute
from lambdas.orders.model.money import format_cents
from lambdas.records.clients.dispute import ClientDispute


class DisputeView(TypedDict):
    """A payment that its payer has their bank take back."""

    state: Annotated[
        Literal["open", "won", "lost"], Doc("open: the bank has not decided; lost: the payer has the money back.")
    ]
    amount: Annotated[str, Doc("What is disputed of the payment.")]
    currency: Annotated[str, Doc("ISO 4217 code, such as USD.")]
    reason: Annotated[
        Literal[
            "fraudulent",
            "unrecognized",
            "duplicate",
            "not_received",
            "not_as_ordered",
            "canceled",
            "not_credited",
            "returned",
            "other",
        ],
        Doc("What the payer says of the payment; returned: nothing, but their bank could not draw the debit."),
    ]
    opened_at: Annotated[str | None, Doc("When the payer began it.")]
    answer_by: Annotated[str | None, Doc("Until when the bank takes evidence; null: it asks for none.")]


class ClientDisputeView(DisputeView):
    order_id: Annotated[str | None, Doc("The order whose payment it is; null: the payment of an invoice.")]
    invoice_id: Annotated[str | None, Doc("The invoice that was paid with it; null: none was.")]


def dispute_view(dispute: Dispute) -> DisputeView:
    return {
        "state": dispute.state.value,
        "amount": format_cents(dispute.amount_cents, dispute.currency),
        "currency": dispute.currency,
        "reason": dispute.reason.value,
        "opened_at": iso(dispute.opened_at),
        "answer_by": iso(dispute.answer_by),
    }


def client_dispute_view(found: ClientDispute) -> ClientDisputeView:
    return {**dispute_view(found.dispute), "order_id": found.order_id, "invoice_id": found.invoice_id}
