"""What the pages of the desk show, and to whom."""

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Hold
from lambdas.orders.model.packs import AppliedTax
from lambdas.records.posts.post import Post, PostKind
from lambdas.records.users.rights import ROLES, Grant
from tests.unit.desk.staff import DEDICATED, VIRTUAL, Staff, an_order_in, at_call_back, changed, stored

HOSTILE = '"><script>alert(1)</script><cwdb-action action="call">{{7*7}}\' onload=x'


def test_the_board_counts_the_orders_of_each_step(site: Site, staff: Staff) -> None:
    for _ in range(3):
        site.desk.counts.follow(None, at_call_back(site))

    shown = staff.open("/desk/board")

    assert "Dedicated server 3 in progress" in shown.text
    assert "Verification 3" in shown.text
    assert any(values.get("href") == f"/desk/queues/{DEDICATED}/302" for _, values in shown.read.tags)


def test_the_board_has_the_queues_that_the_user_sees_and_no_others(site: Site) -> None:
    text = Staff.with_role(site, "viewer", VIRTUAL).open("/desk/board").text

    assert "Virtual hosting" in text
    assert "Dedicated server" not in text


def test_orders_of_a_step_are_listed_in_pages(site: Site, staff: Staff) -> None:
    numbers = [at_call_back(site).order_id for _ in range(52)]

    first = staff.open(f"/desk/queues/{DEDICATED}/302")
    older = next(values["href"] for tag, values in first.read.tags if tag == "a" and "cursor" in values["href"])
    second = staff.open(older)

    listed = [
        values["id"]
        for page in (first, second)
        for tag, values in page.read.tags
        if values.get("id", "").startswith("order-")
    ]
    assert listed == [f"order-{number}" for number in reversed(numbers)]
    assert "Identity Call-back: waiting" in first.text


@pytest.mark.parametrize("path", [f"/desk/queues/{DEDICATED}/302", "/desk/queues/99/1", f"/desk/queues/{VIRTUAL}/302"])
def test_a_step_of_a_queue_that_is_not_seen_is_not_there(site: Site, path: str) -> None:
    assert Staff.with_role(site, "viewer", VIRTUAL).open(path).status == 404


def test_an_order_says_whether_its_client_was_charged_twice_to_those_who_may_see_money(
    site: Site, staff: Staff
) -> None:
    order = an_order_in(site)

    assert "Charged twice? No: nothing was taken, and 9.95 USD is held once." in staff.order(order.order_id).text
    assert "Charged twice?" not in Staff.with_role(site, "supervisor", VIRTUAL).order(order.order_id).text
    lead = an_order_in(site, submit=False)
    assert "Charged twice?" not in staff.order(lead.order_id).text  # nothing was asked for


def test_a_canceled_order_says_what_is_left_of_it(site: Site, staff: Staff) -> None:
    order = an_order_in(site)
    site.desk.service.cancel(stored(site, order), "not wanted", by="jane")

    text = staff.order(order.order_id).text

    assert "Left after the cancel Still open: its actions are still being undone; 9.95 USD is still held." in text


def test_the_registers_answer_stands_beside_the_tax(site: Site, staff: Staff) -> None:
    order = an_order_in(site)
    tax = AppliedTax(tax_id="1", name="VAT", rate="0", reverse_charge=True, vat_check="valid 2027-01-15 WAPIAAAAX1")
    changed(site, order, priced=tuple(pack.changed(taxes=(tax,)) for pack in order.priced))

    assert "VAT number valid 2027-01-15 WAPIAAAAX1" in staff.order(order.order_id).text


def test_an_order_of_another_queue_is_refused_as_one_that_is_not_there(site: Site) -> None:
    order, staff = at_call_back(site), Staff.with_role(site, "viewer", VIRTUAL)

    found, missing = staff.order(order.order_id), staff.order("4711")

    assert (found.status, found.text) == (missing.status, missing.text)
    assert found.status == 403


def test_an_order_says_under_which_brand_it_was_sold(site: Site, staff: Staff) -> None:
    for queue_id, brand, other in ((VIRTUAL, "Example Hosting", "Example Domains"), (4, "Example Domains", "")):
        order = an_order_in(site, queue_id, submit=False)
        text = " ".join(staff.order(order.order_id).text.split())

        assert f"Brand {brand} Reference for the client" in text
        assert not other or other not in text


def test_an_order_says_why_it_waits_for_whom_until_when_and_what_can_be_done(site: Site, staff: Staff) -> None:
    text = staff.order(at_call_back(site).order_id).text

    assert "Why it waits Identity Call-back to do: call the client back Who acts fraud lead" in text
    assert "Due" in text
    assert "To do Do it and process it, or skip it." in text


