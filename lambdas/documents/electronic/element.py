"""Elements of UN/CEFACT's Cross Industry Invoice, by the prefixes that its schema is written with."""

from xml.etree import ElementTree

_DAY = "102"  # UNTDID 2379: YYYYMMDD
_UN = "urn:un:unece:uncefact:data:standard:"
_SPACES = {
    "rsm": f"{_UN}CrossIndustryInvoice:100",
    "ram": f"{_UN}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UN}UnqualifiedDataType:100",
    "qdt": f"{_UN}QualifiedDataType:100",
}

for _prefix, _space in _SPACES.items():
    ElementTree.register_namespace(_prefix, _space)


class Element:
    """An element to fill: its parts come in the order they are added, and empty texts add none."""

    def __init__(self, element: ElementTree.Element) -> None:
        self._element = element

    @classmethod
    def root(cls, name: str) -> "Element":
        return cls(ElementTree.Element(_named(name)))

    def written(self) -> bytes:
        xml: bytes = ElementTree.tostring(self._element, encoding="utf-8", xml_declaration=True)
        return xml

    def part(self, name: str) -> "Element":
        return Element(ElementTree.SubElement(self._element, _named(name)))

    def say(self, name: str, text: str, **attributes: str) -> None:
        if text:
            ElementTree.SubElement(self._element, _named(name), attributes).text = text

    def day(self, name: str, day: str, kind: str = "udt") -> None:
        self.part(name).say(f"{kind}:DateTimeString", day.replace("-", ""), format=_DAY)


def _named(name: str) -> str:
    prefix, tag = name.split(":")
    return f"{{{_SPACES[prefix]}}}{tag}"
