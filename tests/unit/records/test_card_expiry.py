"""A card's expiry is read from whatever a person or a program wrote, and refused where nobody could say what is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.records.clients.card_expiry import expiry_of, typed_expiry
from lambdas.records.clients.payment_method import method_problems

SAME = [
    "1230",
    "12/30",
    "12 / 30",
    "12-30",
    "12.30",
    "12/2030",
    "2030-12",
    "2030-12-31",
    "122030",
    "203012",
    "\uff11\uff12/\uff13\uff10",
    " 1230 ",
]
CARD = {"payment_type": "cc", "cc_token": "tok_approve"}


@pytest.mark.parametrize("typed", SAME)
def test_one_month_in_all_its_spellings(typed: str) -> None:
    assert expiry_of(typed) == "1230"


@pytest.mark.parametrize(("typed", "kept"), [("330", "0330"), ("3/30", "0330"), ("2030-3", "0330"), ("", "")])
def test_a_lost_zero_is_put_back(typed: str, kept: str) -> None:
    assert expiry_of(typed) == kept


@pytest.mark.parametrize(
    "typed", ["1330", "0030", "12", "12/1930", "2030", "soon", "12/30/2", "1/2/3/4", "12/", "9" * 400]
)
def test_what_nobody_can_read_is_refused_by_its_name(typed: str) -> None:
    assert expiry_of(typed) is None
    assert [problem.field for problem in method_problems({**CARD, "cc_expire": typed})] == ["info.cc_expire"]


@given(st.integers(1, 12), st.integers(2000, 2099))
def test_every_month_is_read_back(month: int, year: int) -> None:
    kept = f"{month:02}{year % 100:02}"
    for typed in (kept, f"{month}/{year}", f"{year}-{month:02}", f"{month:02}{year}", str(int(kept))):
        assert expiry_of(typed) == kept


@given(st.text())
def test_no_text_breaks_it(typed: str) -> None:
    found = expiry_of(typed)
    assert found is None or found == "" or (len(found) == 4 and 1 <= int(found[:2]) <= 12)


def test_month_and_year_may_stand_in_keys_of_their_own() -> None:
    assert typed_expiry({"cc_exp_mo": "3", "cc_exp_yr": 2030}) == "3/2030"
    assert typed_expiry({"cc_exp": "0330", "cc_exp_mo": "4", "cc_exp_yr": "30"}) == "0330"
    assert typed_expiry({"cc_exp_mo": "3"}) == ""
    assert not method_problems({**CARD, "cc_exp_mo": "3", "cc_exp_yr": "2030"})
    assert [each.field for each in method_problems({**CARD, "cc_exp_mo": "13", "cc_exp_yr": "30"})] == [
        "info.cc_exp_mo"
    ]
