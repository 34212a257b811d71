"""All request shapes of reference/ubersmith.md 4.1 say the same, those too that no client at hand sends (8.1, row 1)."""

import json
from typing import Any

import pytest

from tests.flow.conftest import Shop
from tests.flow.wire.raw import FORM, JSON, Answer, Raw, encoded, multipart, query

pytestmark = pytest.mark.engine
INFO: dict[str, Any] = {
    "first": "Ädä",
    "pack1": {"plan_id": "2", "options": {"31": "101", "32": "111"}, "desserv": "a.example"},
    "custom": {"7": {"x y": "1"}, "text": "a=b&c[d]"},
    "hosts": {"0": "a.example", "1": "b.example"},
}
AS_READ = {**INFO, "hosts": ["a.example", "b.example"]}
ORDER: dict[str, Any] = {"order_queue_id": "1", "info": INFO}
WITH_METHOD = {"method": "order.create", **ORDER}
PLAIN = "&".join(f"{name}={value}" for name, value in encoded({"order_queue_id": "1", "info": {"first": "Ada"}}))
PARTS = "multipart/form-data; boundary=frontier"
METHOD = "?method=order.create"

SHAPES: dict[str, tuple[str, str, str | bytes | None, str | None]] = {
    "A form": ("POST", "", query(WITH_METHOD), FORM),
    "A form, charset": ("POST", "", query(WITH_METHOD), f"{FORM}; charset=UTF-8"),
    "B form": ("POST", METHOD, query(ORDER), FORM),
    "C parts": ("POST", METHOD, multipart(encoded(ORDER)), PARTS),
    "C parts, all": ("POST", "", multipart(encoded(WITH_METHOD)), PARTS),
    "C parts, no file chosen": ("POST", METHOD, multipart(encoded(ORDER), ("attach[]", "", b"")), PARTS),
    "D JSON": ("POST", METHOD, json.dumps({**ORDER, "info": AS_READ}), JSON),
    "D JSON, charset": ("POST", METHOD, json.dumps(ORDER, ensure_ascii=False), f"{JSON}; charset=utf-8"),
    "D JSON, untyped": ("POST", METHOD, json.dumps(ORDER), None),
    "E GET": ("GET", f"?{query(WITH_METHOD)}", None, None),
    "F nothing": ("POST", f"?{query(WITH_METHOD)}", None, None),
    "G null": ("POST", f"?{query(WITH_METHOD)}", "null", JSON),
}


def send(raw: Raw, path: str, shape: str) -> Answer:
    method, target, body, content_type = SHAPES[shape]
    return raw.send(method, path + target, body, {"Content-Type": content_type} if content_type else {})


@pytest.mark.parametrize(
    ("path", "shape"),
    [*(("/api/2.0/", shape) for shape in SHAPES), *(("/api/2.0", shape) for shape in ("A form", "C parts", "E GET"))],
)
def test_every_shape_makes_the_same_order(raw: Raw, path: str, shape: str) -> None:
    order_id = send(raw, path, shape).data["order_id"]

    order = raw.call("order.get", order_id=order_id)
    pack = {key: order["info"]["pack1"][key] for key in INFO["pack1"]}
    assert {**{key: order["info"][key] for key in INFO}, "pack1": pack} == AS_READ
    assert order["total"] == "502.00"


@pytest.mark.parametrize("body", [None, "", "null", "{}", "[]"])
def test_a_call_without_parameters_needs_no_body(raw: Raw, body: str | None) -> None:
    assert raw.send("POST", "/api/2.0/?method=order.module_list", body).data["add_services"] == "Add Services"


# What a form says, and what is read back of it. On the right is what PHP makes of it.
AS_PHP: dict[str, Any] = {
    "info[a][]=x&info[a][]=y": {"a": ["x", "y"]},
    "info[a][]=x&info[a][5]=y&info[a][]=z": {"a": {"0": "x", "5": "y", "6": "z"}},
    "info[a][1]=y&info[a][0]=x": {"a": ["x", "y"]},
    "info[a]=x&info[a]=y": {"a": "y"},
    "info[a]=x&info[a][b]=y": {"a": {"b": "y"}},
    "info[a.b][c d]=x": {"a.b": {"c d": "x"}},
    "info[a][][b]=x&info[a][][b]=y": {"a": [{"b": "x"}, {"b": "y"}]},
    "info%5Ba%5D%5B31%5D=101": {"a": {"31": "101"}},
    "info[a]=&info[b]=%00": {"a": "", "b": "\0"},
}


