"""Compares what the texts of a form promise with what its queue does. A promise that no action keeps is refused."""

import re
from collections.abc import Iterator

from lambdas.forms.form import Form
from lambdas.orders.decisions.await_payment import AWAITING_MODULE
from lambdas.orders.model.queue import Action, Queue

CLIENT = "##email##"  # the client's own address, among the recipients of a notification
_SENTENCE = re.compile(r"[^.!?]+[.!?]?")
_MAIL = re.compile(
    r"\b(?:we|you|our \w+|is|are)\b.*"
    r"\b(?:(?:e-?mail|mail|send|sent)(?:s|ed)?\b.*\byou\b|by e-?mail\b|e-?mailed\b|in an e-?mail\b)"
    r"|\byou (?:will )?(?:get|receive)\b.*"
    r"\b(?:e-?mail|mail|access (?:data|details)|password|login|sign-in details|credentials)\b",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(r"\bconfirm(?:s|ed|ation)?\b", re.IGNORECASE)
_ENDED = re.compile(r"\border is (?:complete|done|finished|canceled)\b", re.IGNORECASE)
_RESUMED = re.compile(r"\b(?:link|continue later)\b", re.IGNORECASE)
_UNPAID = re.compile(r"\b(?:once|when|after|until|as soon as)\b.*\b(?:is|are|was) paid\b", re.IGNORECASE)


def promise_problems(form: Form, queue: Queue) -> Iterator[str]:
    """The promises of the form that nothing keeps, with the cure."""
    for place, sentence in _sentences(form):
        if _MAIL.search(sentence) and not _is_mailed(form, queue, sentence):
            yield (
                f'{place} promises mail ("{sentence}") and no action of the queue {queue.key} sends the client any; add '
                f"send_notification to {CLIENT}, or a webhook that is given the address, or do not promise it"
            )
        if _UNPAID.search(sentence) and not any(action.module == AWAITING_MODULE for action in queue.actions):
            yield (
                f'{place} promises to wait for a payment ("{sentence}") and no action of the queue {queue.key} does; '
                f"add {AWAITING_MODULE}, or do not promise it"
            )


def _is_mailed(form: Form, queue: Queue, sentence: str) -> bool:
    """Whether a mail of the form itself, or one that an action sends or has sent, can be the one that is promised."""
    by_form = (
        (_CONFIRMED, form.confirmation_mail),
        (_ENDED, form.ending_mails),
        (_RESUMED, bool(form.reminders_after_hours)),
    )
    return any(sent and meant.search(sentence) for meant, sent in by_form) or any(map(_mails, queue.actions))


def _mails(action: Action) -> bool:
    if action.module == "send_notification":
        return CLIENT in action.config.get("to", ())
    return action.module == "call_webhook" and "email" in action.config.get("fields", ())


def _sentences(form: Form) -> Iterator[tuple[str, str]]:
    """Every sentence that buyers read, with its place."""
    for place, text in _texts(form):
        yield from ((place, found[0].strip()) for found in _SENTENCE.finditer(text))


def _texts(form: Form) -> Iterator[tuple[str, str]]:
    yield from (
        ("title", form.title),
        ("text", form.text),
        ("thanks", form.thanks),
        ("when_complete", form.when_complete),
    )
    for page in form.pages:
        yield from ((f"page {page.name}", text) for text in (page.title, page.text, page.button))
        for field in page.fields:
            yield from ((f"field {field.name}", text) for text in (field.label, field.help))
            choices = getattr(field, "choices", ())
            yield from ((f"field {field.name}", f"{each.label}. {each.detail}") for each in choices)
