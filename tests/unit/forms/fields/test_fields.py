"""What each kind of field takes, refuses and writes; reading what is shown changes nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.catalog.plan import load_plans
from lambdas.forms.fields.field import Given, InputRefusedError
from lambdas.forms.fields.filled import current_page, read_page, typed_of
from lambdas.forms.form import Form, load_forms
from lambdas.orders.model.info import merge

PLANS = load_plans()
CONTACT = [{"kind": "email", "name": "email", "label": "E-mail"}, {"kind": "text", "name": "first", "label": "Name"}]


def a_form(*fields: dict[str, Any], **changes: Any) -> Form:
    """A form whose first page has these fields."""
    pages = [
        {"name": "one", "title": "One", "fields": list(fields)},
        {"name": "pay", "title": "Pay", "payment": ["card"]},
    ]
    defaults = {"queue": "new_accounts", "file": "form.toml", "order_form_id": 9, "name": "a-form", "title": "A form"}
    return Form.model_validate({**defaults, "pages": pages, **changes})


def read(field: dict[str, Any], value: str | dict[str, str], info: dict[str, Any] | None = None) -> Any:
    """What the field writes; what is wrong as text."""
    form = a_form({"label": "It", "name": "it", **field})
    typed = value if isinstance(value, dict) else {"it": value}
    try:
        return form.fields[0].read(typed, Given(info or {}, PLANS, "USD"))
    except InputRefusedError as refused:
        return str(refused)


@pytest.mark.parametrize(
    ("field", "typed", "wanted"),
    [
        ({"kind": "text"}, "  Ada \ufeff Lovelace\t", {"it": "Ada Lovelace"}),
        (
            {"kind": "text"},
            "Ada\x00",
            "It must be typed again: it contains a broken character, perhaps from copying",
        ),
        ({"kind": "text"}, "\u200d", "Enter the it"),
        ({"kind": "text"}, "", "Enter the it"),
        ({"kind": "text", "required": False}, "", {}),
        ({"kind": "text", "max_length": 3}, "Lovelace", "It must be 3 characters or fewer"),
        ({"kind": "text", "pattern": "[0-9]+", "pattern_text": "digits only"}, "12a", "It must be digits only"),
        ({"kind": "text", "lines": 3}, "a\r\nb\n\n", {"it": "a\nb"}),
        ({"kind": "text", "writes": "other"}, "x", {"other": "x"}),
        ({"kind": "email"}, "ada@example.com", {"it": "ada@example.com"}),
        ({"kind": "email"}, "Ada@B\u00fccher.example", {"it": "Ada@xn--bcher-kva.example"}),
        ({"kind": "email"}, "ada@example..test", "Enter an email address in the correct format, like name@example.com"),
        ({"kind": "email"}, "ada", "Enter an email address in the correct format, like name@example.com"),
        ({"kind": "email"}, "a@b, c@d", "Enter an email address in the correct format, like name@example.com"),
        ({"kind": "phone"}, "+44 (20) 7946\u20130018 x89", {"it": "+44 20 7946 0018 ext. 89"}),
        (
            {"kind": "phone"},
            "call me",
            "Enter a phone number in the correct format, like +44 20 7946 0018",
        ),
        ({"kind": "country"}, "GB", {"it": "GB"}),
        ({"kind": "country"}, "XX", "Select a country from the list: we do not sell to others"),
        ({"kind": "country", "countries": ["FR"]}, "GB", "Select a country from the list: we do not sell to others"),
        ({"kind": "choice", "choices": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}, "a", {"it": "a"}),
        (
            {"kind": "choice", "choices": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]},
            "c",
            "Select the it",
        ),
        ({"kind": "plan", "plans": ["1"]}, "1:12", {"pack1": {"plan_id": "1", "period": 12}}),
        ({"kind": "plan", "plans": ["1"]}, "2:12", "Select the it"),
        ({"kind": "plan", "plans": ["2"], "periods": [1]}, "2:12", "Select the it"),
        ({"kind": "plan", "plans": ["1"], "required": False}, "", {}),
        ({"kind": "coupon"}, "SAVE", {"coupon": "SAVE"}),
        ({"kind": "coupon"}, "x" * 65, "It must be 64 characters or fewer"),
    ],
)
def test_a_field_takes_or_refuses(field: dict[str, Any], typed: str, wanted: Any) -> None:
    assert read(field, typed) == wanted


@pytest.mark.parametrize(
    ("country", "typed", "wanted"),
    [
        ("US", "CA", {"it": "CA"}),
        ("US", "california", {"it": "CA"}),
        ("US", "Bavaria", "Select the it"),
        ("US", "", "Select the it"),
        ("GB", "Kent", {"it": "Kent"}),
        ("GB", "", {}),
        ("", "Kent", {"it": "Kent"}),
    ],
)
def test_a_region_is_one_of_the_country_s_where_it_has_any(country: str, typed: str, wanted: Any) -> None:
    assert read({"kind": "region"}, typed, {"country": country}) == wanted


PACK = {"pack1": {"plan_id": "2", "period": 1, "quantity": 2}}


@pytest.mark.parametrize(
    ("field", "typed", "wanted"),
    [
        ({"kind": "quantity"}, "3", {"pack1": {"quantity": 3}}),
        ({"kind": "quantity"}, "0", "Enter it as a whole number from 1 to 10"),
        ({"kind": "quantity"}, "²", "Enter it as a whole number from 1 to 10"),
        ({"kind": "quantity", "pack": 2}, "3", {}),
        ({"kind": "hosts"}, "A.example.com\nb.example.com", {"pack1": {"desserv": "a.example.com, b.example.com"}}),
        (
            {"kind": "hosts"},
            "https://b\u00fccher.example/, B.example.",
            {"pack1": {"desserv": "xn--bcher-kva.example, b.example"}},
        ),
        ({"kind": "hosts"}, "192.0.2.1 192.0.2.2", "It must be in the correct format, like www.example.com"),
        ({"kind": "hosts"}, "a.example.com", "It must be 2 different names, one for each"),
        ({"kind": "hosts"}, "a.example.com a.example.com", "It must be 2 different names, one for each"),
        ({"kind": "hosts"}, "not a host", "It must be in the correct format, like www.example.com"),
        ({"kind": "hosts", "required": False}, "", {}),
        ({"kind": "options"}, {"it_31": "101", "it_32": ""}, {"pack1": {"options": {"31": "101", "32": "110"}}}),
        ({"kind": "options"}, {"it_31": "110"}, "Select the memory"),
    ],
)
def test_what_is_bought(field: dict[str, Any], typed: Any, wanted: Any) -> None:
    assert read(field, typed, PACK) == wanted


def test_a_service_that_is_not_wanted_any_more_leaves_the_order() -> None:
    assert read({"kind": "plan", "plans": ["2"], "required": False}, "", PACK) == {"pack1": ""}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ({"it": "1", "it_signature": "Ada Lovelace"}, {"msa": {"v1": "1", "signer": "Ada Lovelace"}}),
        ({"it": "1", "it_signature": " "}, "Enter your full name to sign"),
        ({"it_signature": "Ada"}, "Tick the box to agree"),
    ],
)
def test_an_agreement_needs_a_tick_and_a_signature(typed: dict[str, str], wanted: Any) -> None:
    assert read({"kind": "agreement", "agreement": "v1"}, typed) == wanted


COMPANY = {
    "kind": "text",
    "name": "company",
    "label": "Company",
    "shown_when": {"field": "orders_as", "values": ["company"]},
}
ORDERS_AS = {
    "kind": "choice",
    "name": "orders_as",
    "label": "As",
    "choices": [{"value": "person", "label": "P"}, {"value": "company", "label": "C"}],
}


def test_a_field_is_asked_for_only_when_the_other_says_so_and_loses_its_value_otherwise() -> None:
    form = a_form(ORDERS_AS, COMPANY)
    page, empty = form.first, Given({}, PLANS, "USD")

    assert read_page(form, page, {"orders_as": "company"}, empty).errors == {"company": "Enter your company"}
    filled = read_page(form, page, {"orders_as": "company", "company": "Ltd"}, empty).changes
    assert filled == {"orders_as": "company", "company": "Ltd"}
    back = read_page(form, page, {"orders_as": "person", "company": "Ltd"}, Given(filled, PLANS, "USD"))
    assert back.changes == {"orders_as": "person", "company": ""}


TYPED = st.text(max_size=12) | st.sampled_from(
    [
        "1:12",
        "2:1",
        "3:12",
        "GB",
        "US",
        "CA",
        "1",
        "2",
        "a.example.com",
        "ada@example.com",
        "person",
        "company",
        "+4420794600",
    ]
)


@pytest.mark.parametrize("form", load_forms().values(), ids=lambda form: form.name)
@given(data=st.data())
def test_reading_what_is_shown_changes_nothing(form: Form, data: st.DataObject) -> None:
    """So an order says by itself which of its pages are filled in, whatever was typed."""
    info: dict[str, Any] = {}
    for page in form.pages:
        names = [each.name for field in page.fields for each in field.inputs(Given(info, PLANS, "USD"))]
        typed = {name: data.draw(TYPED) for name in names}
        info = merge(info, read_page(form, page, typed, Given(info, PLANS, "USD")).changes)
    given_now = Given(info, PLANS, "USD")

    for page in form.pages:
        again = read_page(form, page, typed_of(page, given_now), given_now)
        kept = merge(info, again.changes)
        assert {
            key: value for key, value in kept.items() if value != info.get(key) and key in info
        } == {} or again.errors
    assert current_page(form, given_now) in form.pages


ADDRESS: list[dict[str, Any]] = [
    {"kind": "text", "name": "phone", "label": "Telephone", "required": False},
    {"kind": "text", "name": "zip", "label": "Postal code", "required": False},
    {"kind": "country", "name": "country", "label": "Country"},
]


def test_what_says_who_somebody_is_has_its_rule_whatever_kind_the_field_is_of_and_wherever_its_country_stands() -> None:
    form = a_form(*ADDRESS)
    typed = {"phone": "020 7946 0018", "zip": "\uff53w1a 2aa", "country": "GB"}
    filled = read_page(form, form.first, typed, Given({}, PLANS, "USD"))
    assert (filled.changes, filled.errors) == ({"phone": "+44 20 7946 0018", "zip": "SW1A 2AA", "country": "GB"}, {})

    wrong = read_page(form, form.first, {"phone": "call me", "zip": "N/A", "country": "GB"}, Given({}, PLANS, "USD"))
    assert wrong.changes == {"country": "GB"}
    assert list(wrong.errors) == ["phone", "zip"]
    assert wrong.errors["zip"].startswith("Enter a postal code")


def test_a_value_that_its_rule_would_not_take_today_is_asked_for_again() -> None:
    form = a_form(*ADDRESS)
    stored = {"phone": "call me", "zip": "", "country": "GB"}

    assert current_page(form, Given(stored, PLANS, "USD")) is form.first
