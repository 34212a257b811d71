"""Signing in to the desk, and when a session ends."""

import re
from dataclasses import replace

import pytest

from lambdas.access.login_limits import FAILED_LOGINS_OF_ONE
from lambdas.desk.web.site import Site
from lambdas.records.users.sessions import IDLE_SECONDS, LASTS_SECONDS
from lambdas.records.users.sign_in_links import LASTS_SECONDS as LINK_SECONDS
from lambdas.records.users.sign_in_links import SignInLinks
from tests.support.build import Clock
from tests.unit.desk.staff import DEDICATED, Staff, at_call_back


def is_at_sign_in(staff: Staff) -> bool:
    return "Sign in to the order desk" in staff.open("/desk").text


def test_user_and_token_lead_to_the_worklist(site: Site) -> None:
    shown = Staff(site).sign_in("ada", site.users.add("ada", now=site.now()))

    assert shown.status == 200
    assert "Worklist" in shown.text


def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(site: Site) -> None:
    staff, token = Staff(site), site.users.add("ada", now=site.now())
    path, inputs = staff.open("/desk/sign-in").form("sign-in")
    answer = staff.post(path, {**inputs, "user": "ada", "token": token})

    (cookie,) = answer.set_cookies
    assert re.fullmatch(r"__Host-desk=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", cookie)
    assert token not in str(answer.headers)
    assert token not in cookie


def test_whoever_asks_for_an_order_gets_there_after_signing_in(site: Site) -> None:
    order, staff = at_call_back(site), Staff(site)
    staff.open(f"/desk/orders/{order.order_id}")

    shown = staff.press("sign-in", user="ada", token=site.users.add("ada", now=site.now()))

    assert f"Order {order.order_id}" in shown.text


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "/desk/../orders", "/forms"]
)
def test_a_sign_in_leads_nowhere_else(site: Site, to: str) -> None:
    staff = Staff(site)
    path, inputs = staff.open("/desk/sign-in").form("sign-in")

    answer = staff.post(path, {**inputs, "user": "ada", "token": site.users.add("ada", now=site.now()), "to": to})

    assert answer.headers["Location"] == "/desk"


def test_wrong_logins_look_the_same_whether_the_user_exists(site: Site) -> None:
    site.users.add("ada", now=site.now())
    texts = {Staff(site).sign_in(name, "wrong").text for name in ("ada", "eve")}

    assert len(texts) == 1
    assert "User or token is wrong" in texts.pop()


def test_guesses_are_refused_without_being_looked_at(site: Site) -> None:
    token = site.users.add("ada", now=site.now())
    for _ in range(FAILED_LOGINS_OF_ONE):
        Staff(site).sign_in("ada", "wrong")

    assert "Too many sign-ins failed" in Staff(site).sign_in("ada", token).text


def test_a_page_of_another_site_signs_nobody_in(site: Site) -> None:
    staff, token = Staff(site), site.users.add("ada", now=site.now())
    path, inputs = staff.open("/desk/sign-in").form("sign-in")
    sent = {**inputs, "user": "ada", "token": token}

    foreign = staff.post(path, sent, **{"sec-fetch-site": "cross-site"})
    without_page = Staff(site).post(path, sent)

    assert (foreign.status, without_page.status) == (403, 403)
    assert not foreign.set_cookies


def test_signing_out_ends_the_session_for_whoever_has_its_cookie(site: Site, staff: Staff) -> None:
    thief = Staff(site, cookies=dict(staff.cookies))
    staff.open("/desk")
    staff.press("sign-out")

    assert is_at_sign_in(thief)


def test_a_session_ends_with_its_token_and_with_its_user(site: Site) -> None:
    by_token, by_user = Staff.signed_in(site, "ada"), Staff.signed_in(site, "bob")
    ada = site.users.find("ada")
    assert ada
    site.users.revoke("ada", ada.tokens[0].token_id)
    site.users.revoke("bob")

    assert is_at_sign_in(by_token)
    assert is_at_sign_in(by_user)


def test_a_right_that_is_taken_away_is_gone_at_once(site: Site) -> None:
    order, staff = at_call_back(site), Staff.with_role(site, "supervisor")
    assert "skip 3202" in staff.order(order.order_id).acts
    site.users.grant("supervisor", ())

    assert staff.order(order.order_id).status == 403


def test_a_session_ends_after_its_hours_however_much_it_is_used(site: Site, staff: Staff, clock: Clock) -> None:
    for _ in range(LASTS_SECONDS // (IDLE_SECONDS // 2)):
        assert not is_at_sign_in(staff)
        clock.time += IDLE_SECONDS // 2

    assert is_at_sign_in(staff)


def test_a_page_that_only_updates_itself_does_not_keep_a_session(site: Site, staff: Staff, clock: Clock) -> None:
    for _ in range(4):
        clock.time += IDLE_SECONDS // 4
        staff.ask("GET", "/desk?part=1")

    assert staff.ask("GET", "/desk?part=1").status == 401
    assert is_at_sign_in(staff)


def test_two_sessions_of_one_browser_do_not_stay_open(site: Site, staff: Staff) -> None:
    before = Staff(site, cookies=dict(staff.cookies))
    staff.sign_in("ada", site.users.add("ada", now=site.now()))

    assert not is_at_sign_in(staff)
    assert is_at_sign_in(before)


def test_on_one_s_own_machine_the_desk_works_without_https(site: Site) -> None:
    staff = Staff(site, scheme="http")

    assert "Worklist" in staff.sign_in("ada", site.users.add("ada", now=site.now())).text
    assert set(staff.cookies) == {"desk", "desk-sign-in"}


def test_no_page_is_kept_framed_or_sent_on(staff: Staff, site: Site) -> None:
    order = at_call_back(site)
    for path in (
        "/desk",
        "/desk/sign-in",
        f"/desk/queues/{DEDICATED}/302",
        f"/desk/orders/{order.order_id}",
        "/desk/no",
    ):
        headers = staff.open(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "script-src 'self'; style-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_link_signs_in_once_and_only_where_links_are_taken(site: Site) -> None:
    token, links = site.users.add("ada", now=site.now()), SignInLinks(site.desk.records)
    user, order = site.users.find("ada"), at_call_back(site)
    assert user
    path = f"{links.make(user, token, site.now())}?to=/desk/orders/{order.order_id}"
    assert Staff(site).ask("GET", path).headers["Location"].startswith("/desk/sign-in")  # as on a deployed stage
    own_machine = replace(site, links=links)

    shown = Staff(own_machine).open(path)

    assert f"Order {order.order_id}" in shown.text
    assert Staff(own_machine).open(path).status == 410


def test_a_link_is_over_after_its_time_and_leads_nowhere_else(site: Site, clock: Clock) -> None:
    token, links = site.users.add("ada", now=site.now()), SignInLinks(site.desk.records)
    user, staff = site.users.find("ada"), Staff(replace(site, links=links))
    assert user
    first, second = (links.make(user, token, site.now()) for _ in range(2))

    assert staff.ask("GET", f"{first}?to=//evil.example").headers["Location"] == "/desk"
    clock.time += LINK_SECONDS
    assert staff.ask("GET", second).status == 410
