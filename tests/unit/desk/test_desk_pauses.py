"""Pauses on the desk: who sees them, who begins and ends them, and what everybody reads meanwhile."""

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.pauses import PauseKind
from lambdas.records.pauses.pause import KEPT_SECONDS
from lambdas.records.users.rights import ROLES, Grant
from tests.support.build import Clock
from tests.unit.desk.staff import DEDICATED, VIRTUAL, Staff, at_call_back

HOSTILE = '<img src=x onerror=alert(1)> "down"'


def pause(staff: Staff, what: str = "module:call_webhook", reason: str = "its receiver is down", **more: str) -> None:
    staff.open("/desk/pauses")
    staff.press("pauses", what=what, reason=reason, **more)


def test_a_pause_is_begun_with_reason_and_end_seen_on_every_page_and_ended(site: Site, staff: Staff) -> None:
    pause(staff, minutes="90")

    (found,) = site.pausing.records.listed()
    assert (found.kind, found.name, found.by, found.ends_at) == (
        PauseKind.MODULE,
        "call_webhook",
        "boss",
        site.now() + 90 * 60,
    )
    order = at_call_back(site)
    for path in ("/desk", "/desk/board", "/desk/find", "/desk/bulk", "/desk/pauses", f"/desk/orders/{order.order_id}"):
        assert "is paused until 15 Jan 2027, 09:30 UTC" in staff.open(path).text, path
    assert "its receiver is down" in staff.shown_text()

    staff.open("/desk/pauses")
    staff.press("resume")
    assert "It is paused no longer." in staff.shown_text()
    assert "is paused until" not in staff.open("/desk").text


def test_how_many_orders_wait_for_a_pause_is_shown(site: Site, staff: Staff) -> None:
    pause(staff)
    (found,) = site.pausing.records.listed()
    for order_id, action_id in (("1001", 1), ("1001", 2), ("1002", 1)):
        site.pausing.records.keep_waiting(found, order_id, action_id)

    assert "2 orders" in staff.open("/desk/pauses").text
    some = Staff.signed_in(site, "some", Grant(rights=ROLES["supervisor"], queues=frozenset({VIRTUAL})))
    assert "2 orders" not in some.open("/desk/pauses").text


def test_resuming_twice_is_no_error_and_two_who_pause_at_once_pause_once(site: Site, staff: Staff) -> None:
    pause(staff)
    other = Staff.signed_in(site, "other")
    other.open("/desk/pauses")
    staff.open("/desk/pauses")
    path, inputs = next(form for form in staff.open("/desk/pauses").read.forms if form[0] == "/desk/pauses")
    again = staff.post(
        path, {**inputs, "what": "module:call_webhook", "reason": "its receiver is down", "minutes": "7"}
    )
    assert again.status == 303
    others = other.press("pauses", what="module:call_webhook", reason="mine")
    assert (others.status, len(site.pausing.records.listed())) == (409, 1)
    assert "is paused already, by boss" in others.text

    other.open("/desk/pauses")
    staff.press("resume")
    shown = other.press("resume")
    assert (shown.status, "It was not paused any more" in shown.text) == (200, True)


def test_a_pause_that_ends_while_nobody_looks_is_over_on_the_next_page(site: Site, staff: Staff, clock: Clock) -> None:
    pause(staff, minutes="1")
    clock.time += 60

    shown = staff.open("/desk/pauses")

    assert "over since" in shown.text
    assert not [path for path, _ in shown.read.forms if path.endswith(("/resume", "/change"))]
    assert "is paused until" not in shown.text


def test_another_process_knows_of_a_pause_within_seconds(site: Site, staff: Staff, clock: Clock) -> None:
    staff.open("/desk")
    from lambdas.records.pauses.pause import PauseRecords

    elsewhere = PauseRecords(site.desk.records, site.now)
    elsewhere.start(PauseKind.GATEWAY, "sandbox", reason="the bank is down", by="eve", ends_at=clock() + 3600)
    clock.time += KEPT_SECONDS

    assert "Payment gateway sandbox" in staff.open("/desk").text


def test_a_reason_is_text_everywhere(site: Site, staff: Staff) -> None:
    pause(staff, reason=HOSTILE)

    for path in ("/desk", "/desk/pauses"):
        body = staff.open(path).body
        assert "<img" not in body
        assert "&lt;img src=x" in body


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_who_may_pause_is_offered_it_and_a_forged_button_is_refused(site: Site, role: str) -> None:
    may = role in ("supervisor", "admin")
    someone = Staff.with_role(site, role)
    shown = someone.open("/desk/pauses")
    assert ("Pause something" in shown.text) is may

    csrf = next(inputs["csrf"] for _, inputs in shown.read.forms if "csrf" in inputs)
    typed = {"csrf": csrf, "what": "module:call_webhook", "reason": "x", "minutes": "5"}
    answer = someone.post("/desk/pauses", typed)

    assert answer.status == (303 if may else 403)
    assert bool(site.pausing.records.listed()) is may


def test_who_has_the_right_in_some_queues_pauses_their_submits_alone(site: Site, staff: Staff) -> None:
    some = Staff.signed_in(site, "some", Grant(rights=ROLES["supervisor"], queues=frozenset({VIRTUAL})))
    shown = some.open("/desk/pauses")
    csrf = next(inputs["csrf"] for _, inputs in shown.read.forms if "csrf" in inputs)
    values = {each["value"] for tag, each in shown.read.tags if tag == "option"}
    assert values == {f"queue:{VIRTUAL}"}

    def forged(what: str) -> int:
        return some.post("/desk/pauses", {"csrf": csrf, "what": what, "reason": "x", "minutes": "5"}).status

    assert [forged(what) for what in (f"queue:{DEDICATED}", "module:call_webhook", "gateway:sandbox")] == [403] * 3
    assert forged(f"queue:{VIRTUAL}") == 303
    pause(staff, what=f"queue:{DEDICATED}", reason="stocktaking")
    assert "stocktaking" not in some.open("/desk/pauses").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"reason": "x" * 251},
        {"reason": "4242 4242 4242 4242"},
        {"minutes": "0"},
        {"minutes": "10081"},
        {"minutes": "soon"},
        {"what": "module"},
        {"what": "queue:x"},
        {"what": "house:1"},
        {"what": "module:nothing"},
        {"what": "queue:404"},
    ],
)
def test_what_is_no_pause_is_refused_in_words(site: Site, staff: Staff, wrong: dict[str, str]) -> None:
    staff.open("/desk/pauses")
    shown = staff.press("pauses", **{"what": "module:call_webhook", "reason": "down", "minutes": "5", **wrong})

    assert shown.status == 422
    assert site.pausing.records.listed() == ()


def test_another_site_pauses_nothing(site: Site, staff: Staff) -> None:
    staff.open("/desk/pauses")
    typed = {"what": "module:call_webhook", "reason": "x", "minutes": "5"}

    assert staff.post("/desk/pauses", typed).status == 403
    assert staff.post("/desk/pauses/change", {**typed, "pause_id": "x", "revision": "1"}).status == 403
    assert staff.post("/desk/pauses/resume", typed, origin="https://evil.example").status == 403
    assert site.pausing.records.listed() == ()
