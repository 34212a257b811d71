"""Many orders at the desk: choose, preview, run, look at the run; and what is refused."""

from collections.abc import Iterator

import pytest

from lambdas.bulk.pages import PageWork
from lambdas.bulk.run_records import RunRecords
from lambdas.bulk.worker import end
from lambdas.desk.web.site import Site
from lambdas.orders.model.order import Order
from lambdas.records.users.rights import ROLES, Grant, Right
from lambdas.runtime import aws
from tests.support.build import Clock
from tests.unit.api.conftest import make_bulk_machine
from tests.unit.desk.staff import DEDICATED, VIRTUAL, Shown, Staff, at_call_back, stored

HOSTILE = "<img src=x onerror=alert(1)>"
SKIP = {"verb": "skip", "target": "3202"}


@pytest.fixture(autouse=True)
def _machine(site: Site) -> Iterator[None]:
    aws._client.cache_clear()
    make_bulk_machine()
    yield
    aws._client.cache_clear()


def send(staff: Staff, path: str, **typed: str) -> Shown:
    """Press the button that leads there on the page that is shown."""
    assert staff.shown is not None
    inputs = next(inputs for action, inputs in staff.shown.read.forms if action.endswith(path))
    return staff._followed(
        staff.post(next(a for a, _ in staff.shown.read.forms if a.endswith(path)), {**inputs, **typed})
    )


def preview(staff: Staff, *orders: Order, **typed: str) -> Shown:
    staff.open("/desk/bulk")
    return send(staff, "/desk/bulk", orders=" ".join(order.order_id for order in orders), **typed)


def carry_out(site: Site, run_id: str) -> None:
    runs = RunRecords(site.desk.records)
    run = runs.find(run_id)
    assert run is not None
    work = PageWork(site.desk.service, runs, site.users, site.now, lambda: True, pause=lambda _: None)
    for number in range(run.pages):
        work.act_on_page(run_id, number)
    end(runs, run_id, run.starts, site.now())


def the_run(site: Site) -> str:
    (run, *_), _ = RunRecords(site.desk.records).latest(most=10)
    return run.run_id


def test_many_orders_are_skipped_with_a_preview_a_reason_and_their_outcomes(site: Site, staff: Staff) -> None:
    orders = [at_call_back(site) for _ in range(3)]
    shown = preview(staff, *orders, **SKIP)
    assert "3 orders are acted on, 0 refused" in shown.text
    assert "skip Identity Call-back (3202)" in shown.text

    shown = send(staff, "/run", reason="known for years")
    assert "0 done" in shown.text
    carry_out(site, the_run(site))
    shown = staff.open(f"/desk/bulk/runs/{the_run(site)}")

    assert "3 done, 0 changed meanwhile, 0 refused, 0 failed, 0 left" in shown.text
    assert all("known for years" in stored(site, order).actions["3202"].reason for order in orders)
    assert "known for years" in staff.open("/desk/bulk/runs").text


