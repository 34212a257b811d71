"""Prolonging a pause on the desk: a new end and reason for the pause that was shown, and for no other one."""

import pytest

from lambdas.desk.web.site import Site
from lambdas.records.users.rights import ROLES, Grant
from tests.support.build import Clock
from tests.unit.desk.staff import VIRTUAL, Shown, Staff
from tests.unit.desk.test_desk_pauses import pause


def change(staff: Staff, **typed: str) -> Shown:
    return staff.press("change", **{"minutes": "120", "reason": "still down", **typed})


def test_a_pause_gets_another_end_and_reason(site: Site, staff: Staff, clock: Clock) -> None:
    pause(staff, minutes="60")
    (first,) = site.pausing.records.listed()
    other = Staff.signed_in(site, "other")
    clock.time += 1_800
    shown = other.open("/desk/pauses")
    assert next(inputs for path, inputs in shown.read.forms if path.endswith("/change"))["reason"] == first.reason

    shown = change(other)

    assert "Its end and reason were changed." in shown.text
    (longer,) = site.pausing.records.listed()
    said = {"reason": "still down", "by": "other", "ends_at": clock() + 7_200, "revision": 2}
    assert longer == first.changed(**said)
    assert "still down" in staff.open("/desk").text
    clock.time += 1_900  # past the first end
    assert "is paused until 15 Jan 2027, 10:30 UTC" in staff.open("/desk").text


def test_a_pause_that_somebody_changed_is_not_changed_or_ended_by_an_older_page(site: Site, staff: Staff) -> None:
    pause(staff)
    other = Staff.signed_in(site, "other")
    other.open("/desk/pauses")
    staff.open("/desk/pauses")
    change(staff, minutes="300", reason="until the morning")
    before = site.pausing.records.listed()

    forms = {path.rsplit("/", 1)[1]: (path, inputs) for path, inputs in other.shown.read.forms if "pauses/" in path}  # type: ignore[union-attr]
    for what, typed in (("change", {"minutes": "5", "reason": "short"}), ("resume", {})):
        path, inputs = forms[what]
        refused = other.post(path, {**inputs, **typed})
        assert refused.status == 409, what
        assert "was changed meanwhile by boss, and ends 2027-01-15 13:00 UTC." in refused.text
        assert site.pausing.records.listed() == before


def test_a_pause_that_is_over_is_not_prolonged_and_a_newer_one_is_left_alone(
    site: Site, staff: Staff, clock: Clock
) -> None:
    pause(staff, minutes="1")
    staff.open("/desk/pauses")
    old = {path.rsplit("/", 1)[1]: (path, inputs) for path, inputs in staff.shown.read.forms if "pauses/" in path}  # type: ignore[union-attr]
    clock.time += 60
    shown = change(staff)
    assert "It was over already, so nothing was changed." in shown.text
    assert not site.pausing.records.active()

    pause(staff, reason="down again")
    before = site.pausing.records.active()
    for path, inputs in old.values():
        refused = staff.post(path, {**inputs, "minutes": "5", "reason": "x"})
        assert (refused.status, "is paused already, by boss" in refused.text) == (409, True), path
    assert site.pausing.records.active() == before


def test_changing_a_pause_twice_by_one_button_changes_it_once(site: Site, staff: Staff, clock: Clock) -> None:
    pause(staff)
    path, inputs = next(form for form in staff.open("/desk/pauses").read.forms if form[0].endswith("/change"))
    sent = {**inputs, "minutes": "120", "reason": "still down"}
    assert staff.post(path, sent).status == 303
    clock.time += 2
    assert staff.post(path, sent).status == 303
    (found,) = site.pausing.records.listed()
    assert (found.revision, found.ends_at) == (2, clock() - 2 + 7_200)
    assert staff.post(path, {**sent, "minutes": "1"}).status == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"reason": "4242 4242 4242 4242"},
        {"minutes": "0"},
        {"minutes": "10081"},
        {"pause_id": ""},
        {"revision": ""},
        {"revision": "-1"},
        {"what": "module:nothing"},
    ],
)
def test_a_wrong_change_of_a_pause_is_refused_in_words(site: Site, staff: Staff, wrong: dict[str, str]) -> None:
    pause(staff)
    before = site.pausing.records.listed()

    assert change(staff, **wrong).status == 422
    assert site.pausing.records.listed() == before


def test_another_things_pause_is_not_changed_by_its_id(site: Site, staff: Staff) -> None:
    """A right in one queue reaches no pause of the gateway whose id is known."""
    pause(staff, what="gateway:sandbox")
    (of_gateway,) = site.pausing.records.listed()
    some = Staff.signed_in(site, "some", Grant(rights=ROLES["supervisor"], queues=frozenset({VIRTUAL})))
    shown = some.open("/desk/pauses")
    assert not [path for path, _ in shown.read.forms if path.endswith(("/change", "/resume"))]
    csrf = next(inputs["csrf"] for _, inputs in shown.read.forms if "csrf" in inputs)
    forged = {"csrf": csrf, "pause_id": of_gateway.pause_id, "revision": "1", "minutes": "1", "reason": "x"}

    for path in ("change", "resume"):
        assert some.post(f"/desk/pauses/{path}", {**forged, "what": "gateway:sandbox"}).status == 403
        some.post(f"/desk/pauses/{path}", {**forged, "what": f"queue:{VIRTUAL}"})
        assert site.pausing.records.listed() == (of_gateway,)
