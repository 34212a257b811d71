"""What VIES answers, and what is made of it, over real HTTP to this machine."""

from collections.abc import Iterator

import pytest

from lambdas.vat.register import UNAVAILABLE, Answer, Standing
from lambdas.vat.vies import ViesRegister
from tests.stand_ins.answers import Answers, served_answers

PATH = "/check-vat-number"
NUMBER, SELLER = "DE136695976", "NL004495445B01"
FOUND = {
    "countryCode": "DE",
    "vatNumber": "136695976",
    "valid": True,
    "requestIdentifier": "WAPIAAAAY1",
    "name": "A GmbH",
}


@pytest.fixture
def vies() -> Iterator[Answers]:
    with served_answers() as answers:
        yield answers


def ask(vies: Answers, requester: str = SELLER) -> Answer:
    return ViesRegister(vies.url + PATH).ask(NUMBER, requester)


def test_a_number_is_asked_for_by_the_seller_and_its_consultation_number_is_kept(vies: Answers) -> None:
    vies.says[PATH] = 200, FOUND

    assert ask(vies) == Answer(standing=Standing.VALID, consultation="WAPIAAAAY1")
    assert vies.sent == [
        {
            "countryCode": "DE",
            "vatNumber": "136695976",
            "requesterMemberStateCode": "NL",
            "requesterNumber": "004495445B01",
        }
    ]


def test_a_number_that_is_not_there_is_invalid(vies: Answers) -> None:
    vies.says[PATH] = 200, {**FOUND, "valid": False, "requestIdentifier": ""}

    assert ask(vies, requester="") == Answer(standing=Standing.INVALID)
    assert vies.sent == [{"countryCode": "DE", "vatNumber": "136695976"}]


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}),
        (200, {**FOUND, "actionSucceed": False}),
        (500, {"actionSucceed": False, "errorWrappers": [{"error": "GLOBAL_MAX_CONCURRENT_REQ"}]}),
        (400, FOUND),
        (429, FOUND),
        (302, FOUND),
        (200, {**FOUND, "vatNumber": "999999999"}),
        (200, {**FOUND, "valid": "true"}),
        (200, {**FOUND, "valid": None}),
        (200, b"<html>maintenance"),
        (200, []),
    ],
)
def test_what_is_no_plain_answer_confirms_nothing(vies: Answers, answer: tuple[int, object]) -> None:
    vies.says[PATH] = answer

    assert ask(vies) == UNAVAILABLE


def test_a_register_that_is_away_confirms_nothing() -> None:
    assert ViesRegister("http://127.0.0.1:9/").ask(NUMBER, SELLER) == UNAVAILABLE


def test_a_consultation_number_that_is_none_is_left_out(vies: Answers) -> None:
    vies.says[PATH] = 200, {**FOUND, "requestIdentifier": "<b>x</b>"}

    assert ask(vies) == Answer(standing=Standing.VALID)
