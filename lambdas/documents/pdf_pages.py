"""The pages of a PDF: their fonts, colours and foot, and the data that they hold."""

import logging
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import fpdf
from fpdf import FPDF
from fpdf.enums import DocumentCompliance
from fpdf.fonts import TTFFont

from lambdas.documents.document import Document
from lambdas.documents.electronic.factur_x import XML_NAME, XML_TYPE
from lambdas.documents.electronic.metadata import xmp_of
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
INK, GREY, RULE = (27, 31, 36), (89, 99, 110), (209, 217, 224)
SIDE, _TOP, _BOTTOM = 16, 18, 20  # mm
LINE = 4.8  # mm
_TEXT, SMALL, TITLE = 9.5, 8, 18  # points
_FROM_THE_RIGHT = ("R", "AL")
_JOINED = ("Mn", "Mc")  # signs that stand on others

logging.getLogger("fpdf").setLevel(logging.ERROR)  # its warnings quote what people are called


class Pages(FPDF):
    """Pages with a foot, and with the fonts that the document needs."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4", enforce_compliance=DocumentCompliance.PDFA_3B if document.xml else None)
        self._name = f"{document.title} {document.number}"
        self.set_margins(SIDE, _TOP)
        self.set_auto_page_break(auto=True, margin=_BOTTOM)
        issued_at = datetime.fromisoformat(document.day).replace(tzinfo=UTC)
        self.set_creation_date(issued_at)
        self.set_title(self._name)
        self.set_lang(spoken().tag)
        self._choose_fonts(set("".join(_texts(document))))
        self.set_draw_color(*RULE)
        self.set_image_filter("FlateDecode")  # a logo loses nothing
        if document.xml:
            self._hold(document.xml, xmp_of(self._name, document.day), issued_at)
        self.add_page()

    def write_in(self, colour: tuple[int, int, int] = INK, size: float = _TEXT, *, bold: bool = False) -> None:
        self.set_font(_SANS, "B" if bold else "", size)
        self.set_text_color(*colour)

    def footer(self) -> None:
        self.set_y(-12)
        self.write_in(GREY, SMALL)
        self.cell(0, 5, _("{document}, page {page} of {pages}", document=self._name, page=self.page_no(), pages="{nb}"))

    def _hold(self, xml: bytes, metadata: str, issued_at: datetime) -> None:
        """Embed the data, as another form of what the pages say."""
        self.set_xmp_metadata(metadata)
        self.embed_file(
            bytes=xml,
            basename=XML_NAME,
            mime_type=XML_TYPE,
            modification_date=issued_at,
            associated_file_relationship="ALTERNATIVE",
            desc=f"Factur-X, {self._name}",
            compress=True,
        )

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


def colour_of(accent: str) -> tuple[int, int, int]:
    """The colour of `#rrggbb`; ink without one."""
    red, green, blue = bytes.fromhex(accent[1:]) if accent else INK
    return red, green, blue


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
