"""Names that a library spoilt on the way: read as they were meant, or refused, and never an order without its contents."""

import json
from typing import Any

import pytest

from infra.generate.openapi.operations import FILES
from lambdas.api.http.files import FILE_PARAMETERS
from lambdas.api.http.leniency import TIMES
from lambdas.api.table import every_method
from tests.flow.wire.raw import multipart
from tests.unit.api.conftest import Caller

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def sent(caller: Caller, body: bytes | str, content_type: str = FORM, **more: Any) -> dict[str, Any]:
    return dict(
        caller.send("/api/2.0/", query="method=order.create", body=body, content_type=content_type, **more).body
    )


@pytest.mark.parametrize(
    "body",
    [
        "order_queue_id=1&amp;info[first]=Ada&amp;info[note]=a%26amp%3Bb",
        "order_queue_id=1&amp;amp;info%5Bfirst%5D=Ada&amp;amp;info%5Bnote%5D=a%26amp%3Bb&amp;",
    ],
)
def test_fields_may_be_joined_as_html_has_it(caller: Caller, body: str) -> None:
    """By a PHP whose `arg_separator.output` is `&amp;`."""
    order_id = sent(caller, body)["data"]["order_id"]
    info = caller.data("order.get", {"order_id": order_id})["info"]

    assert (info["first"], info["note"]) == ("Ada", "a&amp;b")


NOT_READ = {
    "escaped twice": ("order_queue_id=1&info%255Bfirst%255D=Ada", FORM, "info%5Bfirst%5D"),
    "escaped as in HTML": ("order_queue_id=1&info%26%2391%3Bfirst%26%2393%3B=Ada", FORM, "info&#91;first&#93;"),
    "of arrows": ("order_queue_id=1&info->first=Ada", FORM, "info->first"),
    "of colons": ("order_queue_id=1&info:first=Ada", FORM, "info:first"),
    "of a pack": ('{"order_queue_id": 1, "info": {"pack1[plan_id]": "1"}}', JSON, "info.pack1[plan_id]"),
    "a list of names": (
        '{"order_queue_id": 1, "info": [{"name": "first", "value": "Ada"}]}',
        JSON,
        "info: must be a map",
    ),
    "a list in a form": ("order_queue_id=1&info[]=Ada", FORM, "info: must be a map"),
}


@pytest.mark.parametrize(("body", "content_type", "said"), NOT_READ.values(), ids=NOT_READ.keys())
def test_a_flat_name_makes_no_order_without_its_contents(
    caller: Caller, body: str, content_type: str, said: str
) -> None:
    answer = sent(caller, body, content_type)

    assert (answer["status"], said in answer["error_message"]) == (False, True), answer
    assert caller.orders_written() == 0


def test_other_maps_have_no_flat_names_either(caller: Caller) -> None:
    order_id = caller.data("order.create", {"order_queue_id": 1})["order_id"]
    for name in ("input[answer]", "input.answer", "Input%5Banswer%5D"):
        body = {"order_id": order_id, "order_action_id": 101, name: "yes"}
        answer = caller.send("/api/2.0/", query="method=order.process", body=json.dumps(body))
        assert f"{name}: is not read; write input[name]=value" in answer.body["error_message"]


def test_a_compressed_body_is_told_so_whatever_its_content_type_made_of_it(caller: Caller) -> None:
    """API Gateway hands JSON on as text, in which the bytes of gzip are lost."""
    answer = sent(caller, "\x1f\ufffd\b\0", JSON, headers={"content-encoding": "gzip"})

    assert "compressed" in answer["error_message"]


PARTS = "multipart/form-data; boundary=frontier"


@pytest.mark.parametrize("field", ["file", "attachment", "Attach", "attach1", "info[a]", "followup", "order_id"])
@pytest.mark.parametrize("path", ["/api/2.0/", "/order.respond"])
def test_a_file_in_a_field_of_another_name_is_not_lost(caller: Caller, field: str, path: str) -> None:
    order_id = caller.data("order.create", {"order_queue_id": 1, "info": {"email": "ada@example.com"}})["order_id"]
    body = multipart([("order_id", order_id), ("comment", "1")], (field, "a.txt", b"hi"))
    answer = caller.send(path, query="method=order.respond" if "api" in path else "", body=body, content_type=PARTS)

    assert field.partition("[")[0] in str(answer.body.get("error_message") or answer.body["errors"])
    assert caller.data("order.post_list", {"order_id": order_id}) == []


def test_a_value_that_is_sent_as_a_file_is_not_kept_empty(caller: Caller) -> None:
    body = multipart([("order_queue_id", "1")], ("info[first]", "name.txt", b"Ada"))

    said = sent(caller, body, PARTS)["error_message"]
    assert (
        said == "info[first]: is a file, which order.create does not take; send a value as a part without a file name"
    )
    assert caller.orders_written() == 0


def test_what_the_document_has_as_files_is_taken() -> None:
    assert FILES.keys() == FILE_PARAMETERS


def test_a_file_chooser_that_was_left_alone_is_no_file(caller: Caller) -> None:
    assert sent(caller, multipart([("order_queue_id", "1")], ("file", "", b"")), PARTS)["status"] is True


@pytest.mark.parametrize("now", ["1795754117.9018776", "1795754117.", "1795754117"])
def test_a_clock_has_fractions_of_a_second(caller: Caller, now: str) -> None:
    form = sent(caller, f"order_queue_id=1&ts={now}&info[pack1][plan_id]=1&info[pack1][start]={now.strip('.')}")
    json_text = f'{{"order_queue_id": 1, "planned_completion": {now.strip(".")}}}'

    assert (form["status"], form["data"]["data"]["ts"]) == (True, 1795754117), form
    assert sent(caller, json_text, JSON)["data"]["data"]["planned_completion"] == "1795754117"


def test_every_time_is_read_so() -> None:
    named = {
        field.alias or name
        for _, method in every_method()
        for name, field in method.request.model_fields.items()
        if "Unix" in (field.description or "")
    }

    assert named == TIMES


@pytest.mark.parametrize(("quantity", "kept"), [("2.0", "2"), ("2.", "2"), ("2.00", "2")])
def test_a_whole_number_may_have_a_fraction_of_nothing_in_a_form_too(caller: Caller, quantity: str, kept: str) -> None:
    body = f"order_queue_id=1&info[pack1][plan_id]=1&info[pack1][quantity]={quantity}&info[pack1][period]=1.0"
    order_id = sent(caller, body)["data"]["order_id"]

    pack = caller.data("order.get", {"order_id": order_id})["info"]["pack1"]
    assert (pack["quantity"], pack["period"], pack["cost"]) == (kept, "1", "19.90")


def test_half_a_thing_is_refused(caller: Caller) -> None:
    body = "order_queue_id=1&info[pack1][plan_id]=1&info[pack1][quantity]=2.5"

    assert "info.pack1.quantity: must be a whole number" in sent(caller, body)["error_message"]
