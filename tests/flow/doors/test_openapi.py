"""The API as its document describes it, on the engine: generated calls over HTTP. Its page is in tests/browser."""

import gzip
import json
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from infra.doors.docs import PATHS
from infra.generate.openapi.__main__ import FILE
from lambdas.api.table import GROUPS, every_method, subject_of
from tests.flow.conftest import Shop
from tests.support.thorough import examples

pytestmark = pytest.mark.engine

METHODS = dict(every_method())
SCHEMA = schemathesis.openapi.from_path(FILE)
OPERATIONS = {
    group: [
        (path, verb)
        for path, item in json.loads(FILE.read_text("utf-8"))["paths"].items()
        for verb in ("get", "post")
        if group in item.get(verb, {}).get("tags", [])
    ]
    for group in [*dict.fromkeys(map(subject_of, GROUPS)), "api_2_0"]
}
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
CHECKED = CHECKS.get_by_names(NAMES)


@pytest.mark.parametrize("group", OPERATIONS)
def test_generated_calls_are_answered_as_the_document_says(shop: Shop, group: str) -> None:
    """Checked by schemathesis itself. Breadth is in the unit tests; here it is gateway, function and tables as deployed."""
    for path, verb in OPERATIONS[group]:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            hold(shop, SCHEMA[path][verb].as_strategy(generation_mode=mode))


def hold(shop: Shop, cases: Any) -> None:
    login = (shop.stack.user, shop.stack.token)

    @settings(
        max_examples=examples(2),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=cases)
    def each(case: Any) -> None:
        case.headers.pop("Prefer", None)  # waits
        answer = case.call(base_url=shop.stack.api_url, auth=login, timeout=60)
        case.validate_response(answer, checks=CHECKED)

    each()


def test_the_examples_are_calls_that_the_api_understands(shop: Shop) -> None:
    """What they are about may not be there, or not be so any more; but none is malformed."""
    for name, method in METHODS.items():
        answer = shop.call(name, dict(method.example))
        assert answer.status_code not in (400, 401, 403, 405, 500), (name, answer.text)


def test_page_and_document_need_no_login_and_come_compressed(shop: Shop) -> None:
    document = httpx.get(f"{shop.stack.api_url}/openapi.json", headers={"Accept-Encoding": "identity"})
    assert document.content == FILE.read_bytes()

    with httpx.stream("GET", f"{shop.stack.api_url}/openapi.json", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert gzip.decompress(packed) == document.content
    again = httpx.get(f"{shop.stack.api_url}/openapi.json", headers={"If-None-Match": document.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert httpx.get(f"{shop.stack.api_url}/docs/nothing.js").status_code == 404
    assert {httpx.get(f"{shop.stack.api_url}{path}").status_code for path in PATHS.values() if "{" not in path} == {200}
