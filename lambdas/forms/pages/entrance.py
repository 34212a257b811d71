"""The entrance page of the host, which lists the forms, and the rules for crawlers (`robots.txt`)."""

from collections.abc import Callable
from http import HTTPStatus

from lambdas.forms.pages.look import look
from lambdas.forms.pages.templates import drawn, message_page
from lambdas.forms.shop import Shop
from lambdas.languages.texts import _
from lambdas.web.http import Answer, WebRequest

# Paths there hold tokens, or are for programs with a login. Pages bound to a person say `noindex` themselves.
_HIDDEN = ("api/", "orders/", "forms/*/", "sandbox/")
_ROBOTS = "User-agent: *\nAllow: /forms/static/\n" + "".join(f"Disallow: /{path}\n" for path in _HIDDEN)


def entrance(shop: Shop, request: WebRequest) -> Answer:
    """The page with the forms that take orders: of the brand that the address names, or else of all."""
    name, brand = look().brand.name, look().brand.brand
    forms = [
        form
        for form in sorted(shop.forms.values(), key=lambda each: each.name)
        if (queue := shop.queue_of(form)).active and (brand is None or queue.brand_id == brand.brand_id)
    ]
    if not forms:
        text = _("We take no orders here at the moment. Come back later or contact us.")
        return message_page(HTTPStatus.OK, _("No orders at the moment"), text)
    titles = "; ".join(form.title for form in forms)
    description = _("Order online: {forms}.", forms=titles)
    if name:
        description = _("Order online from {company}: {forms}.", company=name, forms=titles)
    values = {"title": _("Order online"), "description": description, "refresh": 0}
    return Answer(HTTPStatus.OK, drawn("entrance.html", forms=forms, **values), indexed=True)


def robots(_shop: Shop, _request: WebRequest) -> Answer:
    return Answer(HTTPStatus.OK, _ROBOTS, "text/plain; charset=utf-8", cache="public, max-age=86400")


ENTRANCES: dict[tuple[str, ...], Callable[[Shop, WebRequest], Answer]] = {
    (): entrance,
    ("forms",): entrance,
    ("robots.txt",): robots,
}
