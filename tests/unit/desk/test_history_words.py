"""What the history and the checklist of an order say happened is what happened."""

import pytest

from lambdas.desk.pages.checklist import mark_of
from lambdas.desk.web.site import Site
from lambdas.orders.errors import OrderError
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from tests.unit.desk.staff import Staff, an_order_in, at_call_back, changed, stored


@pytest.fixture
def recorded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each write of an order is recorded in its history, as the stream does it."""
    history, save = History(HistoryTable(site.desk.history), site.now), DynamoOrderStore.save

    def recording(store: DynamoOrderStore, order: Order) -> Order:
        before = store.get(order.order_id)
        saved = save(store, order)
        history.follow(before, saved)
        return saved

    monkeypatch.setattr(DynamoOrderStore, "save", recording)


def submit(site: Site, order: Order) -> Order:
    return site.desk.service.submit(order, by="shop")


def told(staff: Staff, order: Order) -> str:
    return staff.open(f"/desk/orders/{order.order_id}/history").text


@pytest.mark.usefixtures("recorded")
def test_a_submit_is_told_as_begun_and_then_as_done(site: Site, staff: Staff) -> None:
    order = submit(site, an_order_in(site, submit=False))

    history = told(staff, order)

    assert history.count("submitted the order") == 1
    assert history.count("began to submit the order") == 1


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("tok_decline", "the payment was declined"),
        ("tok_sca", "the payment waits for the card holder"),
        ("tok_unavailable", "the submit ended without a payment"),
    ],
)
def test_a_submit_that_took_no_payment_is_not_told_as_a_submit(
    site: Site, staff: Staff, token: str, words: str
) -> None:
    order = an_order_in(site, submit=False, cc_token=token)
    with pytest.raises(OrderError):
        submit(site, order)

    history = told(staff, order)

    assert words in history
    assert "submitted the order" not in history


def test_a_canceled_order_says_of_what_was_waited_for_that_it_is_not_done(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    site.desk.service.cancel(stored(site, order), "not wanted", by="jane")

    text = staff.order(order.order_id).text

    assert "Identity Call-back not done" in text
    assert "to do: call the client back" not in text


def test_what_runs_at_a_cancel_is_running_until_all_is_undone(site: Site) -> None:
    order = an_order_in(site)
    action = next(action for action in order.actions.values() if action.automatic)
    running = changed(
        site, order, actions={**order.actions, str(action.action_id): action.changed(state=ActionState.RUNNING)}
    )
    canceled = site.desk.service.cancel(running, "not wanted", by="jane")

    def word(unwound_at: int | None) -> str:
        now = canceled.changed(unwound_at=unwound_at)
        return mark_of(now, now.actions[str(action.action_id)])[1]

    assert (word(None), word(site.now())) == ("running", "not done")


def test_a_paused_gateway_is_told_in_whole_sentences(site: Site, staff: Staff) -> None:
    staff.open("/desk/pauses")
    staff.press("pauses", what="gateway:sandbox", reason="its bank is down", minutes="60")

    assert (
        "Payment gateway sandbox is paused until 15 Jan 2027, 09:00 UTC. No money is moved at sandbox."
        in staff.shown_text()
    )
