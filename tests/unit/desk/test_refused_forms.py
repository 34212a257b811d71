"""A form of the desk that is refused: its page says why, keeps what was typed, and leads back to what it was about."""

import pytest

from lambdas.desk.web.site import Site
from tests.unit.desk.staff import Shown, Staff, at_call_back, changed
from tests.unit.desk.test_desk_bulk import SKIP, _machine, preview, send  # noqa: F401 - the fixture is used by its name
from tests.unit.desk.test_desk_pauses import pause

REASON = "asked on the telephone, twice"


def typed_into(shown: Shown, path: str) -> dict[str, str]:
    return next(inputs for action, inputs in shown.read.forms if action.endswith(path))


def leads_back(staff: Staff, shown: Shown) -> bool:
    """It does not update, which would take what was typed, and the link below opens the page as it is now."""
    again = next(values["href"] for tag, values in shown.read.tags if values.get("id") == "reload")
    live = any("data-again" in values for _, values in shown.read.tags)
    return not live and staff.ask("GET", again).status == 200


@pytest.mark.parametrize("minutes", ["0", "soon", "10081", ""])
def test_a_pause_that_is_refused_keeps_what_was_typed(staff: Staff, minutes: str) -> None:
    staff.open("/desk/pauses")
    shown = staff.press("pauses", what="gateway:sandbox", reason=REASON, minutes=minutes)
    assert (shown.status, "Say after how many minutes it ends" in shown.text) == (422, True)
    typed = typed_into(shown, "/desk/pauses")
    assert (typed["what"], typed["reason"], typed["minutes"]) == ("gateway:sandbox", REASON, minutes)
    assert leads_back(staff, shown)
    assert "It is paused." in staff.press("pauses", minutes="30").text


def test_a_second_pause_of_the_same_is_refused_beside_the_first(site: Site, staff: Staff) -> None:
    other = Staff.signed_in(site, "other")
    other.open("/desk/pauses")
    pause(staff)
    shown = other.press("pauses", what="module:call_webhook", reason=REASON, minutes="5")
    assert shown.status == 409
    assert "its receiver is down" in shown.text
    assert typed_into(shown, "/desk/pauses")["reason"] == REASON


def test_a_change_of_a_pause_that_was_changed_meanwhile_is_ready_to_be_sent_again(site: Site, staff: Staff) -> None:
    pause(staff)
    other = Staff.signed_in(site, "other")
    other.open("/desk/pauses")
    staff.open("/desk/pauses")
    staff.press("change", minutes="300", reason="until the morning")

    shown = other.press("change", minutes="45", reason=REASON)
    assert (shown.status, "until the morning" in shown.text) == (409, True)
    typed = typed_into(shown, "/change")
    assert (typed["minutes"], typed["reason"], typed["revision"]) == ("45", REASON, "2")
    assert typed_into(shown, "/desk/pauses")["reason"] == ""
    assert leads_back(other, shown)

    assert "Its end and reason were changed." in other.press("change").text
    (found,) = site.pausing.records.listed()
    assert (found.reason, found.revision) == (REASON, 3)


def test_a_run_without_a_reason_shows_its_preview_again(site: Site, staff: Staff) -> None:
    before = preview(staff, at_call_back(site), **SKIP)
    shown = send(staff, "/run", reason=" ")
    assert (shown.status, "Say why" in shown.text) == (422, True)
    assert "1 order is acted on" in before.text and "1 order is acted on" in shown.text
    assert leads_back(staff, shown)
    long = send(staff, "/run", reason="x" * 501)
    assert (long.status, typed_into(long, "/run")["reason"]) == (422, "x" * 501)
    assert "0 done" in send(staff, "/run", reason=REASON).text


def test_a_choice_of_orders_that_is_refused_keeps_what_was_typed(staff: Staff) -> None:
    staff.open("/desk/bulk")
    shown = send(staff, "/desk/bulk", because="no answer", verb="skip", target="", received_from="2027-13-45T00:00")
    assert shown.status == 422
    typed = typed_into(shown, "/desk/bulk")
    assert (typed["because"], typed["verb"], typed["received_from"]) == ("no answer", "skip", "2027-13-45T00:00")
    assert leads_back(staff, shown)


def test_an_act_that_is_refused_leads_back_to_its_order(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)
    changed(site, order, priority=3)
    shown = staff.press("skip 3202", reason=REASON)
    assert shown.status == 409
    assert shown.form("skip 3202")[1]["reason"] == REASON
    assert leads_back(staff, shown)


@pytest.mark.parametrize("where", ["pauses", "bulk"])
def test_no_card_number_is_shown_again(site: Site, staff: Staff, where: str) -> None:
    number = "4111111111111111"
    if where == "pauses":
        staff.open("/desk/pauses")
        shown = staff.press("pauses", what="gateway:sandbox", reason=f"call {number}")
    else:
        preview(staff, at_call_back(site), **SKIP)
        shown = send(staff, "/run", reason=f"call {number}")
    assert shown.status == 422
    assert number not in shown.body
