"""The entrance page of the host, which lists the forms, and the rules for crawlers (`robots.txt`)."""

from collections.abc import Callable
from http import HTTPStatus

from lambdas.forms.pages.templates import drawn, message_page
from lambdas.forms.shop import Shop
from lambdas.languages.texts import _
from lambdas.web.http import Answer

# Paths there hold tokens, or are for programs with a login. Pages bound to a person say `noindex` themselves.
_HIDDEN = ("api/", "orders/", "forms/*/", "sandbox/")
_ROBOTS = "User-agent: *\nAllow: /forms/static/\n" + "".join(f"Disallow: /{path}\n" for path in _HIDDEN)


def entrance(shop: Shop) -> Answer:
    """The page with the forms that take orders."""
    forms = [form for form in sorted(shop.forms.values(), key=lambda each: each.name) if shop.queue_of(form).active]
    if not forms:
        text = _("We take no orders here at the moment. Come back later or contact us.")
        return message_page(HTTPStatus.OK, _("No orders at the moment"), text, company=shop.company)
    titles = "; ".join(form.title for form in forms)
    description = _("Order online: {forms}.", forms=titles)
    if shop.company:
        description = _("Order online from {company}: {forms}.", company=shop.company, forms=titles)
    values = {"title": _("Order online"), "description": description, "company": shop.company, "refresh": 0}
    return Answer(HTTPStatus.OK, drawn("entrance.html", forms=forms, **values), indexed=True)


def robots(shop: Shop) -> Answer:
    return Answer(HTTPStatus.OK, _ROBOTS, "text/plain; charset=utf-8", cache="public, max-age=86400")


ENTRANCES: dict[tuple[str, ...], Callable[[Shop], Answer]] = {
    (): entrance,
    ("forms",): entrance,
    ("robots.txt",): robots,
}
