"""What pages say of money and mail is so: nothing is promised that nothing does, and nothing is said that is over."""

import tomllib
from pathlib import Path

import pytest

from lambdas.forms.form import form_files
from lambdas.forms.shop import Shop
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.queue import MayBeInvoiced, load_queues
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_payment, with_card

HELD = "$99.00 is held on your card ending in 4242 and will be charged with your invoice"


@pytest.fixture
def ordered(browser: Browser, shop: Shop) -> str:
    """An order whose card was held; the browser is on its status page."""
    to_payment(browser)
    with_card(browser)
    browser.send()
    return the_order_id(browser, shop)


@pytest.mark.parametrize(
    ("state", "is_said"), [(ActionState.WAITING, True), (ActionState.DONE, False), (ActionState.SKIPPED, False)]
)
def test_money_is_called_held_until_it_was_taken_or_let_go_of(
    browser: Browser, shop: Shop, ordered: str, state: ActionState, *, is_said: bool
) -> None:
    path = browser.went[-1]
    order = shop.service.get(order_id=ordered)
    invoicing = next(each for each in order.actions.values() if each.module == "generate_invoice")
    shop.service.store.save(order.with_action(invoicing.changed(state=state)))

    assert (HELD in browser.open(path).text) is is_said


def test_who_pays_by_invoice_is_not_promised_one_by_mail(browser: Browser, shop: Shop) -> None:
    queues = {
        key: each.model_copy(update={"may_be_invoiced": MayBeInvoiced.EVERYBODY})
        for key, each in shop.service.queues.items()
    }
    object.__setattr__(shop.service, "queues", queues)
    page = to_payment(browser)

    assert "Pay by invoice" in page.text
    assert "send an invoice" not in page.text


@pytest.mark.parametrize("file", list(form_files()), ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_form_promises_mail_only_where_its_queue_sends_some(file: Path) -> None:
    """The confirmation and reminders, which every form has, apart: those are not in its texts."""
    form = tomllib.loads(file.read_text("utf-8"))
    queue = next(each for each in load_queues().values() if each.key == file.parent.name)
    mails = any(action.module == "send_notification" for action in queue.actions)

    promised = [
        word
        for word in ("email", "e-mail", "mail you", "send you")
        if word in f"{form.get('thanks')} {form.get('text')}"
    ]
    assert mails or not promised