@pytest.mark.parametrize("pairs", AS_PHP)
def test_names_are_read_as_php_reads_them(raw: Raw, pairs: str) -> None:
    order_id = raw.form("order.create", f"order_queue_id=1&{pairs}").data["order_id"]

    read = raw.call("order.get", order_id=order_id)["info"]
    assert {key: read[key] for key in AS_PHP[pairs]} == AS_PHP[pairs]


def test_a_list_of_json_and_one_of_a_form_are_the_same_thing(raw: Raw) -> None:
    order_id = raw.call("order.create", order_queue_id=1, info={"hosts": ["a", "b"]})["order_id"]
    assert raw.form("order.update", f"order_id={order_id}&info[hosts][1]=c").data is True

    assert raw.call("order.get", order_id=order_id)["info"]["hosts"] == ["a", "c"]


def test_the_body_wins_over_the_query(raw: Raw) -> None:
    answer = raw.send("POST", "/api/2.0/?method=order.create&order_queue_id=99", PLAIN, {"Content-Type": FORM})

    assert answer.data["data"]["order_queue_id"] == "1"


SPELLINGS = {
    True: ["1", "true", "True", "TRUE", "yes", "on"],
    False: ["0", "false", "False", "no", "off", ""],
}


def test_flags_are_understood_in_every_spelling(raw: Raw) -> None:
    order_id = raw.call("order.create", order_queue_id=1)["order_id"]
    raw.call("order.client_respond", order_id=order_id, author="ada@example.com", body="seen")
    raw.call("order.respond", order_id=order_id, comment=True, followup="among us")

    def shown(spelling: str) -> int:
        return len(raw.form("order.post_list", f"order_id={order_id}&private={spelling}").data)

    assert {spelling: shown(spelling) for spelling in SPELLINGS[True]} == dict.fromkeys(SPELLINGS[True], 1)
    assert {spelling: shown(spelling) for spelling in SPELLINGS[False]} == dict.fromkeys(SPELLINGS[False], 2)
    for value, count in ((True, 1), (1, 1), (False, 2), (0, 2)):
        assert len(raw.call("order.post_list", order_id=order_id, private=value)) == count
    assert raw.form("order.post_list", f"order_id={order_id}&private=maybe").json["status"] is False


@pytest.mark.parametrize("name", ["attach", "attach[]", "attach[0]", "attach[scan]"])
def test_files_come_in_parts_of_any_key(raw: Raw, shop: Shop, name: str) -> None:
    order_id = raw.call("order.create", order_queue_id=1)["order_id"]
    content = b"%PDF-1.7\n\xff\x00\r\n--frontie\r\n"
    fields = [("order_id", order_id), ("comment", "1"), ("method", "order.respond")]
    post_id = raw.send("POST", "/api/2.0/", multipart(fields, (name, "a.pdf", content)), {"Content-Type": PARTS}).data

    post = raw.call("order.post_list", order_id=order_id)[post_id]
    (attach_id,) = post["attachment_list"]
    got = raw.send("GET", f"/api/2.0/?method=uber.attachment_get&attach_type=order_ticket&attach_id={attach_id}")
    assert (got.body, got.header("Content-Type")) == (content, "application/pdf")
    assert "filename=" in str(got.header("Content-Disposition"))


def test_info_that_is_deeper_than_dynamodb_nests_comes_back(raw: Raw) -> None:
    made = raw.form("order.create", "order_queue_id=1&info[x]" + "[a]" * 60 + "=deep&info[first]=Ada").data
    raw.call("order.update", order_id=made["order_id"], info={"last": "Byron"})
    found = raw.call("order.get", order_id=made["order_id"])["info"]
    inner = found["x"]
    for _ in range(60):
        inner = inner["a"]

    assert (inner, found["first"], found["last"]) == ("deep", "Ada", "Byron")
