"""Card data is found wherever it stands, by what a field is for; telephone numbers are judged as such."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.card_numbers.card_data import card_data_in
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.errors import CardDataError
from tests.support.build import a_service
from tests.support.cards import card_numbers, in_groups
from tests.support.trees import JSON_TREES


def found_at(tree: Any) -> str | None:
    """The path of what is found; `*` for a name, which is not said."""
    found = card_data_in(tree)
    return None if found is None else "*" if found.in_name else found.path


def put_in(tree: Any, value: Any, draw: st.DataObject) -> Any:
    """The tree with the value somewhere in it."""
    if isinstance(tree, dict) and tree:
        key = draw.draw(st.sampled_from(sorted(tree)))
        return {**tree, key: put_in(tree[key], value, draw)}
    if isinstance(tree, list) and tree:
        at = draw.draw(st.integers(0, len(tree) - 1))
        return [*tree[:at], put_in(tree[at], value, draw), *tree[at + 1 :]]
    return value


@given(st.dictionaries(st.sampled_from(["", "a", "info"]), JSON_TREES, min_size=1), in_groups(), st.data())
def test_a_card_number_is_found_anywhere_in_a_tree(tree: dict[str, Any], number: str, draw: st.DataObject) -> None:
    found = found_at(put_in(tree, number, draw))
    assert found is not None
    assert number not in found


@given(card_numbers())
def test_a_card_number_sent_as_a_number_is_found(number: str) -> None:
    assert found_at({"info": [int(number)]}) == "info.0"


@given(in_groups())
def test_a_card_number_as_a_name_is_found_and_not_repeated(number: str) -> None:
    for tree in ({number: "x"}, {number: number}, {"info": {number: {"cvv": "123"}}}):
        assert found_at(tree) == "*"


@pytest.mark.parametrize(
    "key",
    [
        "cvv",
        "cvv2",
        "cc_cvv2",
        "cvc",
        "CVV",
        "card_code",
        "cardCvc",
        "cc_cvc",
        "cvn",
        "cc_csc",
        "card_security_code",
        "card_verification_value",
        "\uff43\uff56\uff56",
        "cv\u200bv",
    ],
)
def test_a_card_code_is_found_by_its_name(key: str) -> None:
    assert found_at({"info": {key: "123"}}) == f"info.{key}"


@pytest.mark.parametrize("key", ["cc_num", "cc_number", "card_number", "cardnumber", "pan", "ccnum", "card_no"])
def test_digits_in_a_card_number_field_are_refused_but_for_the_last_four(key: str) -> None:
    assert found_at({"info": {key: "4242"}}) is None
    assert found_at({"info": {key: "xxxx-xxxx-xxxx-4242"}}) is None
    assert found_at({"info": {key: "12345"}}) == f"info.{key}"
    assert found_at({"info": {key: "\u0661\u0662\u0663\u0664\u0665"}}) == f"info.{key}"


@pytest.mark.parametrize("tree", [{"cvv": ""}, {"cvv": None}, {"company": "PAN AM"}, {"discvv": "123"}, {}, None, []])
def test_what_only_looks_like_card_data_is_taken(tree: Any) -> None:
    assert found_at(tree) is None


@pytest.mark.parametrize(
    "tree",
    [
        {"card1": "4242", "card2": "4242", "card3": "4242", "card4": "4242"},
        {"info": {"cc_num_4": "4242", "cc_num_1": "4242", "cc_num_3": "4242", "cc_num_2": "4242"}},
        {"info": {"card_number": ["4242", "4242", "4242", "4242"]}},
    ],
)
def test_a_card_number_in_fields_for_its_parts_is_found(tree: Any) -> None:
    assert found_at(tree) is not None


@pytest.mark.parametrize(
    "tree", [{"gift_card_code": "AB12"}, {"card1": "4242"}, {"port1": 4242, "port2": 4242, "port3": 4242}]
)
def test_fields_that_only_sound_like_parts_are_taken(tree: Any) -> None:
    assert found_at(tree) is None


TELEPHONES = [
    ({"phone": "4917112345674"}, "13 digits that pass for a Visa number, without a +"),
    ({"phone": "49 171 12345674", "country": "DE"}, ""),
    ({"phone": "0049 171 12345674"}, ""),
    ({"phone": "+49 171 12345674"}, ""),
    ({"fax": "(49) 171 / 12345674"}, ""),
]


@pytest.mark.parametrize(("fields", "why"), TELEPHONES)
def test_a_telephone_number_that_passes_for_a_card_s_is_one_in_a_telephone_field(
    fields: dict[str, str], why: str
) -> None:
    assert found_at({"info": fields}) is None, why
    assert found_at({"info": {"note": "4917112345674"}}) == "info.note"


@given(
    st.integers(150, 179), st.integers(10**6, 10**8 - 1), st.sampled_from(["0{} {}", "+49 {} {}", "0049{}{}", "49{}{}"])
)
def test_german_mobile_numbers_pass(prefix: int, number: int, form: str) -> None:
    assert found_at({"phone": form.format(prefix, number), "country": "DE"}) in (None, "phone")
    if form != "49{}{}":  # what is no number in service may be a card's there
        assert found_at({"phone": form.format(prefix, number), "country": "DE"}) is None


@pytest.mark.parametrize("country", ["DE", "AT", "US", "IT", "JP", "ID", "GB", ""])
@pytest.mark.parametrize(
    "number",
    ["4242 4242 4242 4242", "4222222222222", "378282246310005", "371449635398431", "30569309025904", "36227206271667",
     "501812345673", "5555555555554444", "+4242424242424242", "6759649826438453"],
)  # fmt: skip
def test_a_card_number_is_none_in_a_telephone_field(number: str, country: str) -> None:
    assert found_at({"phone": number, "country": country}) == "phone"


def test_a_door_that_forgets_to_look_makes_no_order() -> None:
    service = a_service()
    for info in ({"note": "4242 4242 4242 4242"}, {"cvv": "123"}, {"pack1": {"4242424242424242": "x"}}):
        with pytest.raises(CardDataError):
            service.create(OrderDraft(order_queue_id=1, info=info))
    order = service.create(OrderDraft(order_queue_id=1, info={"country": "DE"}))
    with pytest.raises(CardDataError, match="owner"):
        service.update(order, {"owner": "4242424242424242"})
    service.update(order, {"info": {"phone": "0171 1234567"}})
