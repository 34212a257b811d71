"""Simple Question: halts the order until its questions are answered correctly (docs/reference/ubersmith.md, 2.1 no. 18).

Answers come with `order.process`, as `input.answers`: a list in the questions' order, or a map from a question's number (from
1) or its text to the answer. Upper and lower case and spaces do not matter. The outcome names wrong answers, never right ones.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from pydantic import Field, model_validator

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, Tools, Waiting
from lambdas.languages.translated import Translated
from lambdas.orders.contact.text import shown_line
from lambdas.orders.model.order import Order

_LONGEST_ANSWERS = 300


class Question(Config, Translated):
    """A question and the answers that count. Without them, every answer counts; only clients are asked so.

    Its text and its choices may be there in other languages; right answers are those of the queue's own."""

    question: str = Field(min_length=1, max_length=500, description="The question, as it is shown.")
    answer: str = Field(default="", description="The right answer.")
    answers: tuple[str, ...] = Field(default=(), description="Right answers, where there are several.")
    choices: tuple[str, ...] = Field(
        default=(), max_length=20, description="The answers to choose from, if not free text."
    )
    date: bool = Field(default=False, description="Ask for a day, as 2027-01-31.")
    file: bool = Field(default=False, description="Ask for files, which clients send on the status page.")

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if self.file and (self.accepted or self.choices or self.date):
            raise ValueError("a file has no right answer, no choices and no date")
        for tag, texts in self.i18n.items():
            if len(texts.get("choices", self.choices)) != len(self.choices):
                raise ValueError(f"i18n.{tag}.choices: there must be one for each of the {len(self.choices)} choices")
        return self

    @property
    def accepted(self) -> set[str]:
        return {_plain(answer) for answer in (self.answer, *self.answers)} - {""}

    def is_met_by(self, answer: str) -> bool:
        """Whether this answer, in lower case, counts."""
        if self.date and not _is_day(answer):
            return False
        if self.choices and answer not in map(_plain, self.choices):
            return False
        return answer in self.accepted if self.accepted else bool(answer)


class SimpleQuestionConfig(Config):
    """The questions. `client_answers`: the client may answer them on the order's status page."""

    questions: tuple[Question, ...] = Field(min_length=1, max_length=20, description="The question to answer.")
    client_answers: bool = Field(default=False, description="Whether the client answers on the status page.")

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if not self.client_answers and not all(question.accepted for question in self.questions):
            raise ValueError("a question needs an answer, unless the client answers")
        return self


def run(order: Order, config: SimpleQuestionConfig, tools: Tools) -> Done | Waiting:
    given = tools.action_of(order).input.get("answers")
    answers = [_answer(given, number, question) for number, question in enumerate(config.questions, 1)]
    wrong = [
        number
        for number, (question, answer) in enumerate(zip(config.questions, answers, strict=True), 1)
        if not question.is_met_by(answer)
    ]
    if not any(answers):
        asked = "; ".join(f"{number}. {question.question}" for number, question in enumerate(config.questions, 1))
        return Waiting(f"answer with input.answers: {asked}")
    if wrong:
        texts = "; ".join(f"{number}. {config.questions[number - 1].question}" for number in wrong)
        return Waiting(f"not answered rightly: {texts}; process this action again with every answer", {"wrong": wrong})
    count = "1 question" if len(answers) == 1 else f"{len(answers)} questions"
    free = [answer for question, answer in zip(config.questions, answers, strict=True) if not question.accepted]
    return Done(f"{count} answered" + (f": {'; '.join(free)}"[:_LONGEST_ANSWERS] if free else " rightly"))


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


def _is_day(answer: str) -> bool:
    try:
        return date.fromisoformat(answer).isoformat() == answer
    except ValueError:
        return False


def _plain(text: object) -> str:
    return shown_line(str(text)).casefold()


NAME = "simple_question"
module = Module(NAME, SimpleQuestionConfig, run, label="Simple Question", interactive=True)
handler = action_handler(module)
