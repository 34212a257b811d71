"""Pictures of invoices and of a credit note for docs/payments.md, from the pages of an auditor's export."""

import sys
from pathlib import Path

from lambdas.catalog.seller import load_sellers
from lambdas.documents.document import document_of
from lambdas.documents.page import page_of
from lambdas.records.clients.client import Client
from lambdas.records.invoices.credit_notes import note_of
from lambdas.records.invoices.invoice import CreditReason, Invoice, InvoiceLine
from lambdas.records.invoices.party import issued_by
from tests.browser.chromium import chromium

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots" / "invoices"
_AT = 1_795_600_000
_BUYER = Client(
    client_id="101", brand_id=1, first="Ada", last="Lovelace", email="ada@example.com",
    address="Lindenstraße 12", zip="10969", city="Berlin", country="DE", created_at=_AT,
)  # fmt: skip


def documents() -> dict[str, Invoice]:
    """An invoice with a discount and a tax, a note that credits a part of it, and the same of a brand with a look of its own."""

    def line(description: str, cents: int, **more: str) -> InvoiceLine:
        return InvoiceLine(description=description, service_id="1001001", quantity=1, amount_cents=cents, **more)

    lines = (
        line("Dedicated Server E-2288G, 1 month", 14900),
        line("Dedicated Server E-2288G, coupon WELCOME", -1490),
        line("Dedicated Server E-2288G, set-up", 9900),
        line("Dedicated Server E-2288G, VAT 19 %", 4429, tax_name="VAT", tax_rate="19"),
    )
    draft = Invoice(
        brand_id=1, client_id="101", order_id="1001", lines=lines, total_cents=27739, currency="EUR", issued_at=_AT,
        due_at=_AT + 14 * 86_400, supplied_at=_AT - 86_400, number=7, document_number="INV-2026-00007",
    )  # fmt: skip
    invoice = issued_by(draft, load_sellers().of(1), _BUYER)
    fault = {"reason": CreditReason.FAULT, "reason_text": "two days without service"}
    part = (lines[0].changed(amount_cents=1000, **fault), lines[3].changed(amount_cents=190, **fault))
    note = note_of(invoice, part, _AT + 86_400).changed(document_number="CN-2026-00001", order_id=None)
    of_brand = draft.changed(brand_id=2, document_number="DOM-2026-00003")
    return {"invoice": invoice, "credit-note": note, "brand": issued_by(of_brand, load_sellers().of(2), _BUYER)}


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 900, "height": 700}, locale="en-GB")
        for name, document in documents().items():
            page.set_content(page_of(document_of(document, electronic=True)))
            page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    sys.stdout.write(f"pictures are in {PICTURES}\n")


if __name__ == "__main__":
    main()
