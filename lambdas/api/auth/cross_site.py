"""Calls that a web page makes a browser send. A browser that knows a Basic login sends it along, whoever's page asks it to.

So what changes something comes from programs, or from pages of this very host (`/docs`); and never as a link that is followed,
a picture that is loaded or a page that is fetched ahead. Programs that are no browsers send none of these headers.

https://fetch.spec.whatwg.org/#http-origin
https://www.w3.org/TR/fetch-metadata/
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from lambdas.api.auth.errors import OtherSiteError, WrittenByGetError

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


def refuse_other_pages(event: Mapping[str, Any], *, reads: bool) -> None:
    """Raises OtherSiteError, or WrittenByGetError, for a call that would change something and was sent by a browser so."""
    if reads:
        return
    headers: Mapping[str, str] = event["headers"]
    if _is_of_another_site(headers, event["requestContext"].get("domainName", "")):
        raise OtherSiteError
    if event["requestContext"]["http"]["method"] != "POST" and _is_of_a_browser(headers):
        raise WrittenByGetError


def _is_of_another_site(headers: Mapping[str, str], domain: str) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None and site != "none":
        return site != "same-origin"  # which only a browser says, and of its own page's address
    host = headers.get("host") or domain
    origin, referrer = headers.get("origin"), headers.get("referer")
    if origin is not None:
        return origin != f"{headers.get('x-forwarded-proto', 'https')}://{host}"
    return bool(referrer) and _host_of(str(referrer)) != host.lower()


def _is_of_a_browser(headers: Mapping[str, str]) -> bool:
    """By what browsers add themselves; older ones are known by their name, or by asking for a page."""
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
