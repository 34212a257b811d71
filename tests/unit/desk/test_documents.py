"""Staff see an order's invoices and credit notes, and what its client has stored to pay by, if they may see client and money."""

from dataclasses import replace

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.model.order import Order
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.unit.desk.staff import DEDICATED, VIRTUAL, Staff, an_order_in
from tests.unit.desk.test_pages import HOSTILE
from tests.unit.documents.conftest import issued
from tests.unit.records.builders import a_client


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


def test_a_document_can_be_saved_as_data_where_the_stage_wants_it(site: Site, order: Order) -> None:
    ClientRecords(site.desk.records).add(a_client(company="Engines Ltd", country="DE"))
    invoice = issued(site.desk.records, order.order_id)
    electronic = replace(site, desk=replace(site.desk, electronic_invoices=True))
    path = f"/desk/orders/{order.order_id}/invoices/{invoice.document_number}"

    billing, operator = Staff.with_role(electronic, "billing"), Staff.with_role(electronic, "operator")
    assert f"{path}.xml" in billing.open(path).body
    assert billing.open(f"{path}.xml").headers["Content-Type"] == "text/xml"
    assert operator.open(f"{path}.xml").status == 403
    assert Staff.with_role(site, "admin").open(f"{path}.xml").status == 404


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


CARD = PaymentMethod(
    kind=MethodKind.CARD, token="tok_secret", brand="Visa", last_four="4242", expiry="1230",
    holder={"fname": "Grace", "lname": HOSTILE}, gateway="stripe",
)  # fmt: skip
ACCOUNT = PaymentMethod(kind=MethodKind.BANK_ACCOUNT, token="tok_other", bank="First Bank", last_four="6789")


@pytest.fixture
def stored(site: Site, order: Order) -> Order:
    """The order, of a client with two stored methods."""
    ClientRecords(site.desk.records).add(a_client(client_id="777", brand_id=order.brand_id, order_id=None))
    for method in (CARD, ACCOUNT):
        PaymentMethodRecords(site.desk.records).add("777", method, is_default=False)
    return site.desk.service.store.save(order.changed(client_id="777"))


def test_staff_see_each_method_and_which_is_the_default_one(site: Site, staff: Staff, stored: Order) -> None:
    shown = staff.order(stored.order_id)

    assert "Stored card Visa 4242 default, expires 12/30, Grace" in " ".join(shown.text.split())
    assert "kept at stripe, number 1" in " ".join(shown.text.split())
    assert "Stored bank account First Bank 6789 number 2" in " ".join(shown.text.split())
    assert "<script>alert" not in shown.body
    assert "tok_secret" not in shown.body
    assert "tok_other" not in shown.body


@pytest.mark.parametrize(
    "rights", [ROLES["operator"], ROLES["admin"] - {Right.PERSONAL_DATA}, ROLES["admin"] - {Right.MONEY}]
)
def test_others_see_none(site: Site, stored: Order, rights: frozenset[Right]) -> None:
    shown = Staff.signed_in(site, "other", Grant(rights=rights)).order(stored.order_id)

    assert shown.status == 200
    assert "Stored" not in shown.text


def test_a_client_of_another_brand_shows_nothing(site: Site, staff: Staff, stored: Order) -> None:
    ClientRecords(site.desk.records).add(
        a_client(client_id="778", brand_id=stored.brand_id + 1, order_id=None, uber_login="other")
    )
    PaymentMethodRecords(site.desk.records).add("778", CARD, is_default=False)
    site.desk.service.store.save(site.desk.service.store.get(stored.order_id).changed(client_id="778"))

    assert "4242 default" not in staff.order(stored.order_id).text


def test_staff_see_a_document_in_the_language_of_its_order(site: Site) -> None:
    store, order = site.desk.service.store, an_order_in(site)
    stored = store.get(order.order_id)
    store.save(stored.changed(info={**stored.info, "lang": "de"}))
    invoice = issued(site.desk.records, order.order_id)
    german = replace(site, desk=replace(site.desk, languages=("en", "de")))
    path = f"/desk/orders/{order.order_id}/invoices/{invoice.document_number}"

    assert "<h1>Rechnung</h1>" in Staff.with_role(german, "billing").open(path).body
    assert "<h1>Invoice</h1>" in Staff.with_role(site, "admin").open(path).body
