"""Card numbers are found however they are written; ordinary numbers are left alone."""

import random
import time
import uuid
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.orders.card_numbers.numbers import has_card_number
from tests.support.cards import card_numbers, in_groups

VISA = "4242 4242 4242 4242"
YEARS = (datetime(1990, 1, 1), datetime(2089, 12, 31))  # noqa: DTZ001 - dates as people write them have no zone
DIGITS = {  # where ten digits begin: as wide as a letter, of other scripts, of mathematics, of a pocket calculator
    "full-width": 0xFF10, "Arabic": 0x660, "Persian": 0x6F0, "Devanagari": 0x966, "Bengali": 0x9E6, "Thai": 0xE50,
    "Khmer": 0x17E0, "bold": 0x1D7CE, "double-struck": 0x1D7D8, "monospace": 0x1D7F6, "segmented": 0x1FBF0,
}  # fmt: skip
WITHOUT_ROOM = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u0301",
    "\u20e3",
    "\ufe0f",
    "\u034f",
    "\u3164",
]
JOINTS = [
    "\u00a0", "\u2013", "\u2014", "\u2212", "\n", "\r\n", "\t", "/", "_", "|", "*", "~", "\\", "=", "+", ":", ";", ",", ", ",
    " - ", " / ", ")(", "\u2009", "\u202f", "\u3000", "\u2028", "\u00b7", "\u2022", "\x00", "\x1b", "\ufffd", "\ue000",
    "'", '"', "...", "&nbsp;", "&#160;", "&#x2013;", "&ndash;", "%20", "%C2%A0",
]  # fmt: skip


@given(in_groups())
def test_a_card_number_of_any_brand_is_found_however_it_is_grouped(number: str) -> None:
    assert has_card_number(number)


@given(in_groups(), st.sampled_from(["card: {}, thanks", "<{}>", "x{}y", "\n{}\n", "({})", "{},123", "{}/12/30"]))
def test_a_card_number_is_found_within_a_text(number: str, text: str) -> None:
    assert has_card_number(text.format(number))


@given(
    in_groups(), st.sampled_from(["{} 123", "1 {}", "{} 12/30", "{} 12/30 123", "qty 2 {}", "{}.00", "2026-11-22 {}"])
)
def test_a_card_number_is_found_beside_other_numbers(number: str, text: str) -> None:
    """As in a pasted `4242424242424242 123`: number and card code."""
    assert has_card_number(text.format(number))


@pytest.mark.parametrize("joint", JOINTS, ids=repr)
def test_a_card_number_is_found_whatever_stands_between_its_groups(joint: str) -> None:
    assert has_card_number(VISA.replace(" ", joint))
    assert has_card_number(joint.join(VISA.replace(" ", "")))


@pytest.mark.parametrize("zero", DIGITS.values(), ids=DIGITS)
def test_a_card_number_is_found_in_digits_of_other_scripts(zero: int) -> None:
    assert has_card_number(VISA.translate({ord(str(digit)): zero + digit for digit in range(10)}))


