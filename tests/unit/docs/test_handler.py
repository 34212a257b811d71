"""The documentation as a browser gets it."""

import base64
import gzip
import json
from typing import Any

import pytest

from lambdas.docs.handler import FILES, ROOT, handler


def get(path: str, verb: str = "GET", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return handler({"rawPath": path, "headers": named, "requestContext": {"http": {"method": verb}}}, None)


def content(answer: dict[str, Any]) -> bytes:
    return base64.b64decode(answer["body"])


@pytest.mark.parametrize("path", FILES)
def test_every_file_is_there_with_its_type_and_no_other_host_may_be_asked(path: str) -> None:
    answer = get(path)

    assert answer["statusCode"] == 200
    assert content(answer) == (ROOT / FILES[path].source).read_bytes()
    assert answer["headers"]["Content-Type"] == FILES[path].content_type
    policy = answer["headers"]["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"


def test_the_page_asks_only_for_files_that_are_served() -> None:
    page = content(get("/docs")).decode()
    named = [part.split('"')[0] for attribute in ('src="', 'href="') for part in page.split(attribute)[1:]]

    assert len(named) == 6
    assert set(named) <= set(FILES)


def test_nothing_larger_than_lambda_can_answer() -> None:
    assert max(len(get(path)["body"]) for path in FILES) < 5_500_000


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("br;q=1.0, gzip;q=0.8", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0, *", None),
        ("gzip; q=0.000", None),
        ("identity", None),
        ("", None),
    ],
)
def test_it_is_compressed_where_that_is_asked_for(accepted: str, encoding: str | None) -> None:
    answer = get("/openapi.json", accept_encoding=accepted)

    assert answer["headers"].get("Content-Encoding") == encoding
    assert answer["headers"]["Vary"] == "Accept-Encoding"
    read = gzip.decompress(content(answer)) if encoding else content(answer)
    assert json.loads(read)["openapi"].startswith("3.1")


@pytest.mark.parametrize("form", ["{}", '"other", {}', "*", 'W/"other",{}'])
def test_what_is_known_is_not_sent_again(form: str) -> None:
    etag = get("/docs/swagger-ui.css", accept_encoding="gzip")["headers"]["ETag"]

    answer = get("/docs/swagger-ui.css", if_none_match=form.format(etag))

    assert (answer["statusCode"], answer["body"], answer["headers"]["ETag"]) == (304, "", etag)
    assert "Content-Type" not in answer["headers"]
    assert get("/docs/swagger-ui.css", if_none_match='"other"')["statusCode"] == 200


def test_what_may_change_with_a_deployment_is_asked_for_each_time() -> None:
    kept = {path for path in FILES if "max-age" in get(path)["headers"]["Cache-Control"]}

    assert FILES.keys() - kept == {"/docs", "/docs/start.js", "/docs/page.css", "/openapi.json"}


@pytest.mark.parametrize("path", ["/docs/", "/docs/handler.py", "/docs/../docs/openapi.json", "/docs/%2e%2e"])
def test_nothing_else_is_served(path: str) -> None:
    answer = get(path)

    assert (answer["statusCode"], b"/docs" in content(answer)) == (404, True)


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/docs/nothing"])
def test_by_head_it_is_the_same_without_the_content(path: str) -> None:
    got, looked_at = get(path), get(path, "HEAD")

    assert (looked_at["statusCode"], looked_at["headers"]) == (got["statusCode"], got["headers"])
    assert looked_at["body"] == ""
