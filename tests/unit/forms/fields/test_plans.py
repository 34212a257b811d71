"""Plans as cards: what each has, its periods, and what a longer one saves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.catalog.plan import Plan, load_plans
from lambdas.forms.fields.field import Given, Input
from lambdas.forms.fields.plans import saved_percent
from tests.unit.forms.browser import Browser
from tests.unit.forms.fields.test_fields import a_form

PRICE = {"price": "10.00", "setup": "0.00"}
SMALL = Plan.model_validate(
    {
        "plan_id": "7", "title": "Small", "code": "small", "features": ["1 GB", "<b>Fast</b>"],
        "pricing": {0: PRICE, 1: PRICE, 3: {"price": "30.00", "setup": "5.00"}, 12: {"price": "99.99", "setup": "0.00"}},
        "upgrades": {
            "1": {
                "name": "Space", "default": "a",
                "options": {"a": {**PRICE, "price": "0.00", "name": "1 GB"}, "b": {**PRICE, "name": "2 GB"}},
            },
            "2": {"name": "Place", "default": "p0", "options": {f"p{n}": {**PRICE, "name": f"Place {n}"} for n in range(7)}},
        },
    }
)  # fmt: skip
PLANS = {**load_plans(), "7": SMALL}


def inputs(info: dict[str, Any] | None = None, **field: Any) -> tuple[Input, ...]:
    form = a_form({"label": "Plan", "name": "plan", "kind": "plan", "plans": ["7"], **field})
    return form.fields[0].inputs(Given(info or {}, PLANS, "USD"))


def test_a_plan_is_a_card_with_its_features_and_its_periods_are_choices_in_it() -> None:
    (plan,) = inputs(plans=["7", "1"])

    assert [card.title for card in plan.cards] == ["Small", "Web Hosting Basic"]
    assert plan.cards[0].features == ("1 GB", "<b>Fast</b>")
    assert [(each.value, each.note) for each in plan.cards[0].choices] == [
        ("7:0", ""), ("7:1", ""), ("7:3", ""), ("7:12", "Save 16%"),
    ]  # fmt: skip
    assert [each.note for each in plan.cards[1].choices] == ["", "Save 17%"]
    assert [each for card in plan.cards for each in card.choices] == list(plan.choices)


def test_only_what_is_offered_is_compared() -> None:
    (plan,) = inputs(periods=[3, 12])

    assert [(each.value, each.note) for each in plan.choices] == [("7:3", ""), ("7:12", "Save 16%")]
    (alone,) = inputs(periods=[12])
    assert [each.note for each in alone.choices] == [""]


def test_no_plan_is_a_choice_of_its_own_before_the_cards() -> None:
    (plan,) = inputs(required=False, none_text="None")

    assert [each.label for each in plan.cards[0].choices] == ["None"]
    assert (plan.cards[0].title, plan.cards[1].title) == ("", "Small")


def test_what_has_one_price_and_no_features_needs_no_cards() -> None:
    (plan,) = inputs(plans=["3"], required=False)

    assert (plan.cards, [each.value for each in plan.choices]) == ((), ["", "3:12"])


def test_few_options_are_radio_buttons_with_prices_and_many_are_a_list() -> None:
    few, many = _options()

    assert (few.widget, many.widget) == ("radio", "select")
    assert [(each.label, each.detail) for each in few.choices] == [("1 GB", "included"), ("2 GB", "+$10.00 a month")]


def _options() -> tuple[Input, ...]:
    form = a_form({"label": "Options", "name": "options", "kind": "options"})
    return form.fields[0].inputs(Given({"pack1": {"plan_id": "7", "period": 1}}, PLANS, "USD"))


@given(month=st.integers(0, 10**7), price=st.integers(0, 10**8), period=st.sampled_from([0, 1, 3, 12, 24]))
def test_a_saving_is_never_more_than_it_is(month: int, price: int, period: int) -> None:
    one = SMALL.pricing[1]
    priced = {1: one.model_copy(update={"price": month}), period: one.model_copy(update={"price": price})}
    plan = SMALL.model_copy(update={"pricing": priced})
    percent = saved_percent(plan, period, plan.pricing)
    paid, full = plan.pricing[period].price, plan.pricing[1].price * period

    assert 0 <= percent <= 100
    assert percent == 0 or paid <= full * (100 - percent) / 100
    assert period <= 1 or not full or paid > full * (100 - percent - 1) / 100


@pytest.mark.parametrize("features", [["x" * 121], [""], ["x"] * 13])
def test_features_are_short_lines(features: list[str]) -> None:
    with pytest.raises(ValueError, match="features"):
        Plan.model_validate({**SMALL.model_dump(), "pricing": {"1": PRICE}, "upgrades": {}, "features": features})


def test_the_page_shows_cards_that_can_be_chosen_by_their_names(browser: Browser) -> None:
    page = browser.open("/forms/hosting")

    assert page.read.offered["plan"] == ["1:1", "1:12"]
    for wanted in ("Daily backups", "Save 17%", "$99.00 a year"):
        assert wanted in page.text
    assert 'role="group" aria-label="Web Hosting Basic"' in page.body
    assert page.body.count('id="plan"') == 1
