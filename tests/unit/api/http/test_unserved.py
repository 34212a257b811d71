"""A path that nobody serves is a 404 or leads on; nobody is asked who they are for it."""

import json
from typing import Any

import pytest

from lambdas.api.handler import respond
from tests.unit.api.conftest import Caller


def look(caller: Caller, path: str, verb: str = "GET", query: str = "") -> dict[str, Any]:
    """A stranger's call."""
    event = {
        "rawPath": path,
        "rawQueryString": query,
        "headers": {},
        "requestContext": {"http": {"method": verb, "sourceIp": "192.0.2.1"}, "requestId": "r-1"},
        "body": "",
        "isBase64Encoded": False,
    }
    return respond(event, caller.api)


@pytest.mark.parametrize("verb", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    ["/", "/robots.txt", "/favicon.ico", "/forms/nothing/here", "/order.gett", "/.env", "/wp-login.php", "//", "/%00"],
)
def test_a_path_that_is_no_method_is_not_found_and_never_a_login_challenge(
    caller: Caller, path: str, verb: str
) -> None:
    answer = look(caller, path, verb)

    assert answer["statusCode"] == 404
    assert "WWW-Authenticate" not in answer["headers"]
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert (answer["body"] == "") is (verb == "HEAD")


@pytest.mark.parametrize("verb", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/forms/hosting/", "/forms/hosting"),
        ("/forms/hosting//", "/forms/hosting"),
        ("/docs/", "/docs"),
        ("//docs", "/docs"),
        ("//forms//hosting", "/forms/hosting"),
        ("/./forms/hosting", "/forms/hosting"),
        ("//contracts/docusign", "/contracts/docusign"),
        ("/forms/hosting/contact/", "/forms/hosting/contact"),
    ],
)
def test_a_slash_too_many_leads_to_the_page(caller: Caller, path: str, location: str, verb: str) -> None:
    answer = look(caller, path, verb, query="plan=1")

    assert (answer["statusCode"], answer["headers"]["Location"]) == (308, f"{location}?plan=1")
    assert "WWW-Authenticate" not in answer["headers"]


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "///evil.example//",
        "/\\evil.example/",
        "/%5Cevil.example/",
        "/a\r\nLocation: x/",
        "/http:evil/",
        "/@evil/",
    ],
)
def test_nobody_is_led_to_another_host(caller: Caller, path: str) -> None:
    answer = look(caller, path)
    location = answer["headers"].get("Location", "/")

    assert answer["statusCode"] in (308, 404)
    assert location.startswith("/")
    assert location[1:2] not in ("/", "\\")
    assert "\n" not in location


@pytest.mark.parametrize(
    "path", ["/api/2.01/", "/xapi/2.0/", "/api/2x0/", "/api", "/2.0/", "/api/2.0x", "/order.get/x"]
)
def test_what_only_looks_like_an_address_is_none(caller: Caller, path: str) -> None:
    assert look(caller, path)["statusCode"] in (308, 404)


@pytest.mark.parametrize(
    ("path", "verb"), [("/order.get", "HEAD"), ("/order.create", "OPTIONS"), ("/order.get", "DELETE")]
)
def test_a_method_by_another_verb_is_405_without_a_challenge(caller: Caller, path: str, verb: str) -> None:
    answer = look(caller, path, verb)

    assert answer["statusCode"] == 405
    assert "WWW-Authenticate" not in answer["headers"]


@pytest.mark.parametrize(
    "path",
    [
        "/order.get", "/order.get/", "//order.get", "/shop/order.get",
        "/api/2.0/", "/api/2.0", "/api/2.0/index.php", "//api/2.0/", "/api//2.0//", "//api/2.0//index.php", "/shop/api/2.0/",
        "/shop//api/2.0/index.php", "/a/b/c/d/e/f/api/2.0", "/./api/2.0/", "/api/2.0/api/2.0/",
    ],
)  # fmt: skip
def test_what_needs_a_login_says_so(caller: Caller, path: str) -> None:
    answer = look(caller, path)

    assert answer["statusCode"] == 401
    assert answer["headers"]["WWW-Authenticate"].startswith("Basic ")


def test_the_answer_is_a_problem_document(caller: Caller) -> None:
    said = json.loads(look(caller, "/nothing")["body"])

    assert (said["status"], said["type"]) == (404, "urn:order-queues:problem:unknown_method")


@pytest.mark.parametrize("path", ["//api/2.0/", "/api//2.0", "/shop/api/2.0/index.php"])
def test_api_2_0_is_the_same_however_its_base_was_put_together(caller: Caller, path: str) -> None:
    answer = caller.send(path, query="method=order.queue_list&brand_id=1")

    assert answer.body == caller.send("/api/2.0/", query="method=order.queue_list&brand_id=1").body
    assert answer.body["status"] is True


def test_so_is_the_path_of_a_method(caller: Caller) -> None:
    made = caller.send("//shop//order.create/", body='{"order_queue_id": 1}', content_type="application/json")

    assert (made.status, made.body["order_queue_id"]) == (201, 1)


def test_a_long_path_of_slashes_costs_no_time(caller: Caller) -> None:
    for path in ("/" * 8_000, "/api/2.0x" * 900, "/a" * 4_000 + "/api/2.0", "/api" * 2_000):
        assert look(caller, path)["statusCode"] in (308, 401, 404)
