"""Each language that can be offered is complete: all texts, with the placeholders of their source, compiled as translated."""

import ast
import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from infra.generate import texts
from infra.generate.texts import LANGUAGES, TRANSLATIONS, found_texts, gaps_of, mo_of, placeholders, po_of, updated
from lambdas.languages.language import known_languages, offered_languages
from tests.unit.languages.pseudo import pseudo

FILES = sorted(TRANSLATIONS.glob("*.po"))
_MARKS = ("_", "N_", "n_")


@pytest.fixture(scope="module")
def template() -> Catalog:
    return found_texts()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_language_has_every_text_and_is_compiled(file: Path, template: Catalog) -> None:
    catalog = updated(file, template)

    assert list(gaps_of(catalog)) == []
    assert file.read_bytes() == po_of(catalog), "run make texts"
    assert (LANGUAGES / file.stem / "buyers.mo").read_bytes() == mo_of(catalog), "run make texts"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_translation_has_the_placeholders_of_its_source(file: Path) -> None:
    """Read from the compiled file, which is what runs."""
    compiled = read_mo(io.BytesIO((LANGUAGES / file.stem / "buyers.mo").read_bytes()))
    different = [
        message.id
        for message in compiled
        if isinstance(message.id, str) and placeholders(message.id) != placeholders(str(message.string))
    ]

    assert different == []
    assert len(compiled) > 300


def test_every_marked_text_is_found(template: Catalog) -> None:
    """pybabel passes over what it cannot read, such as a call inside an f-string."""
    found = {text for message in template for text in texts._texts(message.id)}
    marked = {
        call.args[0].value
        for file in Path("lambdas").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _MARKS
        if call.args and isinstance(call.args[0], ast.Constant)
    }

    assert len(marked) > 200
    assert marked - found == set()


def a_catalog(**translated: str | tuple[str, str]) -> Catalog:
    catalog = Catalog("de")
    catalog.add("Order {order_id}", translated.get("one", "Bestellung {order_id}"))
    catalog.add(("one name", "{number} names"), translated.get("many", ("ein Name", "{number} Namen")))
    return catalog


def test_gaps_are_named() -> None:
    assert list(gaps_of(a_catalog())) == []
    for wrong in ({"one": ""}, {"one": "Bestellung"}, {"one": "Bestellung {order}"}, {"many": ("ein Name", "")}):
        assert len(list(gaps_of(a_catalog(**wrong)))) == 1, wrong
    fuzzy = a_catalog()
    fuzzy.get("Order {order_id}").flags.add("fuzzy")  # type: ignore[union-attr]
    assert "fuzzy" in next(gaps_of(fuzzy))


def test_an_incomplete_language_is_not_offered() -> None:
    assert known_languages() == ("en", *(file.stem for file in FILES))
    assert offered_languages(("de", "en")) == ("de", "en")
    for tags in (("en", "fr"), ("de", "de")):
        with pytest.raises(ValueError, match=r"name some of en, de|each language once"):
            offered_languages(tags)


def test_the_language_of_tests_keeps_what_is_filled_in() -> None:
    text = "Order {order_id} of {day}, ##first##"

    assert placeholders(pseudo(text)) == placeholders(text)
    assert "##first##" in pseudo(text)
