"""The search box of the desk: the same search as `order.search`, for what its user may see."""

from lambdas.desk.web.site import Site
from lambdas.orders.model.order import Order
from lambdas.read_models.search.entries import SearchEntries
from tests.unit.desk.staff import DEDICATED, VIRTUAL, Shown, Staff, at_call_back


def indexed(site: Site, **info: str) -> Order:
    """An order whose terms the announcer wrote."""
    order = at_call_back(site, **info)
    SearchEntries(site.desk.read_models).follow(None, order)
    return order


def found(shown: Shown) -> list[str]:
    return [values["id"] for tag, values in shown.read.tags if tag == "a" and values.get("id", "").startswith("order-")]


def test_an_order_is_found_by_name_company_and_address(site: Site, staff: Staff) -> None:
    order = indexed(site, first="Grace", last="Hopper", company="Cobol Ltd", email="grace@example.org")
    indexed(site)
    for query in ("hopper", "COBOL", "grace@example.org", "gra hop"):
        assert found(staff.open(f"/desk/find?q={query.replace(' ', '+')}")) == [f"order-{order.order_id}"], query


def test_a_number_opens_its_order(site: Site, staff: Staff) -> None:
    order = indexed(site)

    assert f"Order {order.order_id}:" in staff.open(f"/desk/find?q={order.order_id}").text


def test_nobody_finds_by_names_without_the_right_or_in_a_queue_they_do_not_see(site: Site) -> None:
    indexed(site, last="Hopper")

    assert found(Staff.with_role(site, "viewer", DEDICATED).open("/desk/find?q=hopper")) == []
    assert found(Staff.with_role(site, "operator", VIRTUAL).open("/desk/find?q=hopper")) == []


def test_what_cannot_be_searched_for_is_said(staff: Staff) -> None:
    assert "What you typed" in staff.open("/desk/find?q=" + "a" * 300).text
    assert staff.open("/desk/find?q=4111111111111111").status == 422


def test_a_hostile_query_stays_text(staff: Staff) -> None:
    shown = staff.open("/desk/find?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")

    assert next(values["src"] for tag, values in shown.read.tags if tag == "script").startswith("/desk/static/")
    assert len([tag for tag, _ in shown.read.tags if tag == "script"]) == 1
