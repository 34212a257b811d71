"""The two parties of an invoice, as they were when it was issued.

They are frozen with the document. A client who moves, or is erased, leaves the documents as they are: the law that orders them
to be kept comes before a request to be forgotten (docs/decisions.md).
"""

from typing import Any

from lambdas.catalog.seller import Seller
from lambdas.records.clients.client import Client
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, Party
from lambdas.records.invoices.totals_per_rate import totals_per_rate


def issued_by(draft: Invoice, seller: Seller | None, buyer: Client | None) -> Invoice:
    """The draft with its parties, its notes and the zone of its dates. Parties that it has stay."""
    if draft.seller is not None or draft.buyer is not None:
        return draft.changed(time_zone=seller.time_zone) if seller else draft
    changes: dict[str, Any] = {"buyer": _buyer(buyer) if buyer else None}
    if seller:
        untaxed = {"untaxed": seller.untaxed, "untaxed_note": seller.untaxed_note} if _has_untaxed(draft) else {}
        changes |= {"seller": _seller(seller), "notes": _notes(draft, seller), "time_zone": seller.time_zone, **untaxed}
    return draft.changed(**changes)


def number_shown(seller: Seller | None, kind: InvoiceKind, year: int, nth: int) -> str:
    """The number of a document in its series of the year, such as `INV-2026-00001`."""
    prefix = "" if seller is None else seller.invoices if kind is InvoiceKind.INVOICE else seller.credit_notes
    return f"{prefix}{year}-{nth:05d}"


def _seller(seller: Seller) -> Party:
    return Party(**{name: getattr(seller, name) for name in Party.model_fields if name in Seller.model_fields})


def _buyer(client: Client) -> Party:
    person = " ".join(part for part in (client.first, client.last) if part)
    fields = {name: getattr(client, name) for name in Party.model_fields if name in Client.model_fields}
    return Party(**fields | {"name": client.company or person, "attention": person if client.company else ""})


def _notes(draft: Invoice, seller: Seller) -> tuple[str, ...]:
    """The law's words on a reverse charge first, then on what bears no tax, then what the seller states on every document."""
    is_reversed = any(total.reverse_charge for total in totals_per_rate(draft.lines))
    untaxed = (seller.untaxed_note,) if seller.untaxed_note and _has_untaxed(draft) else ()
    proofs = dict.fromkeys(line.vat_check for line in draft.lines if line.vat_check.startswith("valid"))
    checked = (f"VAT number checked with VIES: {proof}." for proof in proofs)
    return (*((seller.reverse_charge_note, *checked) if is_reversed else ()), *untaxed, *seller.notes)


def _has_untaxed(draft: Invoice) -> bool:
    """Whether an amount on it bears no tax, or there is nothing but what is free."""
    totals = totals_per_rate(draft.lines)
    return not totals or any(not total.tax_name for total in totals)
