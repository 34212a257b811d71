"""What PHP reads and nobody should have to send: it is read as it was meant, or refused, and never kept half or spoilt."""

import gzip
import json
from typing import Any

import pytest

from lambdas.api.http.leniency import NUMBERS
from lambdas.api.table import every_method
from tests.unit.api.conftest import Caller

FORM = "application/x-www-form-urlencoded"
LATIN_FORM = f"{FORM}; charset=ISO-8859-1"
MULTIPART = "multipart/form-data; boundary=x"


def created(caller: Caller, body: bytes | str, content_type: str | None = FORM, query: str = "") -> dict[str, Any]:
    """`info` of the order that the call made."""
    answer = caller.send("/api/2.0/", query=f"method=order.create&{query}", body=body, content_type=content_type)
    assert answer.body["status"], answer.body
    return dict(caller.data("order.get", {"order_id": answer.body["data"]["order_id"]})["info"])


def refusal(caller: Caller, body: bytes | str, content_type: str | None = FORM) -> str:
    answer = caller.send(
        "/api/2.0/", query="method=order.create&order_queue_id=1", body=body, content_type=content_type
    )
    assert answer.body["status"] is False, answer.body
    assert caller.orders_written() == 0
    return str(answer.body["error_message"])


LATIN_1: dict[str, tuple[bytes, str | None]] = {
    "bytes": (b"order_queue_id=1&info[city]=Z\xfcrich", FORM),
    "bytes, declared": (b"order_queue_id=1&info[city]=Z\xfcrich", LATIN_FORM),
    "escaped": (b"order_queue_id=1&info[city]=Z%FCrich", FORM),
    "escaped, declared": (b"order_queue_id=1&info%5Bcity%5D=Z%fcrich", LATIN_FORM),
    "no content type": (b"order_queue_id=1&info[city]=Z\xfcrich", None),
    "multipart": (
        b'--x\r\nContent-Disposition: form-data; name="order_queue_id"\r\n\r\n1\r\n'
        b'--x\r\nContent-Disposition: form-data; name="info[city]"\r\n\r\nZ\xfcrich\r\n--x--\r\n',
        MULTIPART,
    ),
    "JSON of no type": ('{"order_queue_id": 1, "info": {"city": "Zürich"}}'.encode("latin-1"), None),
    "JSON, declared": (
        '{"order_queue_id": 1, "info": {"city": "Zürich"}}'.encode("latin-1"),
        "text/json;charset=latin1",
    ),
    "UTF-16 JSON": ('{"order_queue_id": 1, "info": {"city": "Zürich"}}'.encode("utf-16"), "application/json"),
    "UTF-16, declared": (
        '{"order_queue_id": 1, "info": {"city": "Zürich"}}'.encode("utf-16-le"),
        "application/json; charset=utf-16le",
    ),
}


@pytest.mark.parametrize(("body", "content_type"), LATIN_1.values(), ids=LATIN_1.keys())
def test_text_of_another_encoding_is_read(caller: Caller, body: bytes, content_type: str | None) -> None:
    assert created(caller, body, content_type)["city"] == "Zürich"


def test_the_euro_sign_of_windows_is_read(caller: Caller) -> None:
    assert created(caller, b"order_queue_id=1&info[note]=5 \x80")["note"] == "5 €"


def test_a_query_in_latin_1_is_read(caller: Caller) -> None:
    answer = caller.send(
        "/api/2.0/", query="method=order.create&order_queue_id=1&info[city]=Z%FCrich", http_method="GET"
    )

    assert caller.data("order.get", {"order_id": answer.body["data"]["order_id"]})["info"]["city"] == "Zürich"


