"""A document as PDF: what its page says, in fonts that are part of the file.

The same document makes the same bytes. Only functions with the layer of documents can make one (infra/functions/layer.py).
"""

import logging
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Pillow could not be imported")  # no document has a picture
    import fpdf
    from fpdf import FPDF, FontFace
    from fpdf.enums import TableBordersLayout
    from fpdf.fonts import TTFFont

from lambdas.documents.document import Document
from lambdas.languages.language import spoken
from lambdas.languages.texts import _

_OURS = Path(__file__).with_name("fonts")
FONTS = (
    _OURS if _OURS.is_dir() else Path(fpdf.__file__).parents[1] / "document_fonts"
)  # beside the library, in the layer
_SANS = "sans"
# Of what the first font has not: how the Unicode names of a script's signs begin, and its font.
_FURTHER = (
    ("DEVANAGARI", "NotoSansDevanagari-Regular.ttf"),
    ("THAI", "NotoSansThai-Regular.ttf"),
    ("", "WenQuanYiMicroHei.ttf"),
)
_INK, _GREY, _RULE = (27, 31, 36), (89, 99, 110), (209, 217, 224)
_SIDE, _TOP, _BOTTOM, _GAP = 16, 18, 20, 6  # mm
_LINE = 4.8  # mm
_TEXT, _SMALL, _TITLE = 9.5, 8, 18  # points
_FROM_THE_RIGHT = ("R", "AL")
_JOINED = ("Mn", "Mc")  # signs that stand on others

logging.getLogger("fpdf").setLevel(logging.ERROR)  # its warnings quote what people are called


def pdf_of(document: Document) -> bytes:
    """A4, on as many pages as it needs, each with the document's number."""
    pdf = _Pages(document)
    _head(pdf, document)
    _parties(pdf, document)
    _lines(pdf, document)
    _rates(pdf, document)
    _notes(pdf, document)
    return bytes(pdf.output())


class _Pages(FPDF):
    """Pages with a foot, and with the fonts that the document needs."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self._name = f"{document.title} {document.number}"
        self.set_margins(_SIDE, _TOP)
        self.set_auto_page_break(auto=True, margin=_BOTTOM)
        self.set_creation_date(datetime.fromisoformat(document.day).replace(tzinfo=UTC))
        self.set_title(self._name)
        self.set_lang(spoken().tag)
        self._choose_fonts(set("".join(_texts(document))))
        self.set_draw_color(*_RULE)
        self.add_page()

    def write_in(self, colour: tuple[int, int, int] = _INK, size: float = _TEXT, *, bold: bool = False) -> None:
        self.set_font(_SANS, "B" if bold else "", size)
        self.set_text_color(*colour)

    def footer(self) -> None:
        self.set_y(-12)
        self.write_in(_GREY, _SMALL)
        self.cell(0, 5, _("{document}, page {page} of {pages}", document=self._name, page=self.page_no(), pages="{nb}"))

    def _choose_fonts(self, signs: set[str]) -> None:
        """East Asian signs need a large font, and joined letters time: a document takes what it has use for."""
        self.add_font(_SANS, "", FONTS / "DejaVuSans.ttf")
        self.add_font(_SANS, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_font(_SANS)
        known = self.current_font.cmap if isinstance(self.current_font, TTFFont) else {}
        names = {unicodedata.name(sign, "") for sign in signs if ord(sign) not in known}
        needed = {next(file for script, file in _FURTHER if name.startswith(script)) for name in names}
        for file in sorted(needed):
            self.add_font(file, "", FONTS / file)
        self.set_fallback_fonts(sorted(needed), exact_match=False)
        if any(unicodedata.bidirectional(s) in _FROM_THE_RIGHT or unicodedata.category(s) in _JOINED for s in signs):
            self.set_text_shaping(True)


def _texts(document: Document) -> Iterator[str]:
    """All texts that somebody typed."""
    yield from (
        document.brand,
        *document.seller,
        *document.buyer,
        *document.notes,
        *(rate.name for rate in document.rates),
    )
    yield from (text for row in document.rows for text in (row.description, row.note))


def _head(pdf: _Pages, document: Document) -> None:
    top = pdf.get_y()
    if document.brand:
        pdf.write_in(bold=True)
        pdf.multi_cell(90, _LINE, document.brand, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.write_in(size=_TITLE, bold=True)
    pdf.cell(90, 8, document.title)
    below = pdf.get_y() + 12
    pdf.set_y(top)
    for label, value in document.facts:
        pdf.set_x(110)
        pdf.write_in(_GREY)
        pdf.cell(35, _LINE, label)
        pdf.write_in()
        pdf.cell(0, _LINE, value, align="R", new_x="LMARGIN", new_y="NEXT")
    pdf.set_draw_color(*_INK)
    pdf.set_line_width(0.5)
    y = max(pdf.get_y() + 2, below)
    pdf.line(_SIDE, y, pdf.w - _SIDE, y)
    pdf.set_draw_color(*_RULE)
    pdf.set_line_width(0.2)
    pdf.set_y(y + _GAP)


def _parties(pdf: _Pages, document: Document) -> None:
    """Side by side, with the buyer at the right also if no seller is stated."""
    top, width = pdf.get_y(), pdf.epw / 2 - 4
    ends = [top]
    for place, (label, lines) in enumerate(((_("Seller"), document.seller), (_("Buyer"), document.buyer))):
        if not lines:
            continue
        left = _SIDE + place * (width + 8)
        pdf.set_xy(left, top)
        pdf.write_in(_GREY, _SMALL)
        pdf.cell(width, _LINE, label.upper())
        pdf.set_xy(left, top + _LINE)
        for nth, line in enumerate(lines):
            pdf.set_x(left)
            pdf.write_in(bold=nth == 0)
            pdf.multi_cell(width, _LINE, line, align="L", new_x="LMARGIN", new_y="NEXT")
        ends.append(pdf.get_y())
    pdf.set_y(max(ends) + _GAP)


def _lines(pdf: _Pages, document: Document) -> None:
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
        pdf.cell(pdf.epw * 0.76, _LINE + 0.6, label, align="R")
        pdf.cell(0, _LINE + 0.6, f"{amount} ", align="R", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(_GAP)


def _rates(pdf: _Pages, document: Document) -> None:
    if document.rates:
        rows = [(rate.name, rate.net, rate.tax) for rate in document.rates]
        _table(pdf, (52, 24, 24), (_("Tax"), _("Net"), _("Tax on it")), rows)
        pdf.ln(_GAP)


def _table(pdf: _Pages, widths: Sequence[int], heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table whose heads stand on each page again."""
    pdf.write_in()
    with pdf.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=tuple(widths),
        headings_style=FontFace(emphasis="BOLD", color=_GREY, size_pt=_SMALL),
        line_height=_LINE,
        padding=1,
        text_align=("LEFT", *("RIGHT",) * (len(widths) - 1)),
    ) as table:
        for cells in (heads, *rows):
            row = table.row()
            for cell in cells:
                row.cell(cell)


def _notes(pdf: _Pages, document: Document) -> None:
    pdf.write_in()
    for note in document.notes:
        pdf.multi_cell(0, _LINE, note, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(1)