def test_the_button_pressed_twice_and_two_people_with_one_idea_act_once(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    preview(staff, order, **SKIP)
    first = send_without_following(staff, "/run", reason="known")
    second = send_without_following(staff, "/run", reason="known")
    assert (
        (first.status, first.headers["Location"])
        == (second.status, second.headers["Location"])
        == (303, second.headers["Location"])
    )
    other = Staff.signed_in(site, "other")
    preview(other, order, **SKIP)
    send(other, "/run", reason="me too")
    runs, _ = RunRecords(site.desk.records).latest(most=10)
    assert len(runs) == 2

    for run in runs:
        carry_out(site, run.run_id)

    counts = [RunRecords(site.desk.records).counts(run.run_id) for run in runs]
    assert sorted(str(sorted((kind.value, n) for kind, n in each.items() if n)) for each in counts) == [
        "[('changed', 1)]",
        "[('done', 1)]",
    ]


def send_without_following(staff: Staff, path: str, **typed: str) -> Shown:
    assert staff.shown is not None
    action, inputs = next(form for form in staff.shown.read.forms if form[0].endswith(path))
    return staff.post(action, {**inputs, **typed})


def test_a_stale_preview_and_anothers_are_refused(site: Site, staff: Staff, clock: Clock) -> None:
    preview(staff, at_call_back(site), **SKIP)
    assert staff.shown is not None
    action, _ = next(form for form in staff.shown.read.forms if form[0].endswith("/run"))
    other = Staff.signed_in(site, "other")
    assert other.open(action.removesuffix("/run")).status == 409
    clock.time += 31 * 60

    refused = send(staff, "/run", reason="late")

    assert (refused.status, "This preview is over" in refused.text) == (409, True)
    assert RunRecords(site.desk.records).latest(most=10) == ([], "")


def test_a_filter_finds_orders_and_one_that_matches_nothing_says_so(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.open(f"/desk/bulk?queue={DEDICATED}")
    found = send(staff, "/desk/bulk", state="waiting", because="CALL the client", **SKIP)
    assert "1 order is acted on" in found.text
    staff.open("/desk/bulk")
    nothing = send(staff, "/desk/bulk", queue=str(VIRTUAL), **SKIP)

    assert "No order that you see matches." in nothing.text
    assert not [path for path, _ in nothing.read.forms if path.endswith("/run")]
    assert stored(site, order).revision == order.revision


def test_a_filter_for_a_million_is_refused_in_plain_words(
    site: Site, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdas.bulk.previewing.MOST_ORDERS", 2)
    for _ in range(3):
        at_call_back(site)
    staff.open("/desk/bulk")

    shown = send(staff, "/desk/bulk", queue=str(DEDICATED), **SKIP)

    assert shown.status == 422
    assert "This is for more than 2 orders that it finds, the most of one run. Narrow it by queue" in shown.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"orders": "", **SKIP},
        {"orders": "12x", **SKIP},
        {"orders": "1001 " * 1999 + " ".join(map(str, range(2000, 4100))), **SKIP},
        {"orders": "1001", "verb": "eat"},
        {"orders": "1001", "verb": "skip"},
        {"orders": "1001", "verb": "move"},
        {"orders": "1001", "verb": "assign"},
        {"state": "happy", **SKIP},
        {"queue": "x", **SKIP},
        {"queue": "404", **SKIP},
        {"queue": "3", "received_from": "yesterday", **SKIP},
        {"queue": "3", "because": "4242 4242 4242 4242", **SKIP},
    ],
)
def test_what_cannot_be_chosen_is_said_and_what_was_typed_stays(staff: Staff, wrong: dict[str, str]) -> None:
    staff.open("/desk/bulk")

    shown = send(staff, "/desk/bulk", **{"verb": "retry", **wrong})

    assert shown.status == 422
    assert 'role="alert"' in shown.body
    _, inputs = next(form for form in shown.read.forms if form[0] == "/desk/bulk")
    assert inputs["orders"].strip() == wrong.get("orders", "").strip()


