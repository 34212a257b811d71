"""Fields by which staff answer an action, for its client or for themselves, and the input that the action gets."""

from typing import Any

from lambdas.desk.acts.act import MAX_ANSWER, ActField
from lambdas.desk.acts.wish import Wish, unfit_wish
from lambdas.orders.decisions.client_asks import APPROVAL, QUESTION
from lambdas.orders.model.checklist import ChecklistAction

_ANSWER = "answer-"
_APPROVED, _COMMENT = "approved", "comment"
_YES, _NO = "1", "0"


def answer_fields(action: ChecklistAction, *, may_read: bool) -> tuple[ActField, ...]:
    """`may_read`: whether the user may see what was asked, which may say who the client is."""
    if action.module == APPROVAL:
        return _approval_fields()
    if action.module != QUESTION:
        return ()
    asked = action.config.get("questions")
    return tuple(
        _question_field(number, question if may_read else {})
        for number, question in enumerate(asked if isinstance(asked, list | tuple) else (), 1)
        if isinstance(question, dict)
    )


def asks_about(action: ChecklistAction, *, may_read: bool) -> str:
    """The text that the client approves, for users who may read it."""
    return str(action.config.get("text", "")) if action.module == APPROVAL and may_read else ""


def input_of(wish: Wish) -> dict[str, Any]:
    """The action's input. Raises RefusedError for a disapproval without its reason."""
    if approved := wish.text(_APPROVED, 1):
        comment = wish.paragraphs(_COMMENT, MAX_ANSWER).strip()
        if approved not in (_YES, _NO) or (approved == _NO and not comment):
            raise unfit_wish("Say what the client wants changed. The reason is kept with the order.")
        return {"approved": int(approved), **({"comment": comment} if comment else {})}
    answers = {
        name.removeprefix(_ANSWER): wish.text(name, MAX_ANSWER) for name in wish.typed if name.startswith(_ANSWER)
    }
    return {"answers": answers} if answers else {}


def _approval_fields() -> tuple[ActField, ...]:
    # The first choice is none, so that nobody approves by a button that they pressed too early.
    decisions = (("", "Nothing yet"), (_YES, "The client approves"), (_NO, "The client does not approve"))
    return (
        ActField(name=_APPROVED, label="The client's decision", kind="choice", options=decisions),
        ActField(name=_COMMENT, label="What the client says", kind="text", is_needed=False, most=MAX_ANSWER),
    )


def _question_field(number: int, question: dict[str, Any]) -> ActField:
    """`question`: empty for those who may not read it."""
    name, label = f"{_ANSWER}{number}", str(question.get("question", f"Answer {number}"))
    if choices := [str(choice) for choice in question.get("choices") or ()]:
        options = (("", "No answer"), *((choice, choice) for choice in choices))
        return ActField(name=name, label=label, kind="choice", options=options)
    return ActField(
        name=name, label=f"{label} (such as 2027-01-31)" if question.get("date") else label, most=MAX_ANSWER
    )
