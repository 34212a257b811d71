"""Ordering on account: offered to those only whom the queue and the form invoice, and taken from nobody else."""

from collections.abc import Callable

import pytest

from lambdas.forms.door import Door
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
def invoices(door: Door, browser: Browser) -> Invoices:
    """Has the queue, and the form, invoice these."""

    def rule(queue: MayBeInvoiced, form: MayBeInvoiced | None) -> None:
        queues = {
            number: each.model_copy(update={"may_be_invoiced": queue}) for number, each in door.service.queues.items()
        }
        forms = {name: each.model_copy(update={"may_be_invoiced": form}) for name, each in door.forms.items()}
        object.__setattr__(door.service, "queues", queues)
        object.__setattr__(door, "forms", forms)

    return rule


@pytest.fixture
def grace(door: Door) -> str:
    known = {"first": "Grace", "last": "Hopper", "email": "grace@example.com", "country": "GB"}
    password = hash_password(PASSWORD)
    return door.clients.add(
        Client(client_id="100", brand_id=1, created_at=1, uber_login="grace", password_hash=password, **known)
    )


def signs_in(browser: Browser) -> Page:
    browser.open("/forms/hosting/sign-in")
    return browser.send(login="grace", password=PASSWORD)


def order_of(browser: Browser, door: Door) -> Order:
    return door.service.get(order_id=the_order_id(browser, door))


def is_refused(browser: Browser, door: Door, payment: str = "account") -> bool:
    page = browser.post("/forms/hosting/payment", {**browser.shown.inputs, **AGREED, "payment": payment})
    return page.status == 422 and order_of(browser, door).is_lead


def test_a_stranger_is_not_offered_an_invoice_and_gets_none_who_asks_for_it(browser: Browser, door: Door) -> None:
    page = to_payment(browser)

    assert BY_INVOICE not in page.body
    assert is_refused(browser, door)


def test_a_client_who_signed_in_is_and_nothing_is_held(browser: Browser, door: Door, grace: str) -> None:
    to_payment(browser)
    page = signs_in(browser)
    assert BY_INVOICE in page.body

    browser.send(**AGREED, payment="account")
    order = order_of(browser, door)
    assert (order.step_status, order.hold, order.client_id) == (StepStatus.ORDINARY, None, grace)
    assert order.info["payment_type"] == "invoice"


def test_a_client_with_an_overdue_invoice_pays_otherwise(
    browser: Browser, door: Door, grace: str, records: RecordTable, clock: Clock
) -> None:
    InvoiceRecords(records).issue(an_invoice(client_id=grace, due_at=clock() - 1))
    to_payment(browser)
    page = signs_in(browser)

    assert BY_INVOICE not in page.body
    assert is_refused(browser, door)


def test_nor_by_a_bank_account_that_they_have_stored(
    browser: Browser, door: Door, grace: str, records: RecordTable, clock: Clock
) -> None:
    """A debit knows no hold, so its order is on account as well."""
    account = PaymentMethod(kind=MethodKind.BANK_ACCOUNT, token="ach_approve", bank="A bank", last_four="6789")
    stored = door.methods.add(grace, account, is_default=True)
    to_payment(browser)
    assert "A bank ending in 6789" in signs_in(browser).text

    InvoiceRecords(records).issue(an_invoice(client_id=grace, due_at=clock() - 1))
    assert "A bank ending in 6789" not in browser.open("/forms/hosting/payment").text
    assert is_refused(browser, door, f"stored:{stored}")


def test_who_signed_out_is_a_stranger_again(browser: Browser, door: Door, grace: str) -> None:
    to_payment(browser)
    signs_in(browser)
    page = browser.post("/forms/hosting/sign-out", browser.shown.inputs)
    page = browser.open("/forms/hosting/payment")

    assert BY_INVOICE not in page.body


def test_where_everybody_is_invoiced_a_stranger_is(browser: Browser, door: Door, invoices: Invoices) -> None:
    invoices(EVERYBODY, None)
    to_payment(browser)
    browser.send(**AGREED, payment="account")

    assert order_of(browser, door).step_status is StepStatus.ORDINARY


def test_unless_the_form_invoices_nobody(browser: Browser, door: Door, invoices: Invoices) -> None:
    invoices(EVERYBODY, NOBODY)
    page = to_payment(browser)

    assert BY_INVOICE not in page.body
    assert is_refused(browser, door)


def test_the_domain_refuses_what_the_page_let_pass(
    browser: Browser, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdas.forms.fields.payment_choices.is_invoiced_here", lambda *_: True)
    to_payment(browser)
    page = browser.send(**AGREED, payment="account")

    assert page.path == "/forms/hosting/payment"
    assert "only existing clients in good standing" in page.text
    assert order_of(browser, door).is_lead


def test_choosing_an_invoice_forgets_the_card(browser: Browser, door: Door, invoices: Invoices) -> None:
    invoices(EVERYBODY, None)
    to_payment(browser)
    with_card(browser)
    browser.send(payment="account")

    order = order_of(browser, door)
    assert (order.info["cc_token"], order.hold) == ("", None)


def test_what_is_free_asks_for_no_way_to_pay(browser: Browser, door: Door) -> None:
    to_payment(browser)
    order = order_of(browser, door)
    free = tuple(pack.model_copy(update={"setup_cents": 0, "recurring_cents": 0, "taxes": ()}) for pack in order.priced)
    door.service.store.save(order.changed(priced=free, total_cents=0))

    assert "payment" not in browser.open("/forms/hosting/payment").read.offered
