"""A page that asks before it acts: opening it changes nothing, only its button does."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from lambdas.forms.form import Form
from lambdas.forms.pages.templates import drawn
from lambdas.forms.session.csrf import CSRF
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop
from lambdas.web.http import Answer, WebRequest


def question(
    shop: Shop,
    form: Form,
    session: Session,
    request: WebRequest,
    *,
    title: str,
    texts: Sequence[str],
    button: str,
    action: str,
    other: tuple[str, str] | None = None,
    at_once: bool = False,
    more: Mapping[str, str] | None = None,
) -> Answer:
    """`action`: the button's target. `other`: an alternative link. `at_once`: JavaScript sends it automatically. `more`: further
    hidden inputs."""
    body = drawn(
        "question.html",
        title=title,
        form_title=form.title,
        texts=texts,
        button=button,
        action=action,
        hidden={CSRF: session.csrf, **(more or {})},
        other=other,
        at_once=at_once,
        refresh=0,
    )
    return Answer(HTTPStatus.OK, body, cookies=session.cookies(form, request))
