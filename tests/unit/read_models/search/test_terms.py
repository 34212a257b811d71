"""What an order is found by: words in any case and accent, addresses, hosts, telephone numbers by their digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.read_models.search.folding import folded, words_of
from lambdas.read_models.search.query import words
from lambdas.read_models.search.terms import LONGEST_TERM, MOST_TERMS, Kind, registered_name, terms
from tests.support.build import an_order


def found_by(query: str, **info: object) -> bool:
    """Whether an order of this contact data matches all words of the query by its terms."""
    texts = [term.text for term in terms(an_order(info=info))]
    return all(word.is_term_of(texts) for word in words(query))


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("Müller", "muller"),
        ("Muller", "MÜLLER"),
        ("Weiß", "weiss"),
        ("Weiss", "Weiß"),
        ("Østergård", "ostergard"),
        ("Ostergard", "Østergård"),
        ("Łukasz", "lukasz"),
        ("Nguyễn", "nguyen"),
        ("O'Brien", "obrien"),
        ("O\u2019Brien", "O'Brien"),
        ("Smith-Jones", "smith-jones"),
        ("Smith-Jones", "jones"),
        ("ÇELİK", "celik"),
        ("Αθηνά", "αθηνα"),
        ("Ковалёв", "ковалев"),
        ("محمد", "محمد"),
        ("مُحَمَّد", "محمد"),
        ("עברית", "עב"),
        ("李", "李"),
        ("小龙", "小"),
        ("김", "김"),
        ("देवनागरी", "देव"),
        ("ﬁeld", "field"),
        ("\uff21\uff44\uff41", "ada"),
    ],
)
def test_names_are_found_in_any_case_and_accent(said: str, query: str) -> None:
    assert found_by(query, last=said)


def test_beginnings_find_and_middles_and_ends_do_not() -> None:
    assert found_by("love", last="Lovelace")
    assert not found_by("lace", last="Lovelace")
    assert not found_by("lovelaces", last="Lovelace")


def test_a_chinese_name_is_found_in_one_word() -> None:
    assert found_by("李小龙", first="小龙", last="李")


@pytest.mark.parametrize(
    ("stored", "query"),
    [
        ("+44 20 7946 0018", "+44 20 7946 0018"),
        ("+44 20 7946 0018", "+442079460018"),
        ("+44 20 7946 0018", "00442079460018"),
        ("+44 20 7946 0018", "020 7946 0018"),
        ("+44 20 7946 0018", "(020) 7946-0018"),
        ("+44 20 7946 0018", "+44 (0)20 7946 0018"),
        ("+44 20 7946 0018", "0018"),
        ("+44 20 7946 0018", "79460018"),
        ("+44 20 7946 0018 ext. 89", "020 7946 0018"),
        ("+1 212 555 0123", "(212) 555-0123"),
        ("+1 212 555 0123", "212 555 0123"),
        ("+1 212 555 0123", "1-212-555-0123"),
        ("+39 06 6982 1234", "06 6982 1234"),
        ("+7 495 123 45 67", "8 (495) 123-45-67"),
        ("020 7946 0018", "02079460018"),
        ("+44 20 7946 0018", "٠٢٠٧٩٤٦٠٠١٨"),
    ],
)
def test_a_telephone_number_is_found_however_it_is_dialled(stored: str, query: str) -> None:
    assert found_by(query, phone=stored)


@pytest.mark.parametrize("query", ["+44 20 7946 0019", "7946", "018", "+49 20 7946 0018"])
def test_other_numbers_are_not_found(query: str) -> None:
    assert not found_by(query, phone="+44 20 7946 0018")


@pytest.mark.parametrize(
    "query",
    ["ada@analytical.example", "ADA@Analytical.example", "ada", "ada@", "@analytical.example", "analytical", "ada@ana"],
)
def test_an_address_is_found_by_either_part(query: str) -> None:
    assert found_by(query, email="ada@analytical.example")


def test_an_international_domain_is_found_both_ways() -> None:
    for stored in ("info@xn--bcher-kva.example", "info@bücher.example"):
        for query in ("bücher.example", "bucher", "xn--bcher-kva.example", "info@bücher.example", "@Bücher.example"):
            assert found_by(query, email=stored), (stored, query)


@pytest.mark.parametrize(
    "query", ["www.my-shop.example", "my-shop.example", "my-shop", "shop1.eu.my-shop.ex", "SHOP1."]
)
def test_a_host_is_found_by_its_name_and_by_the_registered_one(query: str) -> None:
    info = {"pack1": {"desserv": "shop1.eu.my-shop.example"}, "pack2": {"desserv": "https is no host"}}
    assert found_by(query, **info)


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("a.b.example.com", "example.com"),
        ("shop.example.co.uk", "example.co.uk"),
        ("example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("a.example.de", "example.de"),
    ],
)
def test_the_registered_part_of_a_host(host: str, registered: str) -> None:
    assert registered_name(host) == registered


def test_a_term_that_begins_another_is_not_kept_twice() -> None:
    info = {"first": "Ada", "company": "Ada", "email": "ada@shop.example", "pack1": {"desserv": "shop.example"}}
    found = [(term.kind, term.text) for term in terms(an_order(info=info)) if term.kind is not Kind.REFERENCE]

    assert found == [(Kind.EMAIL, "ada@shop.example"), (Kind.DOMAIN, "shop.example")]


def test_an_order_of_a_thousand_words_has_few_terms_and_keeps_the_persons() -> None:
    company = " ".join(f"word{number}" for number in range(1000))
    packs = {f"pack{number}": {"desserv": f"host{number}.example.com"} for number in range(1, 999)}
    found = terms(an_order(info={"company": company, "email": "ada@shop.example", "last": "x" * 1000, **packs}))

    assert len(found) == MOST_TERMS
    assert {Kind.EMAIL, Kind.NAME} <= {term.kind for term in found}
    assert max(len(term.text) for term in found) == LONGEST_TERM


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text())
def test_case_and_composition_change_no_words(text: str) -> None:
    assert words_of(folded(text)) == words_of(text)


@given(st.dictionaries(st.sampled_from(["first", "last", "company", "email", "phone", "pack1"]), st.text(), max_size=6))
def test_no_text_of_a_stranger_breaks_the_terms(info: dict[str, str]) -> None:
    order = an_order(info={**info, "pack1": {"desserv": info.get("pack1", "")}})
    found = [term.text for term in terms(order)]

    assert all(text and " " not in text for text in found)
    assert len(set(found)) == len(found)
