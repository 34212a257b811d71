"""Invoices of clients, and their payment."""

from collections.abc import Mapping

from lambdas.api.auth.caller import Caller
from lambdas.api.auth.errors import KeyReusedError
from lambdas.api.backend import Backend
from lambdas.api.clients.lookup import the_client
from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.values_2_0 import true
from lambdas.api.invoices import records_2_0 as answers
from lambdas.api.invoices import views
from lambdas.api.invoices.charging import charge_once, charge_payment_method, default_method
from lambdas.api.invoices.credit_note_views import credit_note_view
from lambdas.api.invoices.crediting import credit_lines
from lambdas.api.invoices.payments import (
    manual_payments,
    reconcile_with_order,
    record_payment,
    tell_orders,
    the_invoice,
)
from lambdas.api.invoices.requests import (
    InvoiceChargeRequest,
    InvoiceCreditRequest,
    InvoiceGenerateRequest,
    InvoiceGetRequest,
    InvoiceListRequest,
    PaymentAddRequest,
    PaymentRefundRequest,
)
from lambdas.api.method import Method, Rights
from lambdas.orders.errors import Problem
from lambdas.payments.invoice import InvoiceRun
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.request_key import RequestKey, RequestKeyUsedError
from lambdas.records.users.rights import SEE_CLIENT, Right

_MONEY = (*SEE_CLIENT, Right.MONEY)
_CHARGES = (*_MONEY, Right.STORED_METHODS)


def _list(backend: Backend, request: InvoiceListRequest, caller: Caller) -> tuple[Invoice, ...]:
    client = the_client(backend, request.client_id, caller)
    invoices = InvoiceRecords(backend.records).of_client(client.client_id)
    ordered = invoices[::-1] if request.direction == "desc" else invoices
    begin = request.offset or 0
    return ordered[begin:] if request.limit is None else ordered[begin : begin + request.limit]


def _get(backend: Backend, request: InvoiceGetRequest, caller: Caller) -> Invoice:
    return the_invoice(backend, request.invoice_id, caller, "invoice_id")


def _generate(backend: Backend, request: InvoiceGenerateRequest, caller: Caller) -> Invoice:
    client = the_client(backend, request.client_id, caller)
    invoicing = InvoiceRun(backend.records, backend.service, backend.gateway, backend.service.now)
    if request.trans_id and request.command != "charge_prior_auth":
        raise MalformedRequestError(Problem("trans_id", "needs command=charge_prior_auth"))
    if request.command == "charge_prior_auth":
        if request.include_packs is not None:
            raise MalformedRequestError(
                Problem("include_packs", "does not go with charge_prior_auth: it takes an order's")
            )
        collected = invoicing.collect(client, request.trans_id, due_at=request.duedate)
        tell_orders(backend, collected, caller)
        return collected
    charges = request.command == "charge"
    chosen = default_method(backend, client) if charges else None  # before there is an invoice that nobody could pay
    key = _request_key(request, caller, backend.service.now()) if caller.call.idempotency_key else None
    try:
        invoice = invoicing.generate(client, only=request.include_packs, due_at=request.duedate, key=key)
    except RequestKeyUsedError:
        raise KeyReusedError(caller.call.method) from None
    invoice = charge_once(backend, invoice, *chosen) if chosen else invoice
    tell_orders(backend, invoice, caller)
    return invoice


def _generate_rights(request: InvoiceGenerateRequest) -> Rights:
    return _CHARGES if request.command == "charge" else _MONEY


def _request_key(request: InvoiceGenerateRequest, caller: Caller, now: int) -> RequestKey:
    stated = request.model_dump(mode="json", exclude={"include_packs"})
    packs = None if request.include_packs is None else sorted(request.include_packs)
    return RequestKey.of(
        caller.name, caller.call.idempotency_key or "", caller.call.method, {**stated, "include_packs": packs}, now
    )