def test_each_state_of_an_action_has_a_word_and_a_shape_of_its_own(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    states = dict(zip(("3203", "3204", "3301", "3302"), ("running", "failed", "skipped", "undone"), strict=True))
    actions = {
        key: action.changed(state=ActionState(states[key])) if key in states else action
        for key, action in order.actions.items()
    }
    shown = staff.order(changed(site, order, actions=actions).order_id)

    for word in ("done", "waiting", "running", "failed", "skipped", "taken back", "ahead"):
        assert f" {word} " in shown.text
    marks = {
        values["class"]: part for part in shown.body.split("<svg ")[1:] for values in [{"class": part.split('"')[1]}]
    }
    drawings = {name: part[part.index(">") : part.index("</svg>")] for name, part in marks.items()}
    assert len(set(drawings.values())) == len(drawings) == 7


@pytest.mark.parametrize(
    ("hold", "canceled", "words"),
    [
        (None, False, "Held nothing"),
        (False, False, "Held 12.00 USD"),
        (True, False, "Captured 12.00 USD"),
        (False, True, "Released 12.00 USD"),
        (True, True, "Refunded 12.00 USD"),
    ],
)
def test_money_is_held_captured_released_or_refunded(
    site: Site, staff: Staff, hold: bool | None, canceled: bool, words: str
) -> None:
    held = None
    if hold is not None:
        held = Hold(transaction_id="t", key="k", method="cc", amount_cents=1200, currency="USD", captured=hold)
    order = changed(site, at_call_back(site), hold=held, unwound_at=site.now() if canceled else None)

    assert words in staff.order(order.order_id).text


def test_without_the_right_to_personal_data_nothing_of_the_person_is_shown(site: Site) -> None:
    order = at_call_back(site, first="Grace", last="Hopper", company="Cobol Ltd", email="grace@example.com")
    post = Post(
        order_id=order.order_id, kind=PostKind.COMMENT, author="x", subject="x", body="secret words", posted_at=1
    )
    site.desk.posts.add(post, None)

    text = Staff.with_role(site, "viewer").order(order.order_id).body
    listed = Staff.signed_in(site, "other", Grant(rights=ROLES["viewer"])).open(f"/desk/queues/{DEDICATED}/302").body

    for word in ("Grace", "Hopper", "Cobol", "grace@example.com", "secret words"):
        assert word not in text
        assert word not in listed
    assert "You may not see personal data." in text


def test_hostile_text_stays_text_in_every_field(site: Site, staff: Staff) -> None:
    info = dict.fromkeys(("first", "last", "company", "address", "city"), HOSTILE)
    order = at_call_back(site, **info)
    action = order.actions["3202"].changed(reason=HOSTILE, name=HOSTILE, owner=HOSTILE, by=HOSTILE)
    steps = tuple(step.changed(name=HOSTILE) for step in order.checklist_steps)
    waits = {key: wait.changed(owner=HOSTILE) for key, wait in order.waits.items()}
    priced = tuple(pack.changed(title=HOSTILE, description=HOSTILE) for pack in order.priced)
    order = changed(
        site, order, listed_company=HOSTILE, owner=HOSTILE, changed_by=HOSTILE, changed_how=HOSTILE, priced=priced,
        actions={**order.actions, "3202": action}, waits=waits, checklist_steps=steps, review_because=HOSTILE,
        canceled_because=HOSTILE, canceled_by=HOSTILE,
    )  # fmt: skip
    for kind in PostKind:
        said = {"author": HOSTILE, "by": HOSTILE, "subject": HOSTILE, "body": HOSTILE}
        site.desk.posts.add(Post(order_id=order.order_id, kind=kind, posted_at=1, **said), None)

    pages = [staff.order(order.order_id), staff.open(f"/desk/queues/{DEDICATED}/302")]
    pages.append(staff.open("/desk/orders/" + "%22%3E%3Cscript%3E"))

    for shown in pages:
        tags = {tag for tag, _ in shown.read.tags}
        assert "cwdb-action" not in tags
        assert [values for tag, values in shown.read.tags if tag == "script"] in ([], [{**_script(shown.read.tags)}])
        assert not any(name.startswith("on") for _, values in shown.read.tags for name in values)
        assert "49" not in [word for word in shown.text.split() if word == "49"]
    assert pages[0].text.count("<script>alert(1)</script>") > 10


def _script(tags: list[tuple[str, dict[str, str]]]) -> dict[str, str]:
    return next(values for tag, values in tags if tag == "script" and values["src"].startswith("/desk/static/"))


def test_a_page_that_updates_itself_gets_its_content_alone(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    whole, part = staff.order(order.order_id), staff.ask("GET", f"/desk/orders/{order.order_id}?part=1")

    assert part.body.strip() in whole.body
    assert "<html" not in part.body


def test_the_same_order_is_drawn_the_same_so_that_nothing_is_replaced_in_vain(site: Site, staff: Staff) -> None:
    path = f"/desk/orders/{at_call_back(site).order_id}?part=1"

    assert staff.ask("GET", path).body == staff.ask("GET", path).body


def test_static_files_are_served_and_kept(staff: Staff) -> None:
    tags = [values for tag, values in staff.open("/desk").read.tags if tag in ("link", "script")]
    hrefs = [values.get("href") or values["src"] for values in tags]

    assert len(hrefs) == 3
    for href in hrefs:
        assert href
        answer = staff.ask("GET", href)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


def test_every_order_of_every_queue_can_be_shown(site: Site, staff: Staff) -> None:
    for queue in site.desk.service.queues.values():
        lead = an_order_in(site, queue.order_queue_id, submit=False)
        assert staff.order(lead.order_id).status == 200
        assert stored(site, lead) == lead
