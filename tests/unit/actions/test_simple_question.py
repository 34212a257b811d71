"""The order halts until every question is answered rightly, and never hears the right answer."""

from typing import Any

import pytest
from pydantic import ValidationError

from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions.simple_question import SimpleQuestionConfig, module
from lambdas.orders.model.checklist import ActionState
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, an_order_with, ask

QUESTIONS = {
    "questions": [
        {"question": "Which data centre?", "answer": "Reykjavik One"},
        {"question": "Feeds?", "answers": ["two", "2"]},
    ]
}


@pytest.mark.parametrize(
    "answers",
    [
        ["reykjavik  ONE ", "2"],
        {"1": "Reykjavik One", "2": 2},
        {"0": "Reykjavik One", "1": "TWO"},
        {"which data centre?": "Reykjavik One", "Feeds?": "two"},
    ],
    ids=["list", "by number", "list as PHP sends it", "by text"],
)
def test_right_answers_let_the_order_go_on(world: World, answers: Any) -> None:
    an_order_with(world, module, QUESTIONS)
    ask(world, answers=answers)
    world.run(module, ACTION)

    assert (world.action(ACTION).state, world.action(ACTION).reason) == (
        ActionState.DONE,
        "2 questions answered rightly",
    )


@pytest.mark.parametrize("answers", [None, [], {}, ["", ""], {"3": "x"}, [{"a": 1}]])
def test_without_an_answer_the_questions_are_asked(world: World, answers: Any) -> None:
    an_order_with(world, module, QUESTIONS)
    ask(world, answers=answers)

    with pytest.raises(ActionWaits):
        world.run(module, ACTION)
    assert world.action(ACTION).state is ActionState.WAITING
    assert world.action(ACTION).reason == "answer with input.answers: 1. Which data centre?; 2. Feeds?"


def test_a_wrong_answer_is_named_and_the_right_one_is_not(world: World) -> None:
    an_order_with(world, module, QUESTIONS)
    ask(world, answers=["Reykjavik One", "three"])

    with pytest.raises(ActionWaits):
        world.run(module, ACTION)
    waiting = world.action(ACTION)
    assert waiting.reason.startswith("not answered rightly: 2. Feeds?")
    assert waiting.result == {"wrong": [2]}
    assert not [word for word in ("Reykjavik", "two", "three") if word in f"{waiting.reason}{waiting.result}"]


def test_one_question_may_be_answered_without_a_list(world: World) -> None:
    an_order_with(world, module, {"questions": [{"question": "Sure?", "answer": "yes"}]})
    ask(world, answers="Yes")
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "1 question answered rightly"


@pytest.mark.parametrize("questions", [[], [{"question": "Sure?"}], [{"question": "Sure?", "answer": " "}]])
def test_a_question_without_an_answer_is_no_question(questions: list[Any]) -> None:
    with pytest.raises(ValidationError):
        SimpleQuestionConfig.model_validate({"questions": questions})


def test_a_client_is_asked_without_right_answers(world: World) -> None:
    questions = [{"question": "When?", "date": True}, {"question": "Colour?", "choices": ["Red", "Blue"]}]
    an_order_with(world, module, {"client_answers": True, "questions": questions})
    ask(world, answers=["2027-02-30", "blue"])
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)
    ask(world, answers=["2027-02-28", "Blue"])
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "2 questions answered: 2027-02-28; blue"


GERMAN: list[dict[str, Any]] = [
    {"choices": ["Ja"]}, {"choices": ["Ja", "Nein", "Vielleicht"]}, {"question": ["Ja?"]}, {"text": "Ja?"},
]  # fmt: skip


@pytest.mark.parametrize("german", GERMAN)
def test_a_translation_fits_what_it_translates(german: dict[str, Any]) -> None:
    question = {"question": "Access?", "choices": ["Yes", "No"], "i18n": {"de": german}}
    with pytest.raises(ValidationError):
        SimpleQuestionConfig.model_validate({"client_answers": True, "questions": [question]})
