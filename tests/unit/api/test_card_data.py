"""Card numbers are found wherever they stand and however they are written; other numbers are left alone."""

import random
import uuid
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.api.calls.card_data import has_card_number, refuse_card_data
from lambdas.api.errors import CardDataError
from tests.unit.orders.trees import JSON_TREES

BRANDS = {  # ISO/IEC 7812 ranges as the brands publish them: first digits, lengths
    "Visa": (["4"], [13, 16, 19]),
    "Mastercard": (["51", "55", "2221", "2720"], [16]),
    "American Express": (["34", "37"], [15]),
    "Discover": (["6011", "644", "65"], [16, 19]),
    "JCB": (["3528", "3589"], [16, 19]),
    "Diners Club": (["300", "36", "38"], [14, 19]),
    "UnionPay": (["62"], [16, 19]),
    "Maestro": (["5018", "6304", "6759"], [12, 16, 19]),
}


def luhn_digit(digits: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    firsts, lengths = draw(st.sampled_from(list(BRANDS.values())))
    first, length = draw(st.sampled_from(firsts)), draw(st.sampled_from(lengths))
    body = first + draw(st.text("0123456789", min_size=length - len(first) - 1, max_size=length - len(first) - 1))
    return body + luhn_digit(body)


@st.composite
def written(draw: st.DrawFn) -> str:
    """A card number as people write it: in groups, or in one."""
    number, size = draw(card_numbers()), draw(st.sampled_from([4, 5, 6, 20]))
    separator = draw(st.sampled_from([" ", "-", "."]))
    return separator.join(number[start : start + size] for start in range(0, len(number), size))


@given(written())
def test_a_card_number_of_any_brand_is_found_however_it_is_grouped(number: str) -> None:
    assert has_card_number(number)


@given(written(), st.sampled_from(["card: {}, thanks", "<{}>", "x{}y", "\n{}\n", "({})", "{},123", "{}/12/30"]))
def test_a_card_number_is_found_within_a_text(number: str, text: str) -> None:
    assert has_card_number(text.format(number))


@given(written(), st.sampled_from(["{} 123", "1 {}", "{} 12/30", "{} 12/30 123", "qty 2 {}", "{}.00", "2026-11-22 {}"]))
def test_a_card_number_is_found_beside_other_numbers(number: str, text: str) -> None:
    """As in a pasted `4242424242424242 123`: number and card code."""
    assert has_card_number(text.format(number))


def put_in(tree: Any, value: Any, draw: st.DataObject) -> Any:
    """The tree with the value somewhere in it."""
    if isinstance(tree, dict) and tree:
        key = draw.draw(st.sampled_from(sorted(tree)))
        return {**tree, key: put_in(tree[key], value, draw)}
    if isinstance(tree, list) and tree:
        at = draw.draw(st.integers(0, len(tree) - 1))
        return [*tree[:at], put_in(tree[at], value, draw), *tree[at + 1 :]]
    return value


@given(st.dictionaries(st.sampled_from(["", "a", "info"]), JSON_TREES, min_size=1), written(), st.data())
def test_a_card_number_is_found_anywhere_in_a_tree(tree: dict[str, Any], number: str, draw: st.DataObject) -> None:
    with pytest.raises(CardDataError) as refused:
        refuse_card_data(put_in(tree, number, draw))
    assert number not in str(refused.value)


@given(card_numbers())
def test_a_card_number_sent_as_a_number_is_found(number: str) -> None:
    with pytest.raises(CardDataError):
        refuse_card_data({"info": [int(number)]})


@given(written())
def test_a_card_number_as_a_name_is_found_and_not_repeated(number: str) -> None:
    for tree in ({number: "x"}, {number: number}, {"info": {number: {"cvv": "123"}}}):
        with pytest.raises(CardDataError) as refused:
            refuse_card_data(tree)
        assert number not in str(refused.value)


@given(card_numbers(), st.integers(1, 9))
def test_digits_that_fail_the_check_digit_are_no_card_number(number: str, off: int) -> None:
    assert not has_card_number(number[:-1] + str((int(number[-1]) + off) % 10))


@given(st.from_regex(r"\+[1-9][0-9]{0,2}[ -]?[0-9]{2,4}[ -]?[0-9]{6,8}", fullmatch=True))
def test_international_telephone_numbers_are_none(phone: str) -> None:
    assert not has_card_number(phone)


@given(st.integers(0, 2**32), st.integers(0, 2**32 - 1))
def test_points_in_time_are_none(seconds: int, later: int) -> None:
    assert not has_card_number(str(seconds))
    assert not has_card_number(f"{seconds}, {later}")


@given(st.datetimes())
def test_dates_are_none(moment: Any) -> None:
    assert not has_card_number(moment.isoformat(timespec="seconds"))
    assert not has_card_number(moment.strftime("%Y-%m-%d %H:%M"))


@given(st.integers(0, 2**32))
@example(100444)  # four groups of it make a number of 13 digits that passes the check
def test_uuids_are_none(seed: int) -> None:
    assert not has_card_number(str(uuid.UUID(int=random.Random(seed).getrandbits(128), version=4)))


@pytest.mark.parametrize("key", ["cvv", "cvv2", "cc_cvv2", "cvc", "CVV", "card_code", "cardCvc", "cc_cvc", "cvn"])
def test_a_card_code_is_found_by_its_name(key: str) -> None:
    with pytest.raises(CardDataError, match=key):
        refuse_card_data({"info": {key: "123"}})


@pytest.mark.parametrize("key", ["cc_num", "cc_number", "card_number", "cardnumber", "pan", "ccnum", "card_no"])
def test_digits_in_a_card_number_field_are_refused_but_for_the_last_four(key: str) -> None:
    refuse_card_data({"info": {key: "4242"}})
    refuse_card_data({"info": {key: "xxxx-xxxx-xxxx-4242"}})

    with pytest.raises(CardDataError, match=key):
        refuse_card_data({"info": {key: "12345"}})


@pytest.mark.parametrize("tree", [{"cvv": ""}, {"cvv": None}, {"company": "PAN AM"}, {"discvv": "123"}, {}, None, []])
def test_what_only_looks_like_card_data_is_taken(tree: Any) -> None:
    refuse_card_data(tree)
