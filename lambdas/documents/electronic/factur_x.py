"""A document as Factur-X data: EN 16931 in UN/CEFACT's Cross Industry Invoice, from what was frozen at its issue.

The same document makes the same bytes in a language. Amounts paid are left out: they change, and the document does not.
Elements stand in the order of the schema, and their comments name the terms of the standard (BT, BG).
"""

from collections.abc import Iterator

from lambdas.documents.electronic.element import Element
from lambdas.documents.electronic.parties import fill_party, named_parties
from lambdas.documents.electronic.statement import OUTSIDE, Statement, Vat, VatTotal, statement_of
from lambdas.documents.wording import day_of, printable, reason_of
from lambdas.languages.texts import _
from lambdas.orders.model.money import format_cents
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, InvoiceLine

XML_NAME, XML_TYPE = "factur-x.xml", "text/xml"
_EN_16931 = "urn:cen.eu:en16931:2017"
_INVOICE, _CREDIT_NOTE = "380", "381"  # UNTDID 1001
_ONE, _DISCOUNT, _MAIL, _VAT_NUMBER, _DAY = (
    "C62",
    "95",
    "EM",
    "VA",
    "102",
)  # codes of units, allowances, addresses, dates
_NOT_SUBJECT = "VATEX-EU-O"


def factur_x_of(invoice: Invoice) -> bytes:
    """The data as XML. Raises NotStatableError."""
    stated = statement_of(invoice)
    root = Element.root("rsm:CrossIndustryInvoice")
    context = root.part("rsm:ExchangedDocumentContext")
    context.part("ram:GuidelineSpecifiedDocumentContextParameter").say("ram:ID", _EN_16931)  # BT-24
    _head(root.part("rsm:ExchangedDocument"), invoice)
    trade = root.part("rsm:SupplyChainTradeTransaction")
    for number, (line, vat) in enumerate(stated.lines, 1):
        _line(trade.part("ram:IncludedSupplyChainTradeLineItem"), str(number), line, vat, invoice.currency)
    _agreement(trade.part("ram:ApplicableHeaderTradeAgreement"), invoice, stated)
    delivery = trade.part("ram:ApplicableHeaderTradeDelivery")
    if invoice.supplied_at:  # BT-72
        supplied = day_of(invoice.supplied_at, invoice.time_zone)
        delivery.part("ram:ActualDeliverySupplyChainEvent").day("ram:OccurrenceDateTime", supplied)
    _settlement(trade.part("ram:ApplicableHeaderTradeSettlement"), invoice, stated)
    return root.written()


def _head(head: Element, invoice: Invoice) -> None:
    head.say("ram:ID", invoice.shown_number)  # BT-1
    head.say("ram:TypeCode", _CREDIT_NOTE if invoice.kind is InvoiceKind.CREDIT_NOTE else _INVOICE)  # BT-3
    head.day("ram:IssueDateTime", day_of(invoice.issued_at, invoice.time_zone))  # BT-2
    for note in invoice.notes:
        head.part("ram:IncludedNote").say("ram:Content", printable(note))  # BT-22


def _line(item: Element, number: str, line: InvoiceLine, vat: Vat, currency: str) -> None:
    """BG-25. A price that has no end in decimals is stated for the whole quantity (BT-149)."""
    named = item.part("ram:AssociatedDocumentLineDocument")
    named.say("ram:LineID", number)  # BT-126
    if reason := reason_of(line):
        named.part("ram:IncludedNote").say("ram:Content", reason)  # BT-127
    item.part("ram:SpecifiedTradeProduct").say("ram:Name", printable(line.description))  # BT-153
    price = item.part("ram:SpecifiedLineTradeAgreement").part("ram:NetPriceProductTradePrice")
    each, rest = divmod(line.amount_cents, line.quantity)
    price.say("ram:ChargeAmount", format_cents(line.amount_cents if rest else each, currency))  # BT-146
    price.say("ram:BasisQuantity", str(line.quantity if rest else 1), unitCode=_ONE)
    delivered = item.part("ram:SpecifiedLineTradeDelivery")
    delivered.say("ram:BilledQuantity", str(line.quantity), unitCode=_ONE)  # BT-129
    settled = item.part("ram:SpecifiedLineTradeSettlement")
    _vat(settled.part("ram:ApplicableTradeTax"), vat)  # BG-30
    summed = settled.part("ram:SpecifiedTradeSettlementLineMonetarySummation")
    summed.say("ram:LineTotalAmount", format_cents(line.amount_cents, currency))  # BT-131


