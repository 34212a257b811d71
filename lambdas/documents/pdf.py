"""A document as PDF: what its page says, in fonts that are part of the file.

One with data is a PDF/A-3 that holds them (Factur-X). The same document makes the same bytes. Only functions with the layer of
documents can make one (infra/functions/layer.py).
"""

import io
from collections.abc import Iterable, Sequence

from fpdf import FontFace
from fpdf.enums import TableBordersLayout

from lambdas.catalog.brands.brand import Logo
from lambdas.documents.document import Document
from lambdas.documents.pdf_pages import GREY, LINE, RULE, SIDE, SMALL, TITLE, Pages, colour_of
from lambdas.languages.texts import _

_GAP, _LOGO_WIDE, _LOGO_HIGH, _PIXEL = 6, 55, 11, 25.4 / 96  # mm


def pdf_of(document: Document) -> bytes:
    """A4, on as many pages as it needs, each with the document's number."""
    pdf = Pages(document)
    _head(pdf, document)
    _parties(pdf, document)
    _lines(pdf, document)
    _rates(pdf, document)
    _notes(pdf, document)
    return bytes(pdf.output())


def _head(pdf: Pages, document: Document) -> None:
    top, accent = pdf.get_y(), colour_of(document.accent)
    if document.logo:
        _logo(pdf, document.logo, document.brand)
    elif document.brand:
        pdf.write_in(bold=True)
        pdf.multi_cell(90, LINE, document.brand, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.write_in(accent, size=TITLE, bold=True)
    pdf.cell(90, 8, document.title)
    below = pdf.get_y() + 12
    pdf.set_y(top)
    for label, value in document.facts:
        pdf.set_x(110)
        pdf.write_in(GREY)
        pdf.cell(35, LINE, label)
        pdf.write_in()
        pdf.cell(0, LINE, value, align="R", new_x="LMARGIN", new_y="NEXT")
    pdf.set_draw_color(*accent)
    pdf.set_line_width(0.5)
    y = max(pdf.get_y() + 2, below)
    pdf.line(SIDE, y, pdf.w - SIDE, y)
    pdf.set_draw_color(*RULE)
    pdf.set_line_width(0.2)
    pdf.set_y(y + _GAP)


def _logo(pdf: Pages, logo: Logo, brand: str) -> None:
    """As large as fits its place, and never larger than it is on the page."""
    scale = min(_LOGO_WIDE / logo.width, _LOGO_HIGH / logo.height, _PIXEL)
    width, height = logo.width * scale, logo.height * scale
    pdf.image(io.BytesIO(logo.content), x=SIDE, w=width, h=height, alt_text=brand)
    pdf.set_y(pdf.get_y() + 2)


def _parties(pdf: Pages, document: Document) -> None:
    """Side by side, with the buyer at the right also if no seller is stated."""
    top, width = pdf.get_y(), pdf.epw / 2 - 4
    ends = [top]
    for place, (label, lines) in enumerate(((_("Seller"), document.seller), (_("Buyer"), document.buyer))):
        if not lines:
            continue
        left = SIDE + place * (width + 8)
        pdf.set_xy(left, top)
        pdf.write_in(GREY, SMALL)
        pdf.cell(width, LINE, label.upper())
        pdf.set_xy(left, top + LINE)
        for nth, line in enumerate(lines):
            pdf.set_x(left)
            pdf.write_in(bold=nth == 0)
            pdf.multi_cell(width, LINE, line, align="L", new_x="LMARGIN", new_y="NEXT")
        ends.append(pdf.get_y())
    pdf.set_y(max(ends) + _GAP)


def _lines(pdf: Pages, document: Document) -> None:
    heads = (_("Description"), _("Quantity"), _("Amount in {currency}", currency=document.currency))
    rows = [
        (f"{row.description}\n{row.note}" if row.note else row.description, row.quantity, row.amount)
        for row in document.rows
    ]
    total = _("Total {currency}", currency=document.currency)
    sums = ((_("Net"), document.net), (_("Tax"), document.tax), (total, document.total))
    _table(pdf, (60, 16, 24), heads, rows)
    for label, amount in sums:
        pdf.write_in(bold=label == total)
        pdf.cell(pdf.epw * 0.76, LINE + 0.6, label, align="R")
        pdf.cell(0, LINE + 0.6, f"{amount} ", align="R", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(_GAP)


def _rates(pdf: Pages, document: Document) -> None:
    if document.rates:
        rows = [(rate.name, rate.net, rate.tax) for rate in document.rates]
        _table(pdf, (52, 24, 24), (_("Tax"), _("Net"), _("Tax on it")), rows)
        pdf.ln(_GAP)


def _table(pdf: Pages, widths: Sequence[int], heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table whose heads stand on each page again."""
    pdf.write_in()
    with pdf.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=tuple(widths),
        headings_style=FontFace(emphasis="BOLD", color=GREY, size_pt=SMALL),
        line_height=LINE,
        padding=1,
        text_align=("LEFT", *("RIGHT",) * (len(widths) - 1)),
    ) as table:
        for cells in (heads, *rows):
            row = table.row()
            for cell in cells:
                row.cell(cell)


def _notes(pdf: Pages, document: Document) -> None:
    pdf.write_in()
    for note in document.notes:
        pdf.multi_cell(0, LINE, note, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(1)
