"""Where people come in who know the host only, and what programs are told that look through it."""

from collections.abc import Callable
from http import HTTPStatus

from lambdas.forms.door import Door
from lambdas.forms.pages.templates import drawn, message_page
from lambdas.forms.web import Answer

# Paths there hold tokens, or are for programs with a login. Pages say `noindex` themselves.
_ROBOTS = "User-agent: *\n" + "".join(f"Disallow: /{path}\n" for path in ("api/", "orders/", "forms/*/", "sandbox/"))


def entrance(door: Door) -> Answer:
    """The forms that take orders."""
    forms = [form for _, form in sorted(door.forms.items()) if door.queue_of(form).active]
    if not forms:
        text = "We take no orders here at the moment. Please come back later, or write to us."
        return message_page(HTTPStatus.OK, "No orders at the moment", text, company=door.company)
    return Answer(HTTPStatus.OK, drawn("entrance.html", title="Order", forms=forms, company=door.company, refresh=0))


def robots(door: Door) -> Answer:
    return Answer(HTTPStatus.OK, _ROBOTS, "text/plain; charset=utf-8", cache="public, max-age=86400")


ENTRANCES: dict[tuple[str, ...], Callable[[Door], Answer]] = {
    (): entrance,
    ("forms",): entrance,
    ("robots.txt",): robots,
}
