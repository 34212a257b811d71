"""What is too large, too deep or too much is refused at once, says which parameter, and nothing is written."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.api.http.multipart import read_multipart
from lambdas.api.http.parameter_sizes import MAX_BYTES, MAX_PATH, MAX_VALUES
from lambdas.api.http.php_params import MAX_FIELDS, MAX_LEVELS, tree_of
from lambdas.orders.card_numbers.numbers import has_card_number
from tests.support.logs import logged
from tests.unit.api.conftest import Caller

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PAN = "4242424242424242"


def nested(levels: int, inner: str = "1") -> str:
    return '{"order_queue_id": 1, "info": ' + '{"a":' * levels + inner + "}" * levels + "}"


def order(info: Any) -> str:
    return json.dumps({"order_queue_id": 1, "info": info})


OUTSIZED: dict[str, tuple[str, str, int, str]] = {
    "a body of more than a megabyte": (order({"a": "x" * MAX_BYTES}), JSON, 413, str(MAX_BYTES)),
    "a form of more than a megabyte": ("order_queue_id=1&info[a]=" + "x" * MAX_BYTES, FORM, 413, str(MAX_BYTES)),
    "too many values": (
        order({"a": [0] * MAX_VALUES}),
        JSON,
        400,
        f"info.a: brings the parameters to more than {MAX_VALUES}",
    ),
    "too many fields": ("&".join(["a=1"] * (MAX_FIELDS + 1)), FORM, 400, str(MAX_FIELDS)),
    "maps too deep": (nested(MAX_LEVELS + 1), JSON, 400, f"info.a: is nested more than {MAX_LEVELS} levels deep"),
    "lists too deep": (nested(1, "[" * 900 + "]" * 900), JSON, 400, f"info.a: is nested more than {MAX_LEVELS}"),
    "deeper than a parser goes": (nested(100_000), JSON, 400, "nested too deeply"),
    "a form too deep": ("info" + "[a]" * (MAX_LEVELS + 1) + "=1", FORM, 400, "info"),
    "a long name": (order({"n" * (MAX_PATH + 1): 1}), JSON, 400, f"names of more than {MAX_PATH} characters"),
    "a long name over many values": (
        order({"n" * 500_000: [0] * 9_000}),
        JSON,
        400,
        f"more than {MAX_PATH} characters",
    ),
    "a number that would fill the memory": (
        '{"order_queue_id": -1e99999999}',
        JSON,
        400,
        "a number in the body is out of range",
    ),
    "a number too small to be anything": (nested(1, "1e-99999999"), JSON, 400, "a number in the body is out of range"),
    "a number of 5,000 digits": (nested(1, "7" * 5_000), JSON, 400, "the body is not JSON"),
    "a time after the year 9999": ('{"order_queue_id": 1, "ts": 253402300800}', JSON, 400, "ts"),
}


@pytest.mark.parametrize(("body", "content_type", "status", "said"), OUTSIZED.values(), ids=OUTSIZED.keys())
def test_what_is_outsized_is_refused_at_both_doors(
    caller: Caller, body: str, content_type: str, status: int, said: str
) -> None:
    new = caller.send("/order.create", body=body, content_type=content_type)
    old = caller.send("/api/2.0/", query="method=order.create", body=body, content_type=content_type)

    assert (new.status, new.headers["Content-Type"]) == (status, "application/problem+json")
    assert said in new.body["detail"]
    assert (old.status, old.body["status"], old.body["error_code"], old.body["data"]) == (200, False, 1, "")
    assert said in old.body["error_message"]
    assert caller.orders_written() == 0


def test_what_just_fits_is_taken(caller: Caller) -> None:
    assert (
        caller.send("/order.create", body='{"order_queue_id": 1, "ts": 253402300799}').body["received_at"][:4] == "9999"
    )
    assert caller.send("/order.create", body=order({"n" * 990: "1"})).status == 201


def test_a_multipart_body_has_the_same_limits_whatever_its_files_are(caller: Caller) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    many = part.format("a", "1") * (MAX_FIELDS + 1) + "--x--\r\n"
    large = part.format("order_queue_id", "1") + part.format("info[a]", "x" * MAX_BYTES) + "--x--\r\n"

    for body, status in ((many, 400), (large, 413)):
        answer = caller.send("/order.create", body=body.encode(), content_type="multipart/form-data; boundary=x")
        assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert caller.orders_written() == 0


def test_a_refusal_never_repeats_a_card_number_that_is_a_name(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    for body in (order({PAN: [0] * MAX_VALUES}), json.dumps({PAN: {"a": [0] * MAX_VALUES}})):
        answer = caller.send("/order.create", body=body)

        assert answer.status == 400
        assert PAN not in json.dumps(answer.body)
        assert PAN not in logged(caplog)


# What took minutes once. Each grows with the square of its length if it is done wrongly.
SLOW: dict[str, Callable[[int], object]] = {
    "pairs of digits": lambda size: has_card_number("42-" * size),
    "single digits": lambda size: has_card_number("4 " * size),
    "one number": lambda size: has_card_number("4" * size),
    "nearly a UUID": lambda size: has_card_number("12345678-" * size),
    "next numbers after a name": lambda size: tree_of([("a[x]", "1"), *[("a[]", "1")] * size]),
}


@pytest.mark.parametrize("work", SLOW.values(), ids=SLOW.keys())
def test_time_grows_with_the_length_and_no_faster(work: Callable[[int], object]) -> None:
    def processor_seconds(size: int) -> float:
        began = time.process_time()
        work(size)
        return time.process_time() - began

    short, long = (min(processor_seconds(size) for _ in range(3)) for size in (1_000, 16_000))

    assert long < 16 * 6 * max(short, 0.0005)


def test_a_body_of_nothing_but_parts_is_given_up_early() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * (MAX_FIELDS * 3) + b"--x--\r\n"

    with pytest.raises(Exception, match=f"more than {MAX_FIELDS} parameters"):
        read_multipart("multipart/form-data; boundary=x", body)


@pytest.mark.parametrize("method", ["order.post_list", "uber.attachment_list", "order.get", "order.cancel"])
@pytest.mark.parametrize("order_id", ["0", 0, "", "x", -1, 10**40])
def test_what_is_no_number_of_an_order_is_refused(caller: Caller, method: str, order_id: Any) -> None:
    assert caller.call(method, {"order_id": order_id}).status == 400
