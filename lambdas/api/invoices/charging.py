"""Charges an invoice to one of its client's payment methods."""

from lambdas.api.backend import Backend
from lambdas.api.clients.records_2_0 import PAYMENT_TYPE
from lambdas.api.errors import MalformedRequestError
from lambdas.api.invoices.payments import (
    reconcile_with_order,
)
from lambdas.api.invoices.requests import (
    InvoiceChargeRequest,
)
from lambdas.orders.errors import Problem
from lambdas.payments.charge import Charges
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.invoices.records import InvoiceRecords

_GONE = Problem("billing_info_id", "the client has no such payment method any more; name another one")


def charge_payment_method(backend: Backend, request: InvoiceChargeRequest, invoice: Invoice) -> Invoice:
    client = ClientRecords(backend.records).get(invoice.client_id)
    methods = PaymentMethodRecords(backend.records).of_client(invoice.client_id)
    named = request.billing_info_id or (client.default_billing_info_id if client else None)
    method = methods.get(named or "")
    if named is None or method is None:
        text = (
            "the client has no such payment method" if named else "the client has no default payment method; name one"
        )
        raise MalformedRequestError(Problem("billing_info_id", text))
    if "payment_type" in request.model_fields_set and PAYMENT_TYPE[method.kind] != request.payment_type:
        raise MalformedRequestError(Problem("payment_type", f"this payment method is {PAYMENT_TYPE[method.kind]}"))
    return charge_once(backend, invoice, named, method)


def default_method(backend: Backend, client: Client) -> tuple[str, PaymentMethod]:
    methods = PaymentMethodRecords(backend.records).of_client(client.client_id)
    chosen = client.default_billing_info_id
    if chosen is None or chosen not in methods:
        raise MalformedRequestError(
            Problem("command", "the client has no default payment method to charge; add one first")
        )
    return chosen, methods[chosen]


def charge_once(backend: Backend, invoice: Invoice, billing_info_id: str, method: PaymentMethod) -> Invoice:
    """Charge the invoice. Its order and the method are looked at again after the claim. The order may have taken its money in
    the meantime, and the method may have been removed.
    """
    clients = ClientRecords(backend.records)

    def check_again(claimed: Invoice) -> Invoice:
        if clients.payment_method(invoice.client_id, billing_info_id) is None:
            raise MalformedRequestError(_GONE)
        return reconcile_with_order(backend, claimed)

    charging = Charges(InvoiceRecords(backend.records), backend.gateway, backend.service.now, backend.choice)
    return charging.charge(invoice, billing_info_id, method, check_again=check_again)
