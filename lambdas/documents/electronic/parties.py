"""Seller and buyer of a document as data."""

from lambdas.documents.electronic.element import Element
from lambdas.documents.electronic.statement import REVERSE_CHARGE, NotStatableError, Statement
from lambdas.documents.wording import printable
from lambdas.orders.contact.places import countries, country_code
from lambdas.records.invoices.invoice import Invoice, Party

_MAIL, _VAT_NUMBER = "EM", "VA"  # codes of addresses and of registrations
_PREFIXES = frozenset({"EL", "XI"})  # of VAT numbers of Greece and Northern Ireland, beside codes of countries
_MOST_LINES = 3  # of an address


def named_parties(invoice: Invoice, stated: Statement) -> tuple[Party, Party]:
    """The seller and the buyer, if the standard can name them. Raises NotStatableError."""
    seller, buyer = invoice.seller, invoice.buyer
    if seller is None:
        raise NotStatableError("it names no seller: it was issued before sellers.toml had one for its brand")
    if not stated.is_outside and not vat_number(seller.vat_id):
        raise NotStatableError("its seller has no VAT number: sellers.toml had no vat_id when it was issued")
    if buyer is None or not buyer.name or not country_code(buyer.country):
        raise NotStatableError("its client has no name or no country")
    if any(total.vat.category == REVERSE_CHARGE for total in stated.totals) and not vat_number(buyer.vat_id):
        raise NotStatableError("its client owes the tax, and has no VAT number")
    return seller, buyer


def fill_party(part: Element, party: Party, *, names_vat: bool, is_seller: bool = False) -> None:
    """`names_vat`: by its VAT number. A number that is none, or must not be named as one, still tells who it is."""
    number, registration = vat_number(party.vat_id), printable(party.registration)
    if not (names_vat and number) and not registration:
        part.say("ram:ID", printable(party.vat_id) or (printable(party.name) if is_seller else ""))  # BT-29, BT-46
    part.say("ram:Name", printable(party.name))  # BT-27, BT-44
    if registration:
        part.part("ram:SpecifiedLegalOrganization").say("ram:ID", registration)  # BT-30
    if party.attention:
        part.part("ram:DefinedTradeContact").say("ram:PersonName", printable(party.attention))  # BT-56
    _address(part.part("ram:PostalTradeAddress"), party)
    if party.email:
        part.part("ram:URIUniversalCommunication").say(
            "ram:URIID", printable(party.email), schemeID=_MAIL
        )  # BT-34, BT-49
    if names_vat and number:
        part.part("ram:SpecifiedTaxRegistration").say("ram:ID", number, schemeID=_VAT_NUMBER)  # BT-31, BT-48


def _address(address: Element, party: Party) -> None:
    address.say("ram:PostcodeCode", printable(party.zip))
    lines = [shown for line in party.address.splitlines() if (shown := printable(line))]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], ", ".join(lines[_MOST_LINES - 1 :])]
    for name, line in zip(("LineOne", "LineTwo", "LineThree"), lines, strict=False):
        address.say(f"ram:{name}", line)
    address.say("ram:CityName", printable(party.city))
    address.say("ram:CountryID", country_code(party.country))
    address.say("ram:CountrySubDivisionName", printable(party.state))


def vat_number(stated: str) -> str:
    """The number as the standard wants it, the country's code first; empty if it is none (BR-CO-09)."""
    number = "".join(sign for sign in stated.upper() if sign.isalnum())
    return number if number[:2] in countries() or number[:2] in _PREFIXES else ""
