"""Errors of the shipped forms are instructions in the words of their fields, whatever is typed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.catalog.plan import load_plans
from lambdas.forms.fields.field import Given
from lambdas.forms.fields.filled import read_page
from lambdas.forms.fields.wording import advice, at_most, in_sentence, to_enter, to_select
from lambdas.forms.form import Form, load_forms
from lambdas.forms.pages.refusals import problems_in_words
from lambdas.orders.contact.fields import RULES
from lambdas.orders.contact.hosts import hosts
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.errors import InvalidOrderError, Problem

PLANS = load_plans()
# https://design-system.service.gov.uk/components/error-message/
_FORM = re.compile(r"(Enter|Select|Tick the box to|Remove|Sign in to|Contact us to) \w.*[^.]|[A-Z].* must be \w.*[^.]")
TYPED = (
    "", " ", "?", "0", "-1", "99999999", "x" * 6_000, "Ada\x00", "e" + "\u0301" * 40, "not a host", "a@b", "ada@example..test",
    "XX", "+44", "123", "DE123", "DE136695976", "☎", "\u200d", "4242", "a.example.com a.example.com b.example.com",
)  # fmt: skip
ORDERS: tuple[dict[str, Any], ...] = (
    {},
    {"country": "US", "pack1": {"plan_id": "2", "period": 1, "quantity": 2}, "orders_as": "company"},
    {"country": "FR", "pack1": {"plan_id": "1", "period": 12}, "pack2": {"plan_id": "3", "period": 12}},
)


def errors_of(form: Form) -> Iterator[tuple[str, str]]:
    """Every error that the form's pages show for entries of TYPED, each with its field's name."""
    for info in ORDERS:
        given = Given(dict(info), PLANS, "USD")
        for page in form.pages:
            names = [each.name for field in page.fields for each in field.inputs(given)]
            for value in TYPED:
                yield from read_page(form, page, dict.fromkeys(names, value), given).errors.items()
            ticked = {name: "1" if name in ("terms", "agreement") else "x" * 200 for name in names}
            yield from read_page(form, page, ticked, given).errors.items()


@pytest.mark.parametrize("form", load_forms().values(), ids=lambda form: form.name)
def test_an_error_of_a_form_is_an_instruction(form: Form) -> None:
    found = set(errors_of(form))

    assert {name for name, _ in found} >= {"email", "first", "zip", "country", "coupon", "phone"}
    assert [pair for pair in sorted(found) if not _FORM.fullmatch(pair[1])] == []


@pytest.mark.parametrize("key", [*RULES, "hosts"])
def test_every_rule_of_contact_data_advises_the_person_who_typed(key: str) -> None:
    for value in TYPED:
        for country in ("", "DE", "FR", "US", "GB", "AU"):
            try:
                hosts(value, most=1) if key == "hosts" else RULES[key](
                    value, {"country": country, "cc_country": country}
                )
            except UnfitError as unfit:
                assert unfit.advice, (key, str(unfit))
                assert _FORM.fullmatch(advice(unfit, "Your entry")), (key, unfit.advice)


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("First name", "first name"),
        ("VAT number", "VAT number"),
        ("How many servers?", "how many servers"),
        ("E", "e"),
        ("Änderung", "änderung"),
        ("名前", "名前"),
    ],
)
def test_a_label_stands_inside_a_sentence(label: str, wanted: str) -> None:
    assert in_sentence(label) == wanted


def test_what_says_who_somebody_is_is_theirs() -> None:
    assert to_enter("Email address", "email") == "Enter your email address"
    assert to_enter("Host names", "pack1") == "Enter the host names"
    assert to_select("Plan", "pack1") == "Select a plan"
    assert at_most("Remarks", 2000) == "Remarks must be 2,000 characters or fewer"


def test_a_refusal_of_the_order_names_the_fields_and_no_paths() -> None:
    fields = load_forms()["hosting"].fields
    problems = (
        Problem("info.first", "a new client needs a name: info.first and info.last, or info.company"),
        Problem("info.pack2.desserv", "Domain Registration needs one name, such as example.com"),
        Problem("info.elsewhere", "must be one of info.other"),
    )
    said = problems_in_words(InvalidOrderError(problems), fields)

    assert said == (
        "First name; Do you want us to register a domain name?: Domain Registration needs one name, such as example.com; "
        "contact us, because no page of this form can change it"
    )
