"""What a web page can make a browser do that knows a login of the API: nothing that changes anything."""

from typing import Any

import pytest

from tests.unit.api.auth.test_rights import ORDER
from tests.unit.api.conftest import Answer, Caller

HOST = {"host": "api.shop.test", "x-forwarded-proto": "https"}
OURS, EVIL = "https://api.shop.test", "https://evil.example"

FOREIGN: dict[str, dict[str, str]] = {
    "another origin": {"origin": EVIL},
    "no origin, as of a sandboxed frame": {"origin": "null"},
    "ours without encryption": {"origin": "http://api.shop.test"},
    "another port": {"origin": f"{OURS}:8443"},
    "ours, as a part of another": {"origin": f"{OURS}.evil.example"},
    "cross-site": {"sec-fetch-site": "cross-site", "origin": EVIL},
    "cross-site, whatever the origin says": {"sec-fetch-site": "cross-site", "origin": OURS},
    "a neighbour": {"sec-fetch-site": "same-site", "origin": "https://www.shop.test"},
    "a neighbour that says no origin": {"sec-fetch-site": "same-site"},
    "typed, with another origin": {"sec-fetch-site": "none", "origin": EVIL},
    "an old browser": {"referer": f"{EVIL}/win.html"},
    "an old browser, told to be ours": {"referer": f"{EVIL}/{OURS}"},
}
OUR_PAGES: dict[str, dict[str, str]] = {
    "/docs": {"sec-fetch-site": "same-origin", "origin": OURS, "sec-fetch-mode": "cors"},
    "/docs behind another name": {"sec-fetch-site": "same-origin", "origin": "https://docs.shop.test"},
    "/docs in an old browser": {"origin": OURS},
    "a program": {},
    "a program that follows redirects": {"referer": f"{OURS}/api/2.0/"},
}


@pytest.fixture
def order_id(caller: Caller) -> str:
    return str(caller.call("order.create", ORDER).body["order_id"])


def canceled(caller: Caller, order_id: str) -> bool:
    return bool(caller.call("order.get", {"order_id": order_id}).body["canceled_at"])


def at_both_doors(caller: Caller, order_id: str, headers: dict[str, str]) -> list[Answer]:
    form = "application/x-www-form-urlencoded"  # what a page can send without asking first
    sent = {**HOST, **headers}
    return [
        caller.send("/order.cancel", body=f"order_id={order_id}", content_type=form, headers=sent),
        caller.send("/api/2.0/", body=f"method=order.cancel&order_id={order_id}", content_type=form, headers=sent),
        caller.send("/api/2.0/", query=f"method=order.cancel&order_id={order_id}", headers=sent),
        caller.send("/api/2.0/index.php", query=f"method=order.cancel&order_id={order_id}", headers=sent),
    ]


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_a_page_of_another_site_changes_nothing(caller: Caller, order_id: str, headers: dict[str, str]) -> None:
    for answer in at_both_doors(caller, order_id, headers):
        assert answer.status == 403
    assert not canceled(caller, order_id)


@pytest.mark.parametrize("headers", OUR_PAGES.values(), ids=OUR_PAGES)
def test_our_own_pages_and_programs_do(caller: Caller, order_id: str, headers: dict[str, str]) -> None:
    for answer in at_both_doors(caller, order_id, headers):
        assert answer.status == 200
    assert canceled(caller, order_id)


BY_A_LINK: dict[str, dict[str, str]] = {
    "followed": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    "typed, or from a mail": {"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-user": "?1"},
    "on a page of ours": {"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"},
    "a picture": {"sec-fetch-site": "cross-site", "sec-fetch-dest": "image"},
    "fetched ahead": {"purpose": "prefetch"},
    "an old browser": {"user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Safari/605", "accept": "*/*"},
    "a page is wanted": {"accept": "text/html,application/xhtml+xml;q=0.9"},
    "without encryption": {"upgrade-insecure-requests": "1"},
}


@pytest.mark.parametrize("headers", BY_A_LINK.values(), ids=BY_A_LINK)
def test_a_link_changes_nothing(caller: Caller, order_id: str, headers: dict[str, str]) -> None:
    query = f"method=order.cancel&order_id={order_id}"
    for path, asked in (("/api/2.0/", query), ("/api/2.0/index.php", query)):
        answer = caller.send(path, query=asked, http_method="GET", headers={**HOST, **headers})
        assert (answer.status, answer.body["status"]) == (403, False)
    assert not canceled(caller, order_id)


def test_a_program_may_write_by_get_as_ubersmith_s_do(caller: Caller, order_id: str) -> None:
    headers = {**HOST, "user-agent": "Ubersmith API Client PHP/1.3", "accept": "*/*"}
    answer = caller.send(
        "/api/2.0/", query=f"method=order.cancel&order_id={order_id}", http_method="GET", headers=headers
    )

    assert answer.body["status"] is True


@pytest.mark.parametrize("headers", [*FOREIGN.values(), *BY_A_LINK.values()])
def test_what_only_reads_is_answered(caller: Caller, order_id: str, headers: dict[str, str]) -> None:
    """No page of another site can read the answer: it is allowed to none."""
    old = {"path": "/api/2.0/", "query": f"method=order.get&order_id={order_id}"}
    for door in ({"path": "/order.get", "query": f"order_id={order_id}"}, old):
        answer = caller.send(**door, http_method="GET", headers={**HOST, **headers})
        assert answer.status == 200
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("http_method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_http_methods_do_nothing_and_are_told_which_do(caller: Caller, order_id: str, http_method: str) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"path": "/api/2.0/", "query": f"method=order.cancel&order_id={order_id}"}, "GET, POST"),
        ({"path": "/order.cancel", "query": f"order_id={order_id}"}, "POST"),
        ({"path": "/order.get", "query": f"order_id={order_id}"}, "GET, POST"),
    ]
    for door, allowed in cases:
        answer = caller.send(**door, http_method=http_method)
        assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert not canceled(caller, order_id)


def test_a_path_that_takes_post_only_says_so(caller: Caller, order_id: str) -> None:
    answer = caller.send("/order.cancel", query=f"order_id={order_id}", http_method="GET")

    assert (answer.status, answer.headers["Allow"], answer.body["detail"]) == (405, "POST", "order.cancel takes POST")
