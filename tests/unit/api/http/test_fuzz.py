"""Whatever bytes arrive: never a 5xx, always an answer in the door's own form, and nothing is written when it is refused.

`Caller.send` holds every answer to the OpenAPI document too. The examples are the same each time.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from infra.generate.openapi.refusals import statuses_of
from lambdas.api.table import GROUPS, every_method
from tests.support.thorough import examples
from tests.unit.api.conftest import Answer, Caller

METHODS = dict(every_method())
WRITING = [name for names in GROUPS.values() for name in names if not METHODS[name].reads]
PARAMETERS = sorted(
    {field.alias or key for method in METHODS.values() for key, field in method.request.model_fields.items()}
)
PAYING = {name for name, item in METHODS.items() if 402 in statuses_of(name, item, posted=True)}
REFUSED, SERVER_FAULT = 400, 500

a_few = settings(
    max_examples=examples(10),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

any_text = st.text(max_size=40)  # with NUL, half surrogates and all else that Unicode has
hostile_text = st.sampled_from(
    [
        "\ud800",
        "\udfff\ud800",
        "\x00",
        "",
        " ",
        "0",
        "-1",
        "1e400",
        "NaN",
        "../..",
        "<script>",
        "__proto__",
        "%00",
        "'; --",
    ]
)
names = st.sampled_from([*PARAMETERS, "info", "pack1", "price", "options", "method"]) | hostile_text | any_text
numbers = (
    st.integers()
    | st.integers(min_value=-(10**400), max_value=10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([2**53, 2**63, -(2**63), 10**30, 1e308, 5e-324, 253402300800, -0.0])
)
leaves = st.none() | st.booleans() | numbers | any_text | hostile_text
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5), max_leaves=12
)
PHP_KEYS = st.text(alphabet="ab0[]._ %\x00é=&+", max_size=30)
content_types = st.sampled_from(
    [
        "",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "text/plain",
        "application/json; charset=utf-16",
        "é\x00",
    ]
)


def parameters(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A method that writes, its example, and what a caller got wrong about it."""
    name = draw(st.sampled_from(WRITING))
    wrong = draw(st.dictionaries(st.sampled_from(_of(name)) | names, trees, max_size=4))
    return name, {**METHODS[name].example, **wrong}


def _of(name: str) -> list[str]:
    return [field.alias or key for key, field in METHODS[name].request.model_fields.items()]


calls = st.composite(parameters)()


class Shop:
    """One order, one client, one coupon, and what is in the tables."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        for name in ("order.create", "client.add", "order.coupon_add"):
            assert caller.call(name, dict(METHODS[name].example)).status == 201
        self._rows = self._read()

    def _read(self) -> list[Any]:
        """All rows but the counters: a refusal may cost a number, and numbers may be missing."""
        rows = [self.caller.dynamodb.scan(TableName=table)["Items"] for table in ("orders", "records")]
        return [[row for row in table if row.get("sk") != {"S": "counter"}] for table in rows]

    def send(self, path: str, *, leaves_trace: bool = False, **request: Any) -> Answer:
        """Sent; refused without a trace if it was refused, unless money may have been held before."""
        answer = self.caller.send(path, **request)
        assert answer.status < SERVER_FAULT, answer.body
        if answer.status >= REFUSED or (isinstance(answer.body, Mapping) and answer.body.get("status") is False):
            if request.get("http_method") != "HEAD" or answer.body is not None:
                assert answer.body.get("error_message") or answer.body["detail"]
            if not leaves_trace:
                assert self._read() == self._rows, answer.body
                return answer
        self._rows = self._read()
        return answer

    def both(self, method: str, **request: Any) -> None:
        trace = method in PAYING
        self.send(f"/{method}", leaves_trace=trace, **request)
        self.send("/api/2.0/", query=f"method={method}", leaves_trace=trace, **request)


@pytest.fixture
def shop(installed: Caller) -> Shop:
    return Shop(installed)


@given(body=st.binary(max_size=300), content_type=content_types, method=st.sampled_from(WRITING))
@a_few
def test_bytes_that_mean_nothing(shop: Shop, body: bytes, content_type: str, method: str) -> None:
    shop.both(method, body=body, content_type=content_type)


@given(call=calls)
@example(call=("order.coupon_add", dict(METHODS["order.coupon_add"].example)))
@a_few
def test_json_of_the_wrong_shape(shop: Shop, call: tuple[str, dict[str, Any]]) -> None:
    method, sent = call
    shop.both(method, body=json.dumps(sent), content_type="application/json")


@given(tree=trees, opened=st.text(alphabet='[{"a:1,', max_size=20), closed=st.text(alphabet=']}", ', max_size=20))
@a_few
def test_json_that_is_broken_off(shop: Shop, tree: Any, opened: str, closed: str) -> None:
    shop.both("order.create", body=opened + json.dumps(tree) + closed, content_type="application/json")


@given(
    pairs=st.lists(
        st.tuples(PHP_KEYS | st.sampled_from(["info[]", "info[pack1][price]", "info"]), any_text), max_size=6
    ),
    escaped=st.booleans(),
)
@a_few
def test_forms_with_keys_of_any_kind(shop: Shop, pairs: list[tuple[str, str]], escaped: bool) -> None:
    def written(text: str) -> str:
        return quote(text, safe="[]", errors="replace") if escaped else text

    body = "&".join(["order_id=1001", *(f"{written(key)}={written(value)}" for key, value in pairs)])
    shop.both("order.create", body=body.encode(errors="replace"), content_type="application/x-www-form-urlencoded")


@given(
    fields=st.lists(st.tuples(PHP_KEYS, st.binary(max_size=40)), max_size=4),
    cut=st.integers(0, 400),
    file=st.binary(max_size=60),
    stray=st.binary(max_size=5),
)
@a_few
def test_multipart_bodies_cut_and_dirtied(
    shop: Shop, fields: list[tuple[str, bytes]], cut: int, file: bytes, stray: bytes
) -> None:
    parts = [(f'name="{name}"'.encode(), value) for name, value in [("order_id", b"1001"), *fields]]
    parts.append((b'name="attach[]"; filename="a.txt"', file))
    head = b"--x\r\nContent-Disposition: form-data; "
    body = b"".join(head + name + b"\r\n\r\n" + value + b"\r\n" for name, value in parts) + b"--x--\r\n"

    for sent in (body[:cut] + stray + body[cut:], body[:cut]):
        shop.both("order.update", body=sent, content_type="multipart/form-data; boundary=x")


@given(
    path=st.sampled_from(["/api/2.0/", "/api/2.0", "/order.get", "/order.list", "/"]) | any_text.map("/{}".format),
    query=st.text(alphabet="method=order.gtid&[]%1é\x00+", max_size=60),
    http_method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD"]),
)
@a_few
def test_paths_and_queries_of_any_kind(shop: Shop, path: str, query: str, http_method: str) -> None:
    shop.send(path, query=query, http_method=http_method)


@given(
    name=st.sampled_from(["idempotency-key", "if-match", "prefer", "content-type", "authorization"]),
    value=any_text | st.sampled_from(["wait=99999999999", 'W/"1"', "Basic", "Basic %%%", "Basic Og==", "x" * 5_000]),
    method=st.sampled_from(["order.update", "order.cancel", "order.get"]),
)
@a_few
def test_headers_of_any_kind(shop: Shop, name: str, value: str, method: str) -> None:
    body = json.dumps(dict(METHODS[method].example))
    shop.send(f"/{method}", body=body, headers={name: value})
    shop.send("/api/2.0/", query=f"method={method}", body=body, headers={name: value})
