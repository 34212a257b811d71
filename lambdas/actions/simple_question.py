"""Simple Question: halts the order until its questions are answered correctly (docs/reference/ubersmith.md, 2.1 no. 18).

Answers come with `order.process`, as `input.answers`: a list in the questions' order, or a map from a question's number (from
1) or its text to the answer. Upper and lower case and spaces do not matter. The outcome names wrong answers, never right ones.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, Tools, Waiting
from lambdas.orders.contact.text import shown_line
from lambdas.orders.model.order import Order


class Question(Config):
    """A question and the answers that count."""

    question: str = Field(min_length=1, max_length=500, description="The question, as it is shown.")
    answer: str = Field(default="", description="The right answer.")
    answers: tuple[str, ...] = Field(default=(), description="Right answers, where there are several.")

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if not self.accepted:
            raise ValueError("a question needs an answer")
        return self

    @property
    def accepted(self) -> set[str]:
        return {_plain(answer) for answer in (self.answer, *self.answers)} - {""}


class SimpleQuestionConfig(Config):
    """The questions."""

    questions: tuple[Question, ...] = Field(min_length=1, max_length=20, description="The question to answer.")


def run(order: Order, config: SimpleQuestionConfig, tools: Tools) -> Done | Waiting:
    given = tools.action_of(order).input.get("answers")
    answers = [_answer(given, number, question) for number, question in enumerate(config.questions, 1)]
    wrong = [
        number
        for number, (question, answer) in enumerate(zip(config.questions, answers, strict=True), 1)
        if answer not in question.accepted
    ]
    if not any(answers):
        asked = "; ".join(f"{number}. {question.question}" for number, question in enumerate(config.questions, 1))
        return Waiting(f"answer with input.answers: {asked}")
    if wrong:
        texts = "; ".join(f"{number}. {config.questions[number - 1].question}" for number in wrong)
        return Waiting(f"not answered rightly: {texts}; process this action again with every answer", {"wrong": wrong})
    count = "1 question" if len(answers) == 1 else f"{len(answers)} questions"
    return Done(f"{count} answered rightly")


def _answer(given: Any, number: int, question: Question) -> str:
    """The answer to this question. A map from 0 is the list that PHP makes of one."""
    if isinstance(given, Mapping):
        by_key = {_plain(key): value for key, value in given.items()}
        from_zero = "0" in by_key
        reply = by_key.get(_plain(question.question), by_key.get(str(number - 1 if from_zero else number)))
    elif isinstance(given, list | tuple):
        reply = given[number - 1] if number <= len(given) else None
    else:
        reply = given if number == 1 else None
    return "" if reply is None or isinstance(reply, Mapping | list | tuple) else _plain(reply)


def _plain(text: object) -> str:
    return shown_line(str(text)).casefold()


NAME = "simple_question"
module = Module(NAME, SimpleQuestionConfig, run, label="Simple Question", interactive=True)
handler = action_handler(module)
