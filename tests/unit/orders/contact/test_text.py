"""Names and texts of all scripts stay as they are written; what nobody can see or type is left out or refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.contact.text import folded, line, lines, narrow, shown_line
from lambdas.orders.contact.unfit import UnfitError

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "O'Connor-Nuñez",
        "Владимир",
        "李小龍",
        "ශ්‍රී ලංකා",  # Sinhala, spelt with a joiner
        "क्‍ष",  # Devanagari
        "ക്‍",  # Malayalam, at the end it is part of nothing
        "می‌خواهم",  # Persian, with a non-joiner
        "محمد",
        "דוד\u200f בן-גוריון",
        "Nguyễn Thị Minh Khai",
        "👩‍👩‍👧 Family Ltd",
        "❤️‍🔥 Grill",
        f"{ENGLAND} Tea",
        "Ångström",
        "𠮷野家",
        "Ngũgĩ wa Thiong'o",
        "\uf8ff Store",
    ],
)
def test_a_name_stays_as_it_is_written(name: str) -> None:
    assert line(name) == name.strip("\u200d")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ada \t\r\n Lovelace ", "Ada Lovelace"),
        ("Ada\u00a0Lovelace\u3000", "Ada Lovelace"),
        ("Ame\u0301lie", "Amélie"),
        ("\ufeffAda", "Ada"),
        ("A\u200bd\u00ada\u2060", "Ada"),
        ("\u202aAda\u202c", "Ada"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("\u2067Ada\u2069", "Ada"),
        ("Ada\U000e0041\U000e0042", "Ada"),  # tags that are no flag hide text
        ("\u200dAda\u200c", "Ada"),
        *(
            (unseen, "")
            for unseen in ("\u200d", "\u200e\u200f", "\u3164", "\u2800 ", "\ufe0f", "\u0301", "\u115f\u1160")
        ),
    ],
)
def test_what_cannot_be_seen_is_left_out(written: str, kept: str) -> None:
    assert line(written) == kept


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\ud800", "\udfff", "\ufffe"])
def test_a_control_is_refused_and_not_repeated(control: str) -> None:
    for rule in (line, lines, narrow):
        with pytest.raises(UnfitError, match="control character or broken text") as refused:
            rule(f"Lovelace{control}")
        assert "Lovelace" not in str(refused.value)


def test_what_was_taken_before_is_shown_without_its_controls() -> None:
    assert shown_line("Ada\x00Lovelace\n") == "Ada Lovelace"
    assert shown_line("a" + "\u0301" * 1_000) == ""


def test_lines_stay_lines() -> None:
    assert lines(" 10 Downing Street \r\nLondon\u2028SW1A\t2AA\n\n") == " 10 Downing Street\nLondon\nSW1A    2AA"
    assert lines(" \n\u200d\n") == ""


def test_many_marks_on_one_letter_are_refused_before_they_are_composed() -> None:
    begun = time.process_time()
    with pytest.raises(UnfitError, match="more than 30 marks"):
        line("a" + "\u0301\u0323" * 50_000)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("written", "kept"),
    [("１２３−４５–６", "123-45-6"), ("٠١٢۳", "0123"), ("Ａ１", "A1"), ("a\u200eb", "ab")],
)
def test_what_is_for_machines_is_folded(written: str, kept: str) -> None:
    assert folded(written) == kept


ANY_TEXT = st.text(
    st.one_of(
        st.characters(), st.sampled_from("\u200d\u200c\u200e\u202e\ufeff\u0301\u0327 \n\r\t\u3164é\uac00\u1100\u1161")
    ),
    max_size=40,
)


@given(ANY_TEXT)
def test_a_rule_changes_nothing_of_its_own_result(text: str) -> None:
    for rule in (line, lines, folded, narrow):
        try:
            kept = rule(text)
        except UnfitError:
            continue
        assert rule(kept) == kept
        assert "\ufeff" not in kept
        kept.encode()
