"""The owner of the action that takes held money is told when it lapses soon, and when it did; each once."""

from lambdas.orders.decisions import hold_clock
from lambdas.orders.events import OrderEvent
from lambdas.orders.model.hold_clock import Trouble
from lambdas.orders.model.order import Hold, Order
from tests.unit.notices.staff.conftest import Office

DAY = 86_400


def held(office: Office) -> Order:
    order = office.order()
    at = office.clock()
    money = {"method": "card", "amount_cents": 995, "currency": "USD", "held_at": at, "capture_before": at + 7 * DAY}
    taking = order.actions["22"].changed(name="Generate Invoice", module="generate_invoice", owner="finance")
    office.happens(order.with_action(taking), hold=Hold(transaction_id="t", key="secret-key", **money))
    return office.now()


def given(office: Office, trouble: Trouble, *, is_held: bool) -> list[OrderEvent]:
    before = office.now()
    after = hold_clock.given_to_person(before, trouble, office.clock(), is_held=is_held)
    return office.happens(before, hold=after.hold, waits=after.waits)


def test_money_that_lapses_is_told_to_its_owner_with_its_deadline(office: Office) -> None:
    held(office)
    office.clock.time += 6 * DAY
    events = given(office, Trouble.ASKED, is_held=True)

    assert [event.name for event in events] == ["OrderHoldLapsing"]
    assert office.receive(*events, times=2) == []
    assert office.mails() == [
        ("finance@example.com", "[A queue] Order 1001: the money held for Generate Invoice lapses")
    ]
    assert "Due: " in office.text()
    assert "The desk shows why" in office.text()
    assert "secret-key" not in office.text()

    office.clock.time += 2 * DAY
    office.receive(*given(office, Trouble.LAPSED, is_held=False))
    assert len(office.mails()) == 2


def test_money_that_was_taken_meanwhile_is_told_to_nobody(office: Office) -> None:
    order = held(office)
    events = given(office, Trouble.ASKED, is_held=True)
    assert order.hold is not None
    office.happens(office.now(), hold=order.hold.changed(captured=True))

    assert office.receive(*events) == []
    assert office.mails() == []


def test_an_overdue_hold_says_what_is_overdue(office: Office) -> None:
    held(office)
    given(office, Trouble.ASKED, is_held=True)
    office.receive(*office.overdue(office.now(), "hold_22"))

    assert office.mails()[-1][1] == "[A queue] Order 1001 is overdue: money held for Generate Invoice"
