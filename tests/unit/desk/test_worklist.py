"""The worklist and the history on the desk: as order.worklist and order.history tell them."""

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.model.order import Order
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from lambdas.read_models.worklist.follower import Worklist
from lambdas.records.broken_promises import BrokenPromise, BrokenPromises
from tests.unit.desk.staff import DEDICATED, VIRTUAL, Staff, at_call_back, stored


def on_the_worklist(site: Site, **info: str) -> Order:
    order = at_call_back(site, **info)
    Worklist(site.desk.read_models).follow(None, order)
    return order


def test_the_first_page_is_what_waits_and_leads_to_its_order(site: Site, staff: Staff) -> None:
    order = on_the_worklist(site, company="Cobol Ltd")

    shown = staff.open("/desk?whose=all")

    assert "Identity Call-back: waiting" in shown.text
    assert "fraud lead nobody" in shown.text
    assert f"order-{order.order_id}" in {values.get("id") for _, values in shown.read.tags}
    assert "Nothing waits here." in staff.open("/desk/worklist?whose=mine").text


def test_the_worklist_shows_no_work_of_other_queues_and_no_names_without_the_right(site: Site) -> None:
    on_the_worklist(site, company="Cobol Ltd")

    assert "Nothing waits here." in Staff.with_role(site, "operator", VIRTUAL).open("/desk").text
    text = Staff.with_role(site, "viewer", DEDICATED).open("/desk").text
    assert "Identity Call-back" in text
    assert "Cobol" not in text


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ({"company": "Cobol Ltd", "first": "Grace", "last": "Hopper"}, "Cobol Ltd"),
        ({"company": "", "first": "Grace", "last": "Hopper"}, "Grace Hopper"),
    ],
)
def test_who_ordered_is_shown_by_company_or_by_name(site: Site, staff: Staff, info: dict[str, str], name: str) -> None:
    order = on_the_worklist(site, **info)

    assert name in staff.open("/desk?whose=all").text
    assert name in staff.open(f"/desk/queues/{order.order_queue_id}/{order.step_id}").text
    assert f"Order {order.order_id}" in staff.order(order.order_id).text


def test_an_order_shows_who_changed_it_when_and_why(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    history = History(HistoryTable(site.desk.history), site.now)
    history.follow(None, order)
    staff.order(order.order_id)
    staff.press("skip 3202", reason="known for years")
    assert "The latest changes are not recorded yet." in staff.shown_text()
    history.follow(order, stored(site, order))

    text = staff.order(order.order_id).text

    assert "boss (user)" in text
    assert "known for years" in text
    assert "not recorded yet" not in text


def test_broken_promises_stand_above_what_waits_and_lead_to_their_orders(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    break_promise(site, order.order_id)
    break_promise(site, "queue <b>3</b> step 2")

    shown = staff.open("/desk?whose=all")

    assert "Broken promises" in shown.text and "wait 21 is nobody's" in shown.text and "name an owner" in shown.text
    assert "queue <b>3</b> step 2" in shown.text  # as text
    assert f"order-{order.order_id}" in {values.get("id") for _, values in shown.read.tags}
    assert "Broken promises" not in staff.open("/desk?whose=mine").text
    assert "Broken promises" not in Staff.with_role(site, "operator", VIRTUAL).open("/desk?whose=all").text


def break_promise(site: Site, place: str) -> None:
    broken = BrokenPromise(
        promise="wait has an owner",
        place=place,
        what="wait 21 is nobody's",
        mend="name an owner",
        first_day="2027-01-14",
        last_day="2027-01-14",
        pass_begun_at=1,
    )
    assert BrokenPromises(site.desk.records).note(broken)