@pytest.mark.parametrize("digits", ["⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "〇一二三四五六七八九", "🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐"])
def test_a_card_number_is_found_in_signs_that_stand_for_digits(digits: str) -> None:
    assert has_card_number(VISA.translate({ord(str(value)): digits[value] for value in range(10)}))


@pytest.mark.parametrize("mark", WITHOUT_ROOM, ids=lambda mark: f"U+{ord(mark):04X}")
def test_what_takes_no_room_hides_no_card_number(mark: str) -> None:
    assert has_card_number((mark * 5).join(VISA))


@given(card_numbers(), st.data())
def test_any_card_number_is_found_in_any_spelling(number: str, draw: st.DataObject) -> None:
    """Each digit of any script, and between any two of them up to three characters that are neither letter nor digit."""
    joints = st.text(st.sampled_from(" \u00a0-\u2013/._\n\t:*|'+=~"), max_size=3)
    zeros = st.sampled_from([ord("0"), *DIGITS.values()])
    spelled = [f"{chr(draw.draw(zeros) + int(digit))}{draw.draw(joints)}" for digit in number]
    assert has_card_number("".join(spelled))


@given(card_numbers(), st.integers(1, 9))
def test_digits_that_fail_the_check_digit_are_no_card_number(number: str, off: int) -> None:
    assert not has_card_number(number[:-1] + str((int(number[-1]) + off) % 10))


@given(st.from_regex(r"\+[1-9][0-9]{0,2}[ -]?[0-9]{2,4}[ -]?[0-9]{6,8}", fullmatch=True))
@example("+300000-683000")  # the end of one and the whole next one are grouped as on a card
def test_international_telephone_numbers_are_none(phone: str) -> None:
    assert not has_card_number(phone)
    assert not has_card_number(f"{phone}, {phone}")


@pytest.mark.parametrize(
    "text",
    [
        "+4111 +1111 +1111 +1111",
        "+1 4111 1111 1111 1111",
        "+1 4111 1111 1111 +1111",
        "+1 4111 1111 1111, +1111",
        "+12345678, 4111 1111 1111 1111",
    ],
)
def test_a_plus_before_a_card_number_hides_nothing(text: str) -> None:
    assert has_card_number(text)


@given(st.from_regex(r"0[1-9][0-9]{1,3}[ /-]?[0-9]{5,8}", fullmatch=True))
def test_national_telephone_numbers_are_none(phone: str) -> None:
    assert not has_card_number(phone)


@given(st.integers(0, 2**32), st.integers(0, 2**32 - 1))
def test_points_in_time_are_none(seconds: int, later: int) -> None:
    assert not has_card_number(str(seconds))
    assert not has_card_number(f"{seconds}, {later}")
    assert not has_card_number(str(1_500_000_000_000 + seconds))


@given(
    st.datetimes(*YEARS),
    st.datetimes(*YEARS),
)
@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y, %H:%M"])
def test_dates_are_none(form: str, one: datetime, other: datetime) -> None:
    assert not has_card_number(one.strftime(form))
    assert not has_card_number(f"{one.strftime(form)}, {other.strftime(form)}")


@given(st.integers(0, 2**32))
@example(100444)  # four groups of it make a number of 13 digits that passes the check
def test_uuids_are_none(seed: int) -> None:
    assert not has_card_number(str(uuid.UUID(int=random.Random(seed).getrandbits(128), version=4)))


@given(st.text("0123456789", min_size=18, max_size=18), st.booleans())
def test_ibans_are_none(account: str, grouped: bool) -> None:
    iban = f"DE{98 - int(account + '131400') % 97:02}{account}"
    assert not has_card_number(" ".join(iban[at : at + 4] for at in range(0, 22, 4)) if grouped else iban)


@given(st.lists(st.ip_addresses(v=4).map(str), min_size=1, max_size=4))
def test_ip_addresses_are_none(addresses: list[str]) -> None:
    assert not has_card_number(", ".join(addresses))


@given(st.decimals(-90, 90, places=6), st.decimals(-180, 180, places=6), st.sampled_from([",", ", "]))
def test_coordinates_are_none(latitude: Decimal, longitude: Decimal, joint: str) -> None:
    assert not has_card_number(f"{latitude}{joint}{longitude}")


@given(st.lists(st.integers(0, 9_999), min_size=24, max_size=48), st.sampled_from([",", ";", "\t", ", "]))
@example([*[0] * 12, 395, *[0] * 9, 2, 0], ",")
def test_a_row_of_a_table_is_none(numbers: list[int], joint: str) -> None:
    assert not has_card_number(joint.join(map(str, numbers)))


@pytest.mark.parametrize("order", ["1001", "order 20261122-0042", "RE-2026-004711", "PO 4500012345", "B-12 34 56 78"])
def test_numbers_of_orders_are_none(order: str) -> None:
    assert not has_card_number(order)


REPEATED = [
    "4", "4 ", "4-", "4   ", "9 ", "+4", "+ 4", "1.2.3.4 ", "12.", "2026-11-22 ", "30.10.2026 ", "AA00 0000 ", "AA00", "a-f-",
    "12345678-", "deadbeef", "&#", "&#4", "%", "%20", "<", "\u0664", "\u0664 ", "4\u0301\u0327", "\u0301\u0327", "\U0001d7ce ",
    "\u00b4", "\ufdfa", "DE89 3704 0044 0532 0130 00 ",
]  # fmt: skip


@pytest.mark.parametrize("part", REPEATED, ids=repr)
def test_the_time_it_takes_grows_with_the_length_and_no_faster(part: str) -> None:
    """Four times the text takes about four times as long, on a fast machine and on a slow one; sixteen times is too long."""

    def seconds(length: int) -> float:
        text = part * (length // len(part))
        begun = time.process_time()
        has_card_number(text)
        return time.process_time() - begun

    assert any(seconds(200_000) < 8 * seconds(50_000) + 0.01 for _ in range(5))


@given(st.text(alphabet="0123456789aA -.:;&%#x/", max_size=60))
def test_what_is_not_looked_at_closely_holds_no_card_number(text: str) -> None:
    """What may be an escape has every text looked at closely."""
    assert has_card_number(text) == has_card_number(f"{text} &")