def _vat(tax: Element, vat: Vat) -> None:
    tax.say("ram:TypeCode", "VAT")
    _category(tax, vat)


def _category(tax: Element, vat: Vat, code: str = "") -> None:
    tax.say("ram:CategoryCode", vat.category)
    tax.say("ram:ExemptionReasonCode", code)  # BT-121
    if vat.category != OUTSIDE:
        tax.say("ram:RateApplicablePercent", vat.rate)


def _agreement(agreement: Element, invoice: Invoice, stated: Statement) -> None:
    seller, buyer = named_parties(invoice, stated)
    fill_party(agreement.part("ram:SellerTradeParty"), seller, names_vat=not stated.is_outside, is_seller=True)  # BG-4
    fill_party(agreement.part("ram:BuyerTradeParty"), buyer, names_vat=not stated.is_outside)  # BG-7
    if named := invoice.order_reference or invoice.order_id:
        agreement.part("ram:SellerOrderReferencedDocument").say("ram:IssuerAssignedID", named)  # BT-14


def _settlement(settlement: Element, invoice: Invoice, stated: Statement) -> None:
    currency = invoice.currency
    settlement.say("ram:InvoiceCurrencyCode", currency)  # BT-5
    for total in stated.totals:
        _total(settlement.part("ram:ApplicableTradeTax"), total, currency)
    for line, vat in stated.discounts:
        allowance = settlement.part("ram:SpecifiedTradeAllowanceCharge")  # BG-20
        allowance.part("ram:ChargeIndicator").say("udt:Indicator", "false")
        allowance.say("ram:ActualAmount", format_cents(line.amount_cents, currency))  # BT-92
        allowance.say("ram:ReasonCode", _DISCOUNT)
        allowance.say("ram:Reason", printable(line.description))  # BT-97
        _vat(allowance.part("ram:CategoryTradeTax"), vat)
    _terms(settlement, invoice)
    summed = settlement.part("ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    for name, cents, attributes in _sums(invoice, stated):
        summed.say(f"ram:{name}", format_cents(cents, currency), **attributes)
    if invoice.credits_number:  # BG-3
        credited = settlement.part("ram:InvoiceReferencedDocument")
        credited.say("ram:IssuerAssignedID", invoice.credits_document or str(invoice.credits_number))
        if invoice.credits_issued_at:
            day = day_of(invoice.credits_issued_at, invoice.time_zone)
            credited.day("ram:FormattedIssueDateTime", day, kind="qdt")


def _total(tax: Element, total: VatTotal, currency: str) -> None:
    """BG-23."""
    tax.say("ram:CalculatedAmount", format_cents(total.tax_cents, currency))  # BT-117
    tax.say("ram:TypeCode", "VAT")
    tax.say("ram:ExemptionReason", printable(total.reason))  # BT-120
    tax.say("ram:BasisAmount", format_cents(total.net_cents, currency))  # BT-116
    _category(tax, total.vat, _NOT_SUBJECT if total.vat.category == OUTSIDE else "")


def _terms(settlement: Element, invoice: Invoice) -> None:
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return
    terms = settlement.part("ram:SpecifiedTradePaymentTerms")
    if invoice.due_at:
        terms.day("ram:DueDateDateTime", day_of(invoice.due_at, invoice.time_zone))  # BT-9
    else:
        terms.say("ram:Description", _("Due at once"))  # BT-20


def _sums(invoice: Invoice, stated: Statement) -> Iterator[tuple[str, int, dict[str, str]]]:
    """BG-22. What is due is all of it: what was paid since stands on no document."""
    net = stated.lines_cents - stated.discounts_cents
    yield "LineTotalAmount", stated.lines_cents, {}  # BT-106
    if stated.discounts:
        yield "AllowanceTotalAmount", stated.discounts_cents, {}  # BT-107
    yield "TaxBasisTotalAmount", net, {}  # BT-109
    yield "TaxTotalAmount", stated.tax_cents, {"currencyID": invoice.currency}  # BT-110
    yield "GrandTotalAmount", net + stated.tax_cents, {}  # BT-112
    yield "DuePayableAmount", net + stated.tax_cents, {}  # BT-115