SPOILT: dict[str, tuple[bytes | str, str | None, str]] = {
    "bytes of no encoding": (b"info[a]=\x81", FORM, "neither UTF-8 nor Windows-1252"),
    "two encodings": ("info[a]=é&info[b]=".encode() + b"\xe9", FORM, "neither UTF-8"),
    "declared UTF-8 that is none": (b"info[a]=\xe9", f"{FORM}; charset=utf-8", "neither UTF-8"),
    "an unknown character set": (b"info[a]=e", f"{FORM}; charset=klingon", "not known"),
    "a codec that is no character set": (b"info[a]=e", f"{FORM}; charset=unicode_escape", "not known"),
    "declared as what it is not": (b"info[a]=\xff\xff", f"{FORM}; charset=euc-jp", "cannot be read as euc-jp"),
    "text that API Gateway spoilt": ('{"info": {"city": "Z\ufffdrich"}}', "application/json", "lost letters"),
    "XML": ('<?xml version="1.0"?><info><a>1</a></info>', "text/xml", "neither a form nor JSON"),
    "plain words": ("hello", "text/plain", "neither a form nor JSON"),
    "another kind of parts": (
        "--x\r\nContent-Type: text/plain\r\n\r\na=1\r\n--x--",
        "multipart/mixed; boundary=x",
        "neither a form",
    ),
    "a table": ("order_queue_id,info\n1,a=b\n", "text/csv", "application/x-www-form-urlencoded"),
    "names with dots": ("order_queue_id=1&info.first=Ada", FORM, "info_first: is not read; write info[name]=value"),
    "names in capitals": ("order_queue_id=1&Info[first]=Ada", FORM, "Info: is not read"),
    "flat names in JSON": (
        '{"order_queue_id": 1, "info[first]": "Ada"}',
        "application/json",
        "info[first]: is not read",
    ),
    "YAML": ("info:\n  first: Ada\n", "application/yaml", "neither a form nor JSON"),
    "broken JSON of no type": ('\ufeff{"info": ', None, "not JSON"),
    "a text in JSON": ('"info[a]=1"', "application/json", "one JSON object"),
}


@pytest.mark.parametrize(("body", "content_type", "said"), SPOILT.values(), ids=SPOILT.keys())
def test_what_cannot_be_read_is_refused_and_makes_no_empty_order(
    caller: Caller, body: bytes | str, content_type: str | None, said: str
) -> None:
    assert said in refusal(caller, body, content_type)


@pytest.mark.parametrize("content_type", [None, FORM, "text/plain", "application/json", "application/octet-stream"])
@pytest.mark.parametrize("as_bytes", [True, False])
def test_json_with_a_byte_order_mark_is_json(caller: Caller, content_type: str | None, as_bytes: bool) -> None:
    body = "\ufeff" + json.dumps({"order_queue_id": 1, "info": {"first": "Ada"}})

    assert created(caller, body.encode() if as_bytes else body, content_type)["first"] == "Ada"


def test_a_form_with_a_byte_order_mark_is_a_form(caller: Caller) -> None:
    assert created(caller, "\ufefforder_queue_id=1&info[first]=Ada")["first"] == "Ada"


@pytest.mark.parametrize(
    ("sent", "kept"), [("50% off", "50% off"), ("100%", "100%"), ("%zz%4", "%zz%4"), ("5%25 off", "5% off")]
)
def test_a_percent_sign_that_nobody_escaped_is_one(caller: Caller, sent: str, kept: str) -> None:
    assert created(caller, f"order_queue_id=1&info[note]={sent}")["note"] == kept
    made = caller.send("/api/2.0/", query=f"method=order.create&order_queue_id=1&info[note]={sent}", http_method="GET")
    assert caller.data("order.get", {"order_id": made.body["data"]["order_id"]})["info"]["note"] == kept


def test_query_and_body_are_merged_deeply(caller: Caller) -> None:
    query = "order_queue_id=1&info[first]=Ada&info[last]=Byron&info[pack1][plan_id]=2&info[hosts][0]=a"
    for body, kind in (
        ("info[last]=Lovelace&info[pack1][period]=1&info[hosts][1]=b", FORM),
        (json.dumps({"info": {"last": "Lovelace", "pack1": {"period": 1}, "hosts": {"1": "b"}}}), "application/json"),
    ):
        found = created(caller, body, kind, query)

        assert (found["first"], found["last"], found["hosts"]) == ("Ada", "Lovelace", ["a", "b"])
        assert (found["pack1"]["plan_id"], found["pack1"]["period"]) == ("2", "1")


