"""A form that was refused: why, and what was typed, which its page shows again."""

from collections.abc import Mapping
from http import HTTPStatus

from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.runtime.models import Frozen
from lambdas.web.http import RefusedError, WebRequest


class Refusal(Frozen):
    """Why nothing was done, and what to do next. `kind`: a word for logs. `shown_at`: the address of the page without it."""

    kind: str
    title: str
    sentences: tuple[str, ...]
    hint: str = ""
    status: HTTPStatus = HTTPStatus.CONFLICT
    shown_at: str = ""


def refusal_of(error: RefusedError, shown_at: str) -> Refusal:
    return Refusal(kind="unfit", title=error.title, sentences=(error.text,), status=error.status, shown_at=shown_at)


def typed_in(request: WebRequest) -> dict[str, str]:
    """The values that a page may show again: all but card numbers."""
    return without_cards(request.typed)


def without_cards(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in typed.items() if not has_card_number(text)}
