"""What is refused, as each client reports it (reference/ubersmith.md 4.8; 8.1, rows 7 and 8)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.flow.wire.speakers import Refused, Speaker

pytestmark = pytest.mark.engine
LEAD = {"order_queue_id": 1, "info": {"first": "Ada"}}

# Method, parameters, code, what the text says or has in it. Texts in full are the reference's.
REFUSALS: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "unknown method": ("device.list", {}, 1, "invalid method specified: device.list"),
    "missing parameter": ("order.create", {}, 1, "request failed: order_queue_id parameter not supplied"),
    "neither id nor hash": ("order.cancel", {}, 1, "order_id parameter not supplied"),
    "unknown order": ("order.get", {"order_id": 999_999_999}, 1, "no order has"),
    "unknown hash": ("order.get", {"hash": "00000-00000"}, 1, "no order has"),
    "not a number": ("order.get", {"order_id": "abc"}, 1, "order_id"),
    "unknown queue": ("order.create", {"order_queue_id": 99}, 1, "no order queue has the order_queue_id 99"),
    "card number": ("order.create", {**LEAD, "info": {"cc_num": "4111111111111111"}}, 1, "are not accepted here"),
    "card code": ("order.create", {**LEAD, "info": {"cc_cvv2": "123"}}, 1, "are not accepted here"),
    "unknown client": ("client.get", {"client_id": "999999"}, 1, "Client ID '999999' not found."),
    "client not named": ("client.payment_method_list", {}, 1, "request failed: client_id parameter not supplied"),
    "unknown coupon": ("order.coupon_get", {"coupon_code": "NONE"}, 1, "could not get coupon info"),
    "unknown plan": ("uber.service_plan_get", {"plan_id": "99"}, 3, "No Service Plan found"),
    "wrong login": ("uber.check_login", {"login": "nobody", "pass": "x"}, 3, "Invalid login or password."),
}
FULL = {"unknown method", "missing parameter", "unknown client", "client not named", "unknown coupon", "unknown plan"}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_has_its_code_and_text(speaker: Speaker, case: str) -> None:
    method, parameters, code, text = REFUSALS[case]
    with pytest.raises(Refused) as caught:
        speaker.call(method, **parameters)

    assert (type(caught.value.code), caught.value.code) == (int, code)
    assert caught.value.message == text if case in FULL else text in caught.value.message
    assert caught.value.http is None


def test_a_submit_says_all_that_is_missing(speaker: Speaker) -> None:
    order_id = speaker.call("order.create", order_queue_id=1, info={"pack1": {"plan_id": "77"}})["order_id"]
    with pytest.raises(Refused) as caught:
        speaker.call("order.submit", order_id=order_id)

    assert all(f"info.{field}" in caught.value.message for field in ("first", "email", "pack1")), caught.value


def stumbled(speaker: Speaker, status: int) -> Callable[[Refused], bool]:
    """One client looks at the envelope only, the others at the HTTP status."""
    if speaker.name == "ubersmith":
        return lambda refused: (type(refused.code), refused.code) == (int, 1)
    return lambda refused: refused.http == status


def test_wrong_credentials_are_told_from_a_refusal(speaker_as: Callable[[str, str], Speaker]) -> None:
    stranger = speaker_as("nobody-of-ours", "wrong")
    with pytest.raises(Refused) as caught:
        stranger.call("order.queue_list", brand_id=1)

    assert stumbled(stranger, 401)(caught.value), caught.value


def test_a_right_that_is_missing_is_told_too(
    speaker_as: Callable[[str, str], Speaker], viewer: tuple[str, str]
) -> None:
    speaker = speaker_as(*viewer)

    assert dict(speaker.call("order.queue_list", brand_id=1))
    with pytest.raises(Refused) as caught:
        speaker.call("order.create", **LEAD)
    assert stumbled(speaker, 403)(caught.value), caught.value
