"""The language of a document: its order's, wherever it is had."""

import pytest

from lambdas.catalog.brands.brand import Brand, Brands
from lambdas.documents.language import language_of_document
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.records.invoices.invoice import Invoice
from tests.support.build import an_order
from tests.unit.records.builders import an_invoice

LANGUAGES = {"1001": "de", "1002": "fr", "1003": ""}


def get_order(order_id: str) -> Order:
    if order_id not in LANGUAGES:
        raise OrderNotFoundError("that number")
    return an_order(order_id=order_id, info={"lang": LANGUAGES[order_id]})


def of_services(*service_ids: str) -> Invoice:
    line = an_invoice().lines[0]
    return an_invoice(order_id=None, lines=tuple(line.changed(service_id=each) for each in service_ids))


@pytest.mark.parametrize(
    ("invoice", "language"),
    [
        (an_invoice(order_id="1001"), "de"),
        (an_invoice(order_id="1002"), "en"),
        (an_invoice(order_id="1003"), "en"),
        (an_invoice(order_id="1009"), "en"),
        (of_services("1001001", "1001002"), "de"),
        (of_services("1001001", "1002001"), "en"),
    ],
    ids=["as ordered", "not offered", "said nothing", "gone", "a note of a part", "of several orders"],
)
def test_it_is_that_of_its_one_order_or_the_stage_s(invoice: Invoice, language: str) -> None:
    assert language_of_document(invoice, get_order, ("en", "de")) == language


def test_it_is_the_brand_s_if_the_order_said_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    brands = Brands(brands=(Brand(brand_id=1, name="Seaside", language="de"),))
    monkeypatch.setattr("lambdas.documents.language.load_brands", lambda: brands)

    assert language_of_document(an_invoice(order_id="1003"), get_order, ("en", "de")) == "de"
    assert language_of_document(an_invoice(order_id="1003"), get_order, ("en",)) == "en"
