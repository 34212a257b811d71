"""The client's answers to actions that ask for one, on the status page. Only its own forms are taken, each for what was shown."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from lambdas.forms.fields.wording import advice
from lambdas.forms.session.csrf import refuse_other_sites
from lambdas.forms.session.session import Session
from lambdas.forms.session.throttle import is_too_often
from lambdas.forms.shop import Shop
from lambdas.forms.status.queue_names import Names
from lambdas.forms.status.uploaded_files import keep_files, new_files, problem_of
from lambdas.languages.language import spoken
from lambdas.languages.texts import _
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.text import line, lines
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.decisions.client_asks import APPROVAL, ask_stamp, asked_of_client
from lambdas.orders.errors import RevisionDiffersError
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.operator_errors import ActionRefusedError, TooEarlyError
from lambdas.records.links.link import Link
from lambdas.records.posts.attachment import NewFile
from lambdas.runtime.models import Frozen
from lambdas.web.http import RefusedError, WebRequest

ASK, STAMP, DECISION, COMMENT, ANSWER = "ask", "stamp", "decision", "comment", "answer_"
FILE = "file"
MAX_CHARACTERS = 500
_APPROVE = "approve"
_IN_AN_HOUR = 20


class QuestionView(Frozen):
    """One question: the name of its input, its text, and what it offers. `kind`: `text`, `date`, `choice` or `file`.
    `choices`: each as its answer and as it is shown."""

    name: str
    text: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()


class AskView(Frozen):
    """An action that the client can answer. `text`: what to approve; empty if it has questions."""

    action_id: int
    title: str
    stamp: str
    text: str
    questions: tuple[QuestionView, ...]
    again: bool

    @property
    def takes_files(self) -> bool:
        return any(question.kind == FILE for question in self.questions)


def asks_of(order: Order, now: int, names: Names) -> list[AskView]:
    """In the language that is spoken. `names`: of the queue's actions in it."""
    return [_view(action, names) for action in asked_of_client(order, now)]


def take_answer(shop: Shop, order: Order, link: Link, token: str, request: WebRequest) -> str:
    """Take the answer to one action and return its error, or an empty text.

    Raises RefusedError if another site sent it, or for an action that no longer asks, or asks something else than was shown.
    """
    refuse_other_sites(request, Session(token, shop.signer))
    typed, action = request.typed, _asking(shop, order, token, request.typed)
    if is_too_often(shop, "answers", order.order_id, limit=_IN_AN_HOUR, seconds=3_600):
        return _("You sent many answers within an hour. This one was not sent: try again later")
    asks_files = [question.name for question in _view(action).questions if question.kind == FILE]
    files = {name: new_files(request.files, name) for name in asks_files}
    try:
        given = _given(action, typed, files)
    except UnfitError as unfit:
        return advice(unfit, _("Your answer"))
    if isinstance(given, str):
        return given
    if sent := [file for each in files.values() for file in each]:
        if problem := problem_of(sent):
            return problem
        keep_files(shop, order, link, action, sent)
    try:
        shop.service.process(
            order, action.action_id, by=f"link {link.link_id}", given=given, expected_revision=order.revision
        )
    except (ActionRefusedError, TooEarlyError, RevisionDiffersError):
        raise _stale(token) from None
    return ""


def _asking(shop: Shop, order: Order, token: str, typed: Mapping[str, str]) -> ChecklistAction:
    """The action that was answered. Raises RefusedError if it asks no longer, or another thing."""
    asked = {str(action.action_id): action for action in asked_of_client(order, shop.now())}
    action = asked.get(typed.get(ASK, ""))
    if action is None or ask_stamp(action) != typed.get(STAMP):
        raise _stale(token)
    return action


def _given(
    action: ChecklistAction, typed: Mapping[str, str], files: Mapping[str, Sequence[NewFile]]
) -> dict[str, Any] | str:
    """The action's input, or an error for the client. Raises UnfitError."""
    if action.module == APPROVAL:
        approved = typed.get(DECISION) == _APPROVE
        comment = lines(typed.get(COMMENT, "")).strip()
        if not approved and not comment:
            return _("Enter what should be changed")
        return _problem_of(comment) or {"approved": int(approved), **({"comment": comment} if comment else {})}
    questions = _view(action).questions
    answers = [
        ", ".join(file.name for file in files[question.name])
        if question.kind == FILE
        else line(typed.get(question.name, ""))
        for question in questions
    ]
    for question, answer in zip(questions, answers, strict=True):
        if not answer:
            if question.kind == FILE:
                return _("Choose a file: {question}", question=question.text)
            return _("Answer this: {question}", question=question.text)
        if problem := _problem_of(answer):
            return problem
    return {"answers": answers}


def _problem_of(answer: str) -> str:
    if len(answer) > MAX_CHARACTERS:
        return _(
            "Your answer must have at most {most} characters. Send what is longer as a message", most=MAX_CHARACTERS
        )
    if has_card_number(answer):
        return _("This looks like a card number. Remove it: nobody needs it here")
    return ""


def _view(action: ChecklistAction, names: Names = MappingProxyType({})) -> AskView:
    questions = action.config.get("questions") or ()
    return AskView(
        action_id=action.action_id,
        title=names.get((action.action_id, action.name), action.name),
        stamp=ask_stamp(action),
        text=str(_said(action.config, "text") or "") if action.module == APPROVAL else "",
        questions=tuple(_question(number, each) for number, each in enumerate(questions, 1)),
        again=bool(action.input),
    )


def _question(number: int, asked: Mapping[str, Any]) -> QuestionView:
    answers, shown = (tuple(map(str, each or ())) for each in (asked.get("choices"), _said(asked, "choices")))
    choices = tuple(zip(answers, shown if len(shown) == len(answers) else answers, strict=True))
    kind = "choice" if choices else "date" if asked.get("date") else FILE if asked.get(FILE) else "text"
    return QuestionView(name=f"{ANSWER}{number}", text=str(_said(asked, "question")), kind=kind, choices=choices)


def _said(config: Mapping[str, Any], name: str) -> Any:
    """A text of the config, in the language that is spoken if the config has it there."""
    return config.get("i18n", {}).get(spoken().tag, {}).get(name, config.get(name))


def _stale(token: str) -> RefusedError:
    text = _(
        "It was answered or changed since this page was opened. Your answer changed nothing. See how your order stands now."
    )
    back = (_("Back to your order"), f"/orders/{token}")
    return RefusedError(HTTPStatus.CONFLICT, _("Look at your order again"), text, back)
