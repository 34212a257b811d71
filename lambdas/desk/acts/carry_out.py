"""Carries out an act of a user on an order, with the same verbs and rights as the API, on the revision that they saw."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from lambdas.desk.acts import act as acts
from lambdas.desk.acts import handling
from lambdas.desk.acts.answer import send_answer
from lambdas.desk.acts.asked import input_of
from lambdas.desk.acts.wish import Carrying, Wish, unfit_wish
from lambdas.desk.desk import Desk
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.decisions.lead.shown_order import ShownOrder
from lambdas.orders.payment_ports import ABSENT
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.web.http import RefusedError


def carry_out(desk: Desk, user: ApiUser, wish: Wish) -> None:
    """Raises RefusedError for what cannot be read, RevisionDiffersError if the order changed, and other OrderErrors."""
    act = _ACTS.get(wish.what)
    if act is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, "Page not found", "There is no such act.")
    if any(map(has_card_number, wish.typed.values())):
        raise unfit_wish("What you typed contains a card number. Remove it: it must not be kept here.")
    act(Carrying(desk, user, wish))


def _process(act: Carrying) -> None:
    wish = act.wish
    order = act.order("order.process", Right.ACT)
    act.desk.service.process(
        order, wish.action_id, by=act.user.name, given=input_of(wish), expected_revision=wish.revision
    )


def _skip(act: Carrying) -> None:
    wish = act.wish
    order, permit = act.order("order.process", Right.SKIP), act.permit("order.process", Right.SKIP)
    act.desk.service.skip(
        order, wish.action_id, by=act.user.name, why=wish.reason, permit=permit, expected_revision=wish.revision
    )


def _undo_skip(act: Carrying) -> None:
    order = act.order("order.process", Right.SKIP)
    act.desk.service.undo_skip(order, act.wish.action_id, by=act.user.name, expected_revision=act.wish.revision)


def _move(act: Carrying) -> None:
    wish = act.wish
    order, permit = act.order("order.update", Right.ACT), act.permit("order.update", Right.ACT)
    step_id = wish.typed.get("step_id", "")
    if not (step_id.isdecimal() and len(step_id) < 10):
        raise unfit_wish("Choose the step that the order goes to.")
    act.desk.service.update(
        order, {}, by=act.user.name, step_id=int(step_id), reason=wish.reason, permit=permit,
        expected_revision=wish.revision,
    )  # fmt: skip


def _restart(act: Carrying) -> None:
    order = act.order("order.restart", Right.ACT)
    act.desk.service.restart(order, by=act.user.name, expected_revision=act.wish.revision)


def _cancel(act: Carrying) -> None:
    order = act.order("order.cancel", Right.CANCEL)
    act.desk.service.cancel(order, act.wish.reason, by=act.user.name, expected_revision=act.wish.revision)


def _submit(act: Carrying) -> None:
    order, permit = act.order("order.submit", Right.ACT), act.permit("order.submit", Right.ACT)
    shown = ShownOrder(revision=act.wish.revision)
    act.desk.service.submit(order, by=act.user.name, reviewed=True, shown=shown, permit=permit, payer=ABSENT)


def _answer(act: Carrying) -> None:
    wish, order = act.wish, act.order("order.respond", Right.ACT, Right.PERSONAL_DATA)
    send_answer(act.desk, act.user, order, wish.typed.get("body", ""), once=wish.once, expected_revision=wish.revision)


_ACTS: dict[str, Callable[[Carrying], None]] = {
    acts.PROCESS: _process,
    acts.SKIP: _skip,
    acts.UNDO_SKIP: _undo_skip,
    acts.MOVE: _move,
    acts.RESTART: _restart,
    acts.CANCEL: _cancel,
    acts.SUBMIT: _submit,
    acts.ANSWER: _answer,
    acts.RESOLVE_ADDRESS: handling.resolve_address,
    acts.TAKE: handling.take,
    acts.GIVE: handling.give,
    acts.GIVE_BACK: handling.give_back,
    acts.NOTE: handling.note,
    acts.PRIORITY: handling.prioritize,
    acts.CONTACT: handling.correct_contact,
}
NOTICES: Mapping[str, str] = {
    acts.PROCESS: "The action was processed.",
    acts.SKIP: "The action was skipped.",
    acts.UNDO_SKIP: "The skip was undone.",
    acts.MOVE: "The order was moved.",
    acts.RESTART: "The order was restarted.",
    acts.CANCEL: "The order was canceled.",
    acts.SUBMIT: "The order was submitted.",
    acts.ANSWER: "The message was sent.",
    acts.RESOLVE_ADDRESS: "It was noted as resolved.",
    acts.TAKE: "You took it.",
    acts.GIVE: "It was given to them.",
    acts.GIVE_BACK: "It was returned to the team.",
    acts.NOTE: "The note was kept.",
    acts.PRIORITY: "The priority was set.",
    acts.CONTACT: "The contact data was corrected.",
}
