"""An order's life from create to cancel, at both doors, as programs in PHP, Ruby and Go tell it (callers/)."""

from typing import Any

import pytest

from tests.flow.conftest import Shop
from tests.flow.wire.callers.programs import LANGUAGES, told

pytestmark = pytest.mark.engine
CANCELED = "309"
NOTE = '50% off; a+b=c & "d" \U0001f469\r\n2'
NOTHING: tuple[Any, ...] = (None, "", [])
# What each language makes of true, false and null where it writes a form or JSON.
TRUE, FALSE = ("1", "true"), ("", "0", "false")


@pytest.fixture(scope="module", params=LANGUAGES)
def said(request: pytest.FixtureRequest, shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """By each program in turn."""
    stack = shop.stack
    return told(request.param, tmp_path_factory.mktemp(request.param), stack.api_url, stack.user, stack.token)


def test_an_order_is_kept_as_it_was_sent(said: dict[str, Any]) -> None:
    info = said["info"]

    assert (info["first"], info["last"], info["note"]) == ("Zoë", "Müller & Söhne", NOTE)
    assert (info["big"], info["hosts"]) == (str(2**63 - 1), ["a.example", "b.example"])
    assert (info["flag"] in TRUE, info["no"] in FALSE) == (True, True), (info["flag"], info["no"])
    assert (info.get("nothing") in NOTHING, info.get("none") in NOTHING) == (True, True)
    pack = info["pack1"]
    assert (pack["plan_id"], pack["period"], pack["options"], pack["cost"]) == ("2", "1", {"31": "101"}, "358.00")
    assert (said["priority"], said["listed"]) == ("2", True)


def test_an_update_changes_what_it_names(said: dict[str, Any]) -> None:
    assert (said["updated"], said["info"]["pack1"]["quantity"], said["info"]["empty"]) == (True, "2", "x")


def test_files_come_back_as_they_were_sent(said: dict[str, Any]) -> None:
    assert said["files"] == {"Übersicht 1.txt": "hällo\r\n", "b.txt": "a\n"}


def test_an_order_is_submitted_processed_skipped_and_canceled(said: dict[str, Any]) -> None:
    assert (said["thanks"], said["processed"], said["skipped"]) == (True, [True, "done"], [True, "skipped"])
    assert (said["client"], said["services"]) == ("Zoë Müller & Söhne", 1)
    assert (said["canceled"], said["end"]) == (True, CANCELED)


def test_refusals_have_their_code_and_text(said: dict[str, Any]) -> None:
    refused = said["refused"]

    assert refused["wrong password"] == "401 1 Invalid login or password."
    assert refused["unknown method"] == "1 invalid method specified: order.nonsense"
    assert refused["missing field"] == "1 request failed: order_queue_id parameter not supplied"
    assert refused["unknown order"].startswith("1 no order has the id 999999999")
    assert "is in Canceled, which is final" in refused["final"]


def test_the_other_door(said: dict[str, Any]) -> None:
    """Once by its key, also behind a redirect; problem documents name the fields."""
    assert said["door"] == {
        "status": 201, "again": True, "other": 409, "name": "Zoë", "slash": 2,
        "problem": "urn:order-queues:problem:order_not_found", "fields": ["prority"],
    }  # fmt: skip