def test_orders_ticked_in_a_list_are_on_the_page(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    listed = staff.open(f"/desk/queues/{DEDICATED}/{order.step_id}")
    assert f'name="order-{order.order_id}"' in listed.body

    shown = staff.open(f"/desk/bulk?order-{order.order_id}=on&order-7=on&order-%3Cb%3E=on")

    _, inputs = next(form for form in shown.read.forms if form[0] == "/desk/bulk")
    assert inputs["orders"] == f"{order.order_id} 7"


def test_a_preview_knows_what_is_paused(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.open("/desk/pauses")
    staff.press("pauses", what="module:manual_check_off", reason="fire drill", minutes="60")

    shown = preview(staff, order, verb="process", target="3202")

    assert "1 waits because manual_check_off is paused until 2027-01-15 09:00 UTC" in shown.text


@pytest.mark.parametrize("role", ["viewer", "operator", "sales", "billing"])
def test_a_user_without_the_right_sees_no_page_and_is_refused_by_url(site: Site, role: str) -> None:
    someone = Staff.with_role(site, role)
    shown = someone.open("/desk")
    assert "/desk/bulk" not in shown.body
    csrf = next(inputs["csrf"] for _, inputs in shown.read.forms if "csrf" in inputs)

    for path in ("", "/runs", "/runs/" + "0" * 16, "/previews/" + "0" * 16 + "." + "0" * 32):
        assert someone.ask("GET", f"/desk/bulk{path}").status == 403, path
    for path in ("", "/runs/" + "0" * 16 + "/stop", "/previews/" + "0" * 16 + "." + "0" * 32 + "/run"):
        assert someone.post(f"/desk/bulk{path}", {"csrf": csrf, "reason": "x"}).status == 403, path


def test_a_user_of_some_queues_never_reaches_others_orders(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    rights = Grant(rights=frozenset(Right), queues=frozenset({VIRTUAL}))
    some = Staff.signed_in(site, "some", rights)
    assert "Dedicated" not in some.open("/desk/bulk").text

    for forged in (
        {"orders": order.order_id},
        {"queue": str(DEDICATED)},
        {"step": str(order.step_id)},
        {"state": "waiting"},
    ):
        some.open("/desk/bulk")
        shown = send(some, "/desk/bulk", **{**SKIP, **forged})
        assert not [path for path, _ in shown.read.forms if path.endswith("/run")], forged
        assert f"/desk/orders/{order.order_id}" not in shown.body or "there is no such order" in shown.body
        assert "Identity Call-back (3202)" not in shown.text
    preview(staff, order, **SKIP)
    send(staff, "/run", reason="known")
    run_id = the_run(site)

    assert some.open(f"/desk/bulk/runs/{run_id}").status == some.open("/desk/bulk/runs/" + "0" * 16).status == 404
    assert run_id not in some.open("/desk/bulk/runs").body


def test_a_user_of_another_brand_reaches_none_of_this_brands_orders(site: Site) -> None:
    order = at_call_back(site)
    foreign = Staff.signed_in(site, "foreign", Grant(rights=frozenset(Right), brands=frozenset({order.brand_id + 1})))

    for chosen in ({"orders": order.order_id}, {"state": "waiting"}):
        foreign.open("/desk/bulk")
        shown = send(foreign, "/desk/bulk", **{**SKIP, **chosen})
        assert not [path for path, _ in shown.read.forms if path.endswith("/run")], chosen
        assert "Identity Call-back (3202)" not in shown.text

    assert stored(site, order) == order


@pytest.mark.parametrize("at", [0, 15, 17, -1])
def test_a_preview_whose_address_was_altered_runs_nothing(site: Site, staff: Staff, at: int) -> None:
    preview(staff, at_call_back(site), **SKIP)
    assert staff.shown is not None
    action, inputs = next(form for form in staff.shown.read.forms if form[0].endswith("/run"))
    token = action.removesuffix("/run").rpartition("/")[2]
    letters = list(token)
    letters[at] = "0" if letters[at] != "0" else "1"

    refused = staff.post(action.replace(token, "".join(letters)), {**inputs, "reason": "x"})

    assert refused.status in (404, 409)
    assert RunRecords(site.desk.records).latest(most=10) == ([], "")


def test_what_is_added_to_the_form_of_a_preview_changes_nothing_of_what_was_looked_at(site: Site, staff: Staff) -> None:
    shown, other = at_call_back(site), at_call_back(site)
    preview(staff, shown, **SKIP)

    send(staff, "/run", reason="known", orders=other.order_id, verb="cancel", target="", user="somebody", filter="{}")
    carry_out(site, the_run(site))

    assert stored(site, other) == other
    assert stored(site, shown).actions["3202"].reason.endswith("): known")
    assert stored(site, shown).canceled_at is None


def test_a_run_is_stopped_and_continued_by_who_started_it(site: Site, staff: Staff) -> None:
    preview(staff, at_call_back(site), **SKIP)
    send(staff, "/run", reason="known")
    run_id = the_run(site)

    shown = send(staff, "/stop")
    assert "stopping: no further order is begun" in shown.text
    for each in aws.step_functions().list_executions(stateMachineArn=site.bulk_machine)["executions"]:
        aws.step_functions().stop_execution(executionArn=each["executionArn"])
    end(RunRecords(site.desk.records), run_id, 1, site.now())
    other = Staff.signed_in(site, "other")
    assert not [path for path, _ in other.open(f"/desk/bulk/runs/{run_id}").read.forms if path.endswith("/continue")]

    staff.open(f"/desk/bulk/runs/{run_id}")
    assert "running" in send(staff, "/continue").text
    carry_out(site, run_id)
    assert "1 done" in staff.open(f"/desk/bulk/runs/{run_id}").text


def test_names_and_reasons_are_text(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    hostile = Staff.signed_in(site, HOSTILE)
    preview(hostile, order, **SKIP)
    send(hostile, "/run", reason=HOSTILE)

    for path in ("/desk/bulk/runs", f"/desk/bulk/runs/{the_run(site)}"):
        body = staff.open(path).body
        assert "<img" not in body
        assert body.count("&lt;img src=x") >= 2


def test_another_site_runs_nothing(site: Site, staff: Staff) -> None:
    preview(staff, at_call_back(site), **SKIP)
    assert staff.shown is not None
    action, inputs = next(form for form in staff.shown.read.forms if form[0].endswith("/run"))

    assert staff.post(action, {**inputs, "csrf": "", "reason": "x"}).status == 403
    assert staff.post(action, {**inputs, "reason": "x"}, origin="https://evil.example").status == 403
    assert RunRecords(site.desk.records).latest(most=10) == ([], "")
    assert ROLES["supervisor"] >= {Right.BULK, Right.PAUSE}
