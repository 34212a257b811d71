"""The language of a page: the one that the reader chose, by a link or a button, or else the one that the browser prefers."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from lambdas.mail.language import LANG
from lambdas.web.http import WebRequest

SWITCH = "_lang"  # the button on a page whose entries must not be lost; no field can have its name
_COOKIE_SECONDS = 365 * 86_400


def chosen_language(request: WebRequest, offered: Sequence[str]) -> str:
    """The language to answer in. `offered`: of the stage, its own first."""
    cookie = request.cookies.get(_cookie_name(request), "")
    for wanted in (stated_language(request), cookie, *_preferred(request.headers.get("accept-language", ""))):
        if wanted in offered:
            return wanted
    return offered[0]


def stated_language(request: WebRequest) -> str:
    """The language that the request itself asks for; empty if it asks for none."""
    return request.typed.get(SWITCH) or request.query.get(LANG, "")


def language_cookies(request: WebRequest, tag: str) -> tuple[str, ...]:
    """The cookie that keeps a choice just made; none if nothing was chosen, or if the browser has it."""
    if stated_language(request) != tag or request.cookies.get(_cookie_name(request)) == tag:
        return ()
    secure = "; Secure" if request.is_secure else ""
    return (f"{_cookie_name(request)}={tag}; Path=/; Max-Age={_COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}",)


def path_in(request: WebRequest, tag: str) -> str:
    """The address of the same page in another language."""
    query = {**{name: value for name, value in request.query.items() if name != LANG}, LANG: tag}
    return f"/{'/'.join(request.path)}?{urlencode(query)}"


def _preferred(header: str) -> Iterator[str]:
    """The languages that a browser accepts, the best first, without their regions.
    https://www.rfc-editor.org/rfc/rfc9110#field.accept-language"""
    ranked = []
    for part in header[:500].split(","):
        name, _semicolon, quality = part.strip().partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        ranked += [(weight, name.partition("-")[0].lower())] if weight > 0 else []
    yield from (name for _weight, name in sorted(ranked, key=lambda each: -each[0]))


def _cookie_name(request: WebRequest) -> str:
    return f"__Host-{LANG}" if request.is_secure else LANG