def _charge(backend: Backend, request: InvoiceChargeRequest, caller: Caller) -> Invoice:
    invoice = reconcile_with_order(backend, the_invoice(backend, request.inv_id, caller, "inv_id"))
    if invoice.status is not InvoiceStatus.PAID:
        invoice = charge_payment_method(backend, request, invoice)
    tell_orders(backend, invoice, caller)
    return invoice


def _add_payment(backend: Backend, request: PaymentAddRequest, caller: Caller) -> Invoice:
    paid = record_payment(backend, the_invoice(backend, request.inv_id, caller, "inv_id"), request, by=caller.name)
    tell_orders(backend, paid, caller)
    return paid


def _refund_payment(backend: Backend, request: PaymentRefundRequest, caller: Caller) -> Invoice:
    invoice = the_invoice(backend, request.inv_id, caller, "inv_id")
    returned = manual_payments(backend).note_return(
        invoice, request.reference, caller.name, order_id=request.order_id or ""
    )
    tell_orders(backend, returned, caller)
    return returned


def _credit(backend: Backend, request: InvoiceCreditRequest, caller: Caller) -> Invoice:
    invoice = the_invoice(backend, request.inv_id, caller, "inv_id")
    credited, note = credit_lines(backend, invoice, request, by=caller.name)
    tell_orders(backend, credited, caller)
    return note


def _location(invoice: Invoice) -> Mapping[str, str]:
    return {"Location": f"/client.invoice_get?invoice_id={invoice.invoice_id}"}


METHODS: dict[str, Method] = {
    "client.invoice_list": Method(
        title="List a client's invoices",
        request=InvoiceListRequest,
        rights=_MONEY,
        verb=_list,
        answer=answers.invoices,
        view=views.invoices_view,
        reads=True,
        example={"client_id": "101"},
    ),
    "client.invoice_get": Method(
        title="Get an invoice",
        request=InvoiceGetRequest,
        rights=_MONEY,
        verb=_get,
        answer=answers.record,
        view=views.invoice_view,
        reads=True,
        example={"invoice_id": "1000000001"},
    ),
    "client.invoice_generate": Method(
        title="Generate an invoice of a client's services that are on none yet",
        request=InvoiceGenerateRequest,
        rights=_generate_rights,
        verb=_generate,
        answer=answers.generated,
        view=views.invoice_view,
        status=201,
        headers=_location,
        keeps_key=True,
        example={"client_id": "101"},
    ),
    "client.invoice_charge": Method(
        title="Charge an open invoice",
        request=InvoiceChargeRequest,
        rights=_CHARGES,
        verb=_charge,
        answer=true,
        view=views.invoice_view,
        example={"inv_id": "1000000001"},
    ),
    "client.payment_add": Method(
        title="Record that an invoice was paid outside of the gateway, by bank transfer, cheque or cash (ours)",
        request=PaymentAddRequest,
        rights=_MONEY,
        verb=_add_payment,
        answer=true,
        view=views.invoice_view,
        example={"inv_id": "1000000001", "amount": "9.95", "payment_type": "wire", "reference": "transfer of 3 May"},
    ),
    "client.invoice_credit": Method(
        title="Credit parts of an invoice and refund what was paid for them (ours)",
        request=InvoiceCreditRequest,
        rights=_MONEY,
        verb=_credit,
        answer=answers.note,
        view=credit_note_view,
        example={
            "inv_id": "1000000001",
            "lines": {"1": {"amount": "5.00", "reason": "fault", "text": "Two days without service."}},
            "reference": "case 4711",
        },
    ),
    "client.payment_refund": Method(
        title="Note that money recorded by client.payment_add was paid back",
        request=PaymentRefundRequest,
        rights=_MONEY,
        verb=_refund_payment,
        answer=true,
        view=views.invoice_view,
        example={"inv_id": "1000000001", "reference": "transfer of 9 May"},
    ),
}