def test_a_card_number_cut_in_two_is_found_when_it_is_put_together(caller: Caller) -> None:
    answer = caller.send(
        "/api/2.0/",
        query="method=order.create&order_queue_id=1&info[card1]=4242&info[card2]=4242",
        body="info[card3]=4242&info[card4]=4242",
        content_type=FORM,
    )

    assert answer.body["status"] is False
    assert "card numbers" in answer.body["error_message"]
    assert caller.orders_written() == 0


@pytest.mark.parametrize("levels", [33, 64])
def test_what_is_nested_as_deep_as_php_reads_is_read(caller: Caller, levels: int) -> None:
    deep = "x" + "[a]" * levels
    assert created(caller, f"order_queue_id=1&info[first]=Ada&{deep}=1")["first"] == "Ada"

    tree: Any = "1"
    for _ in range(levels):
        tree = {"a": tree}
    assert created(caller, json.dumps({"order_queue_id": 1, "info": {"first": "Ada"}, "x": tree}))["first"] == "Ada"


@pytest.mark.parametrize("sent", ["{}.0", "{}.00", "0{}", " {} ", "{}."])
@pytest.mark.parametrize("method", ["order.get", "order.post_list", "client.service_list", "uber.attachment_list"])
def test_a_number_of_an_order_may_have_a_fraction_of_nothing(caller: Caller, method: str, sent: str) -> None:
    order_id = caller.data("order.create", {"order_queue_id": 1})["order_id"]

    assert caller.data(method, {"order_id": sent.format(order_id)}) == caller.data(method, {"order_id": order_id})
    body = f'{{"order_id": {order_id}.0}}'
    assert caller.send("/api/2.0/", query=f"method={method}", body=body).body["status"] is True


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "GZIP"])
def test_a_compressed_body_is_refused(caller: Caller, coding: str) -> None:
    answer = caller.send(
        "/api/2.0/",
        query="method=order.create&order_queue_id=1",
        body=gzip.compress(b"info[first]=Ada"),
        content_type=FORM,
        headers={"content-encoding": coding},
    )

    assert "compressed" in answer.body["error_message"]
    assert caller.orders_written() == 0


def test_parts_are_read_as_other_libraries_write_them(caller: Caller) -> None:
    """.NET leaves quotes out and names a character set; Java writes lengths; browsers escape quotes."""
    parts = [
        "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=order_queue_id\r\n\r\n1",
        "Content-Disposition: form-data; name=info[first]\r\nContent-Length: 4\r\n\r\nAd\u00e4",
        'content-disposition:form-data;name="info[last]"\r\nContent-Transfer-Encoding: 8bit\r\n\r\nByron',
    ]
    body = "".join(f"--x\r\n{part}\r\n" for part in parts) + "--x--\r\n"
    found = created(caller, body.encode(), 'multipart/form-data; boundary="x"')

    assert (found["first"], found["last"]) == ("Ad\u00e4", "Byron")


@pytest.mark.parametrize("levels", [17, 33, 63])
def test_info_may_be_as_deep_as_php_reads_it(caller: Caller, levels: int) -> None:
    body = "order_queue_id=1&info[x]" + "[a]" * levels + "=%C3%A9&info[first]=Ada"
    found = created(caller, body)
    inner: Any = found["x"]
    for _ in range(levels):
        inner = inner["a"]

    assert (inner, found["first"]) == ("\u00e9", "Ada")


def test_a_card_number_is_found_at_any_depth(caller: Caller) -> None:
    assert "card numbers" in refusal(caller, "info[x]" + "[a]" * 40 + "=4242424242424242")
    assert "card numbers" in refusal(caller, "info[x]" + "[a]" * 40 + "[cvv]=123")


TEXTS = {"bulk_run_id", "pause_id", "vat_id", "trans_id", "link_id", "late_fee_scheme_id"}


def test_only_ids_that_are_numbers_lose_what_is_no_digit_of_theirs() -> None:
    named = {
        field.alias or name
        for _, method in every_method()
        for name, field in method.request.model_fields.items()
        if name == "id" or name.endswith("_id")
    }

    assert named == NUMBERS | TEXTS


def test_a_tax_number_keeps_its_zeros(caller: Caller) -> None:
    client_id = caller.data("client.add", {"first": "Ada", "vat_id": "007.0"})

    assert caller.data("client.get", {"client_id": f"{client_id}.0"})["vat_id"] == "007.0"
