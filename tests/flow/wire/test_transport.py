"""Status, headers and login, to the letter (reference/ubersmith.md 4.2, 4.3, 7.3; 8.1, row 8)."""

import gzip
import json
from typing import Any

import pytest

from tests.flow.wire.raw import ENVELOPE, FORM, JSON, Answer, Raw

pytestmark = pytest.mark.engine
LIST = "/api/2.0/?method=order.queue_list&brand_id=1"
TEN_MEGABYTES = 10 * 1024**2


def is_envelope(answer: Answer, *, status: bool) -> bool:
    said = answer.json
    code = said["error_code"]
    right = code is None and said["error_message"] == "" if status else type(code) is int and said["data"] == ""
    return said.keys() == ENVELOPE and said["status"] is status and isinstance(said["error_message"], str) and right


# HTTP method, target, body, content type, HTTP status.
REFUSED: dict[str, tuple[str, str, str | bytes | None, str, int]] = {
    "no method": ("GET", "/api/2.0/", None, "", 200),
    "no method, no slash": ("POST", "/api/2.0", None, "", 200),
    "unknown method": ("POST", "/api/2.0/?method=order.nonsense", None, "", 200),
    "method is a map": ("GET", "/api/2.0/?method[a]=order.get", None, "", 200),
    "missing parameter": ("POST", "/api/2.0/?method=order.get", None, "", 200),
    "not JSON": ("POST", LIST, '{"a":', JSON, 200),
    "JSON list": ("POST", LIST, "[1]", JSON, 200),
    "not UTF-8": ("POST", LIST, b"a=\x81", FORM, 200),
    "a number that is none": ("GET", "/api/2.0/?method=order.get&order_id=%zz", None, "", 200),
    "broken parts": ("POST", LIST, "nonsense", "multipart/form-data; boundary=x", 200),
    "deep JSON": ("POST", LIST, '{"a":' + "[" * 5_000 + "]" * 5_000 + "}", JSON, 200),
    "card number in the query": ("GET", "/api/2.0/?method=order.get&order_id=4111111111111111", None, "", 200),
    "elsewhere below": ("GET", "/api/2.0/order.get", None, "", 200),
    "another verb": ("PUT", "/api/2.0/?method=order.nonsense", "{}", JSON, 200),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_an_envelope_of_the_exact_type(raw: Raw, case: str) -> None:
    method, target, body, content_type, status = REFUSED[case]
    answer = raw.send(method, target, body, {"Content-Type": content_type} if content_type else {})

    assert (answer.status, answer.header("Content-Type")) == (status, JSON)
    assert is_envelope(answer, status=False), answer.body
    assert b"4111111111111111" not in answer.body


@pytest.mark.parametrize("accept", ["", "*/*", "text/html", "application/json"])
def test_a_success_has_the_exact_type_whatever_is_accepted(raw: Raw, accept: str) -> None:
    answer = raw.send("GET", LIST, headers={"Accept": accept} if accept else {})

    assert (answer.status, answer.header("Content-Type")) == (200, JSON)
    assert is_envelope(answer, status=True)


def test_too_large_a_request_is_refused_by_the_gateway_in_json(raw: Raw) -> None:
    """No function sees it, so it cannot be an envelope; a client that looks for `status` finds none, which is no success."""
    answer = raw.send("POST", LIST, b"x" * (TEN_MEGABYTES + 1), {"Content-Type": FORM})

    assert (answer.status, answer.header("Content-Type")) == (413, JSON)
    assert not answer.json.get("status")


@pytest.mark.parametrize("target", ["/api", "/api/1.0?method=order.get", "/nothing.here"])
def test_other_paths_are_not_found_and_never_a_success(raw: Raw, target: str) -> None:
    answer = raw.send("GET", target)

    assert answer.status == 404
    assert str(answer.header("Content-Type")).startswith("application/")
    assert answer.json.get("status") == 404


@pytest.mark.parametrize("verb", ["GET", "HEAD", "POST", "PUT"])
@pytest.mark.parametrize(
    "target", ["/", "/robots.txt", "/favicon.ico", "/forms/hosting/", "/docs/", "/nothing", "/order.get/x"]
)
def test_a_stranger_is_challenged_for_no_path_that_needs_no_login(raw: Raw, target: str, verb: str) -> None:
    answer = raw.send(verb, target, logged_in=False)

    assert answer.status in (200, 308, 404, 405)
    assert answer.header("WWW-Authenticate") is None


@pytest.mark.parametrize(
    "base", ["//api/2.0/", "/api//2.0", "/api/2.0/index.php", "//api/2.0//index.php", "/shop/api/2.0/"]
)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_the_address_is_the_same_however_its_base_was_put_together(raw: Raw, base: str, verb: str) -> None:
    assert raw.send(verb, f"{base}?method=order.queue_list&brand_id=1").data == raw.send("GET", LIST).data


def test_a_doubled_slash_leads_to_the_method_or_the_page(raw: Raw) -> None:
    assert raw.send("GET", "//order.queue_list?brand_id=1").status == 200
    page = raw.send("GET", "//forms/hosting", logged_in=False)
    assert page.status == 200 or (page.status, page.header("Location")) == (308, "/forms/hosting")


def test_a_slash_behind_a_page_leads_to_it_or_is_it(raw: Raw) -> None:
    for target in ("/docs/", "/forms/hosting/"):
        answer = raw.send("GET", target, logged_in=False)
        assert answer.status == 200 or (answer.status, answer.header("Location")) == (308, target.rstrip("/"))


def test_a_writing_method_is_not_called_with_get_on_its_own_path(raw: Raw) -> None:
    assert raw.send("GET", "/order.cancel?order_id=1").status == 405


class TestLogin:
    """A client may wait to be asked (Ruby's does), and reads who it talks to from the challenge."""

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_credentials_after_the_challenge(self, raw: Raw, method: str) -> None:
        asked = raw.send(method, LIST, logged_in=False)

        assert (asked.status, asked.header("Content-Type")) == (401, JSON)
        assert str(asked.header("WWW-Authenticate")).startswith('Basic realm="')
        assert [name for name in asked.headers if "authenticate" in name] == ["www-authenticate"]
        assert is_envelope(asked, status=False)
        assert raw.send(method, LIST).data

    def test_wrong_credentials_are_challenged_too(self, raw: Raw) -> None:
        for credentials in ("Basic bm9ib2R5LW9mLW91cnM6d3Jvbmc=", "Basic !", "Bearer x"):
            answer = raw.send("POST", LIST, headers={"Authorization": credentials}, logged_in=False)
            assert (answer.status, answer.header("Content-Type")) == (401, JSON)
            assert (str(answer.header("WWW-Authenticate"))[:13], is_envelope(answer, status=False)) == (
                'Basic realm="',
                True,
            )

    def test_the_scheme_is_read_in_any_case(self, raw: Raw) -> None:
        basic = raw.basic.replace("Basic", "bAsIc")

        assert raw.send("GET", LIST, headers={"Authorization": basic}, logged_in=False).data

    def test_a_missing_right_is_403(self, raw: Raw, viewer: tuple[str, str]) -> None:
        answer = Raw(raw.url, *viewer).send("POST", "/api/2.0/?method=order.create&order_queue_id=1")

        assert (answer.status, answer.header("Content-Type")) == (403, JSON)
        assert is_envelope(answer, status=False)


@pytest.mark.parametrize("encoding", [None, "identity", "", "gzip", "gzip, deflate", "deflate, br"])
def test_nothing_is_compressed_that_was_not_asked_for(raw: Raw, encoding: str | None) -> None:
    """And what is says so: the official PHP client asks for gzip."""
    answer = raw.send("GET", LIST, headers={} if encoding is None else {"Accept-Encoding": encoding})

    said: Any = answer.header("Content-Encoding")
    assert said in ((None, "gzip") if encoding and "gzip" in encoding else (None,))
    body = gzip.decompress(answer.body) if said else answer.body
    assert json.loads(body)["status"] is True


def test_headers_that_old_clients_add_change_nothing(raw: Raw) -> None:
    plain = raw.send("GET", LIST)
    headers = {"X-Ubersmith-Orig-User": "7", "X-Ubersmith-Orig-IP": "192.0.2.1", "Expect": "", "Cookie": "PHPSESSID=x"}

    assert raw.send("GET", f"{LIST}&format=json", headers=headers).data == plain.data
