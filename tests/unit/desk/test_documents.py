"""Staff see an order's invoices and credit notes from its page, if they may see its client and its money."""

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.model.order import Order
from lambdas.records.invoices.invoice import Invoice
from tests.unit.desk.staff import DEDICATED, VIRTUAL, Staff, an_order_in
from tests.unit.documents.conftest import issued


@pytest.fixture
def order(site: Site) -> Order:
    return an_order_in(site)


@pytest.fixture
def invoice(site: Site, order: Order) -> Invoice:
    return issued(site.desk.records, order.order_id)


def test_the_order_leads_to_its_documents_and_back(staff: Staff, order: Order, invoice: Invoice) -> None:
    path = f"/desk/orders/{order.order_id}/invoices"
    assert any(values.get("href") == path for _, values in staff.order(order.order_id).read.tags)
    listed = staff.open(path)
    hrefs = [values["href"] for tag, values in listed.read.tags if tag == "a"]

    number = invoice.document_number
    assert hrefs == [f"/desk/orders/{order.order_id}", f"{path}/{number}", f"{path}/{number}.pdf"]
    assert f"Server of {order.order_id}" in staff.open(hrefs[1]).text
    assert staff.open(hrefs[2]).headers["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("role", ["viewer", "sales", "operator", "supervisor"])
def test_others_neither_see_the_way_there_nor_get_there(site: Site, order: Order, invoice: Invoice, role: str) -> None:
    staff, path = Staff.with_role(site, role), f"/desk/orders/{order.order_id}/invoices"

    assert path not in staff.order(order.order_id).body
    assert [staff.open(f"{path}{name}").status for name in ("", f"/{invoice.document_number}.pdf")] == [403, 403]


def test_a_document_of_several_orders_is_for_those_who_may_see_all_clients(site: Site, order: Order) -> None:
    shared = issued(site.desk.records, "", "101", f"{order.order_id}001", "999001")
    path = f"/desk/orders/{order.order_id}/invoices"

    assert shared.document_number in Staff.with_role(site, "billing").open(path).text
    bound = Staff.with_role(site, "admin", VIRTUAL, DEDICATED, order.order_queue_id)
    assert shared.document_number not in bound.open(path).text
    assert bound.open(f"{path}/{shared.document_number}").status == 404


def test_no_order_shows_a_document_of_another_one(site: Site, staff: Staff, order: Order, invoice: Invoice) -> None:
    other = an_order_in(site)

    assert staff.open(f"/desk/orders/{other.order_id}/invoices/{invoice.document_number}").status == 404


def test_a_lead_has_no_documents_to_see(site: Site, staff: Staff) -> None:
    lead = an_order_in(site, submit=False)

    assert "/invoices" not in staff.order(lead.order_id).body
