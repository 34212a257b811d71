"""Acts that hand an order on or correct it: taking and giving work, notes, the priority, contact data.

Each has the button that offers it and the call that carries it out.
"""

from collections.abc import Iterator

from lambdas.access.assignees import refuse_who_cannot_look
from lambdas.desk.acts import act as acts
from lambdas.desk.acts.act import ActField, NewAct
from lambdas.desk.acts.note import add_note
from lambdas.desk.acts.wish import Carrying, unfit_wish
from lambdas.orders.contact.fields import CONTACT_FIELDS
from lambdas.orders.decisions import money_back
from lambdas.orders.decisions.open_work import OpenWork, WorkKind, open_work
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import DISPUTE_WAIT, REFUND_WAIT
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.rights import Right

CONTACT_LABELS = {
    "first": "First name", "last": "Last name", "company": "Company", "email": "E-mail", "phone": "Telephone", "fax": "Fax",
    "address": "Address", "city": "City", "state": "Region", "zip": "Postal code", "country": "Country",
    "vat_id": "VAT number",
}  # fmt: skip
PRIORITIES = {0: "low", 1: "normal", 2: "high", 3: "urgent"}
_WORK = {
    WorkKind.STOPPED: "Stopped execution",
    WorkKind.REVIEW: "Lead to review",
    WorkKind.REPLY: "Reply of the client",
    WorkKind.SAME_ADDRESS: "Two clients with one address",
    WorkKind.DISPUTE: money_back.NAMES[DISPUTE_WAIT],
    WorkKind.REFUND: money_back.NAMES[REFUND_WAIT],
    WorkKind.MONEY: "Money without an invoice",
}
_WHY = ActField(name="reason", label="Reason, if it helps others", is_needed=False)
_MAX_USER, _MAX_CONTACT = 64, 1_000


def work_name(order: Order, work: OpenWork) -> str:
    """The action, or what else waits."""
    action = order.actions.get(str(work.action_id))
    return action.name if action else _WORK.get(work.kind, work.kind.value)


def work_acts(work: OpenWork, user: str) -> Iterator[NewAct]:
    """Resolving, taking, giving and returning, as far as they make sense for this user."""
    held = work.assignment.to if work.assignment else ""
    if work.kind is WorkKind.SAME_ADDRESS:
        about = "Nothing of either client changes. The reason says which one stays, or that they are two people."
        yield NewAct(what=acts.RESOLVE_ADDRESS, label="Resolved", wait=work.key, fields=(acts.REASON,), about=about)
    if not held:
        yield NewAct(what=acts.TAKE, label="Take", wait=work.key)
    elif held != user:
        about = f"It is with {held}. They are not asked."
        yield NewAct(what=acts.TAKE, label="Take over", wait=work.key, fields=(acts.REASON,), about=about)
    why = _WHY if held in ("", user) else acts.REASON
    to = ActField(name="user", label="User", most=_MAX_USER)
    yield NewAct(what=acts.GIVE, label="Give to somebody", wait=work.key, fields=(to, why))
    if held:
        fields = () if held == user else (acts.REASON,)
        yield NewAct(what=acts.GIVE_BACK, label="Return to the team", wait=work.key, fields=fields)


def order_acts(order: Order) -> Iterator[tuple[NewAct, tuple[Right, ...]]]:
    """Acts on the whole order, with the rights that they need. A priority sorts what waits: of a final order perhaps nothing."""
    yield NOTE_ACT, (Right.ACT, Right.PERSONAL_DATA)
    if not order.is_final or open_work(order):
        yield _priority_act(order), (Right.ACT,)
    yield _contact_act(order), (Right.ACT, Right.PERSONAL_DATA)


def resolve_address(carrying: Carrying) -> None:
    wish = carrying.wish
    order = carrying.order("order.process", Right.ACT)
    carrying.desk.service.resolve_address(
        order, by=carrying.user.name, why=wish.reason, expected_revision=wish.revision
    )


def take(carrying: Carrying) -> None:
    _assign(carrying, carrying.user.name)


def give(carrying: Carrying) -> None:
    to = carrying.wish.text("user", _MAX_USER)
    if not to:
        raise unfit_wish("Say who gets it: the name of a user, as `make users` lists them.")
    _assign(carrying, to)


def give_back(carrying: Carrying) -> None:
    _assign(carrying, "")


def _assign(carrying: Carrying, to: str) -> None:
    desk, user, wish = carrying.desk, carrying.user, carrying.wish
    order, because = carrying.order("order.assign", Right.ACT), wish.reason_if_any
    if to and to != user.name:
        refuse_who_cannot_look(ApiUserRecords(desk.records), order, to)
    desk.service.assign(
        order, wish.wait, to, by=user.name, take_over=bool(because), because=because, expected_revision=wish.revision
    )


NOTE_ACT = NewAct(
    what=acts.NOTE,
    label="Keep a note",
    fields=(ActField(name="note", label="Note", kind="text", most=acts.MAX_POST),),
    about="Staff alone can read it.",
)


def note(carrying: Carrying) -> None:
    wish = carrying.wish
    text = wish.paragraphs("note", acts.MAX_POST)
    if not text:
        raise unfit_wish("Write what the others should know.")
    add_note(carrying.desk, carrying.user, wish.order_id, text, once=wish.once, expected_revision=wish.revision)


def _priority_act(order: Order) -> NewAct:
    choice = tuple((str(number), word) for number, word in PRIORITIES.items())
    field = ActField(name="priority", label="Priority", kind="choice", options=choice, value=str(order.priority))
    return NewAct(what=acts.PRIORITY, label="Set the priority", fields=(field, _WHY))


def prioritize(carrying: Carrying) -> None:
    wish = carrying.wish
    order, chosen = carrying.order("order.priority", Right.ACT), wish.typed.get("priority", "")
    if chosen not in map(str, PRIORITIES):
        raise unfit_wish("Choose how urgent the order is.")
    carrying.desk.service.prioritize(
        order, int(chosen), by=carrying.user.name, reason=wish.reason_if_any, expected_revision=wish.revision
    )


def _contact_act(order: Order) -> NewAct:
    fields = tuple(
        ActField(
            name=f"contact-{key}", label=label, value=_contact(order, key), is_needed=False, most=_MAX_CONTACT,
            kind="text" if key == "address" else "line",
        )
        for key, label in CONTACT_LABELS.items()
    )  # fmt: skip
    about = "An empty field is taken off. Services, prices and payment stay."
    return NewAct(what=acts.CONTACT, label="Correct the contact data", fields=(*fields, _WHY), about=about)


def correct_contact(carrying: Carrying) -> None:
    wish = carrying.wish
    order = carrying.order("order.contact_update", Right.ACT, Right.PERSONAL_DATA)
    typed = {
        key: wish.typed[f"contact-{key}"].replace("\r\n", "\n")
        for key in CONTACT_FIELDS
        if f"contact-{key}" in wish.typed
    }
    # A value on record is not judged by the rules of today.
    other = [key for key, text in typed.items() if text.strip() != _contact(order, key).strip()]
    changed = {key: wish.paragraphs(f"contact-{key}", _MAX_CONTACT) for key in other}
    if not changed and wish.revision == order.revision:
        raise unfit_wish("You changed no contact data.")
    carrying.desk.service.correct_contact(
        order, {"info": changed}, by=carrying.user.name, reason=wish.reason_if_any, expected_revision=wish.revision
    )


def _contact(order: Order, key: str) -> str:
    found = order.info.get(key)
    return found if isinstance(found, str) else ""
