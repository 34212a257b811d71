"""Refuses calls that the page of another site makes a browser send. A browser adds the Basic login that it knows to them.

Only programs and pages of this host (`/docs`) may change something, and never by a link, a picture or a page that is loaded
ahead. Other programs send none of these headers.

https://fetch.spec.whatwg.org/#http-origin
https://www.w3.org/TR/fetch-metadata/
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from lambdas.api.auth.errors import OtherSiteError, WrittenByGetError
from lambdas.api.http.call import HttpCall

_OF_BROWSERS = (
    "origin",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "sec-fetch-user",
    "sec-ch-ua",
    "sec-purpose",
    "purpose",
    "upgrade-insecure-requests",
)


def refuse_other_pages(http: HttpCall, *, reads: bool) -> None:
    """Raise OtherSiteError or WrittenByGetError if a browser sent a call that would change something."""
    if reads:
        return
    headers = http.headers
    if _is_of_another_site(headers, http.domain):
        raise OtherSiteError
    if http.verb != "POST" and _is_of_a_browser(headers):
        raise WrittenByGetError


def _is_of_another_site(headers: Mapping[str, str], domain: str) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None and site != "none":
        return site != "same-origin"  # Only a browser sends it, about the address of its own page.
    host = headers.get("host") or domain
    origin, referrer = headers.get("origin"), headers.get("referer")
    if origin is not None:
        return origin != f"{headers.get('x-forwarded-proto', 'https')}://{host}"
    return bool(referrer) and _host_of(str(referrer)) != host.lower()


def _is_of_a_browser(headers: Mapping[str, str]) -> bool:
    """Whether it has a header that browsers add. Older ones are known by their name, or because they ask for a page."""
    return (
        any(name in headers for name in _OF_BROWSERS)
        or headers.get("user-agent", "").startswith("Mozilla/5.0 (")
        or "application/xhtml+xml" in headers.get("accept", "")
    )


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
