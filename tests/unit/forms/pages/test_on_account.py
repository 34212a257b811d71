"""Ordering on account: offered to those only whom the queue and the form invoice, and taken from nobody else."""

from collections.abc import Callable

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import MayBeInvoiced
from lambdas.orders.model.steps import StepStatus
from lambdas.records.clients.client import Client
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.passwords import hash_password
from tests.support.build import Clock
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_payment, with_card
from tests.unit.records.builders import an_invoice

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}
PASSWORD = "correct horse battery staple"
EVERYBODY, NOBODY = MayBeInvoiced.EVERYBODY, MayBeInvoiced.NOBODY
BY_INVOICE = 'value="account"'
Invoices = Callable[[MayBeInvoiced, MayBeInvoiced | None], None]


@pytest.fixture
def invoices(shop: Shop, browser: Browser) -> Invoices:
    """Has the queue, and the form, invoice these."""

    def rule(queue: MayBeInvoiced, form: MayBeInvoiced | None) -> None:
        queues = {
            number: each.model_copy(update={"may_be_invoiced": queue}) for number, each in shop.service.queues.items()
        }
        forms = {name: each.model_copy(update={"may_be_invoiced": form}) for name, each in shop.forms.items()}
        object.__setattr__(shop.service, "queues", queues)
        object.__setattr__(shop, "forms", forms)

    return rule


@pytest.fixture
def grace(shop: Shop) -> str:
    known = {"first": "Grace", "last": "Hopper", "email": "grace@example.com", "country": "GB"}
    password = hash_password(PASSWORD)
    return shop.clients.add(
        Client(client_id="100", brand_id=1, created_at=1, uber_login="grace", password_hash=password, **known)
    )


def signs_in(browser: Browser) -> Page:
    browser.open("/forms/hosting/sign-in")
    return browser.send(login="grace", password=PASSWORD)


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def is_refused(browser: Browser, shop: Shop, payment: str = "account") -> bool:
    page = browser.post("/forms/hosting/payment", {**browser.shown.inputs, **AGREED, "payment": payment})
    return page.status == 422 and order_of(browser, shop).is_lead


def test_a_stranger_is_not_offered_an_invoice_and_gets_none_who_asks_for_it(browser: Browser, shop: Shop) -> None:
    page = to_payment(browser)

    assert BY_INVOICE not in page.body
    assert is_refused(browser, shop)


def test_a_client_who_signed_in_is_and_nothing_is_held(browser: Browser, shop: Shop, grace: str) -> None:
    to_payment(browser)
    page = signs_in(browser)
    assert BY_INVOICE in page.body

    browser.send(**AGREED, payment="account")
    order = order_of(browser, shop)
    assert (order.step_status, order.hold, order.client_id) == (StepStatus.ORDINARY, None, grace)
    assert order.info["payment_type"] == "invoice"


def test_a_client_with_an_overdue_invoice_pays_otherwise(
    browser: Browser, shop: Shop, grace: str, records: RecordTable, clock: Clock
) -> None:
    InvoiceRecords(records).issue(an_invoice(client_id=grace, due_at=clock() - 1))
    to_payment(browser)
    page = signs_in(browser)

    assert BY_INVOICE not in page.body
    assert is_refused(browser, shop)


def test_nor_by_a_bank_account_that_they_have_stored(
    browser: Browser, shop: Shop, grace: str, records: RecordTable, clock: Clock
) -> None:
    """A debit knows no hold, so its order is on account as well."""
    account = PaymentMethod(kind=MethodKind.BANK_ACCOUNT, token="ach_approve", bank="A bank", last_four="6789")
    stored = shop.methods.add(grace, account, is_default=True)
    to_payment(browser)
    assert "A bank ending in 6789" in signs_in(browser).text

    InvoiceRecords(records).issue(an_invoice(client_id=grace, due_at=clock() - 1))
    assert "A bank ending in 6789" not in browser.open("/forms/hosting/payment").text
    assert is_refused(browser, shop, f"stored:{stored}")


def test_who_signed_out_is_a_stranger_again(browser: Browser, shop: Shop, grace: str) -> None:
    to_payment(browser)
    signs_in(browser)
    page = browser.post("/forms/hosting/sign-out", browser.shown.inputs)
    page = browser.open("/forms/hosting/payment")

    assert BY_INVOICE not in page.body


def test_where_everybody_is_invoiced_a_stranger_is(browser: Browser, shop: Shop, invoices: Invoices) -> None:
    invoices(EVERYBODY, None)
    to_payment(browser)
    browser.send(**AGREED, payment="account")

    assert order_of(browser, shop).step_status is StepStatus.ORDINARY


def test_unless_the_form_invoices_nobody(browser: Browser, shop: Shop, invoices: Invoices) -> None:
    invoices(EVERYBODY, NOBODY)
    page = to_payment(browser)

    assert BY_INVOICE not in page.body
    assert is_refused(browser, shop)


def test_the_domain_refuses_what_the_page_let_pass(
    browser: Browser, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdas.forms.fields.payment_choices.is_invoiced_here", lambda *_: True)
    to_payment(browser)
    page = browser.send(**AGREED, payment="account")

    assert page.path == "/forms/hosting/payment"
    assert "only existing clients in good standing" in page.text
    assert order_of(browser, shop).is_lead


def test_choosing_an_invoice_forgets_the_card(browser: Browser, shop: Shop, invoices: Invoices) -> None:
    invoices(EVERYBODY, None)
    to_payment(browser)
    with_card(browser)
    browser.send(payment="account")

    order = order_of(browser, shop)
    assert (order.info["cc_token"], order.hold) == ("", None)


def test_what_is_free_asks_for_no_way_to_pay(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    order = order_of(browser, shop)
    free = tuple(pack.model_copy(update={"setup_cents": 0, "recurring_cents": 0, "taxes": ()}) for pack in order.priced)
    shop.service.store.save(order.changed(priced=free, total_cents=0))

    assert "payment" not in browser.open("/forms/hosting/payment").read.offered
