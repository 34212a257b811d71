"""Carries out an act of a user on an order, with the same verbs and rights as the API, on the revision that they saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from lambdas.access.permits import CallersPermit
from lambdas.desk.acts import act as acts
from lambdas.desk.acts.answer import send_answer
from lambdas.desk.desk import Desk, acting
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.text import line
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.decisions.lead.shown_order import ShownOrder
from lambdas.orders.model.order import Order
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen
from lambdas.web.http import RefusedError


class Wish(Frozen):
    """An act that a user wants done. `typed`: what they filled in; `once` makes one post of an answer that is sent again."""

    what: str
    order_id: str
    revision: int
    action_id: int = 0
    typed: dict[str, str] = {}
    once: str = ""

    def text(self, name: str, most: int) -> str:
        """A line that was filled in. Raises RefusedError."""
        try:
            found = line(self.typed.get(name, ""))
        except UnfitError as unfit:
            raise _unfit(f"What you typed {unfit}.") from None
        if len(found) > most:
            raise _unfit(f"What you typed has more than {most} characters. Shorten it.")
        return found

    @property
    def reason(self) -> str:
        """Raises RefusedError if there is none."""
        found = self.text("reason", acts.MAX_REASON)
        if not found:
            raise _unfit("Say why. The reason is kept with the order.")
        return found


@dataclass(frozen=True)
class _Carrying:
    desk: Desk
    user: ApiUser
    wish: Wish

    def order(self, method: str, *rights: Right) -> Order:
        return self.desk.order(self.user, self.wish.order_id, method, *rights)

    def permit(self, method: str, *rights: Right) -> CallersPermit:
        return CallersPermit(acting(self.user, method, *rights))


def carry_out(desk: Desk, user: ApiUser, wish: Wish) -> None:
    """Raises RefusedError for what cannot be read, RevisionDiffersError if the order changed, and other OrderErrors."""
    act = _ACTS.get(wish.what)
    if act is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, "Page not found", "There is no such act.")
    if any(map(has_card_number, wish.typed.values())):
        raise _unfit("What you typed contains a card number. Remove it: it must not be kept here.")
    act(_Carrying(desk, user, wish))


def _process(act: _Carrying) -> None:
    wish = act.wish
    order = act.order("order.process", Right.ACT)
    answers = {
        name.removeprefix("answer-"): wish.text(name, acts.MAX_ANSWER)
        for name in wish.typed
        if name.startswith("answer-")
    }
    given = {"answers": answers} if answers else {}
    act.desk.service.process(order, wish.action_id, by=act.user.name, given=given, expected_revision=wish.revision)


def _skip(act: _Carrying) -> None:
    wish = act.wish
    order, permit = act.order("order.process", Right.SKIP), act.permit("order.process", Right.SKIP)
    act.desk.service.skip(
        order, wish.action_id, by=act.user.name, why=wish.reason, permit=permit, expected_revision=wish.revision
    )


def _undo_skip(act: _Carrying) -> None:
    order = act.order("order.process", Right.SKIP)
    act.desk.service.undo_skip(order, act.wish.action_id, by=act.user.name, expected_revision=act.wish.revision)


def _move(act: _Carrying) -> None:
    wish = act.wish
    order, permit = act.order("order.update", Right.ACT), act.permit("order.update", Right.ACT)
    step_id = wish.typed.get("step_id", "")
    if not (step_id.isdecimal() and len(step_id) < 10):
        raise _unfit("Choose the step that the order goes to.")
    act.desk.service.update(
        order, {}, by=act.user.name, step_id=int(step_id), reason=wish.reason, permit=permit,
        expected_revision=wish.revision,
    )  # fmt: skip


def _restart(act: _Carrying) -> None:
    order = act.order("order.restart", Right.ACT)
    act.desk.service.restart(order, by=act.user.name, expected_revision=act.wish.revision)


def _cancel(act: _Carrying) -> None:
    order = act.order("order.cancel", Right.CANCEL)
    act.desk.service.cancel(order, act.wish.reason, by=act.user.name, expected_revision=act.wish.revision)


def _submit(act: _Carrying) -> None:
    order, permit = act.order("order.submit", Right.ACT), act.permit("order.submit", Right.ACT)
    shown = ShownOrder(revision=act.wish.revision)
    act.desk.service.submit(order, by=act.user.name, reviewed=True, shown=shown, permit=permit)


def _answer(act: _Carrying) -> None:
    order = act.order("order.respond", Right.ACT, Right.PERSONAL_DATA)
    wish = act.wish
    body = wish.typed.get("body", "")
    send_answer(act.desk, act.user, order, body, once=wish.once, expected_revision=wish.revision)


_ACTS: dict[str, Callable[[_Carrying], None]] = {
    acts.PROCESS: _process,
    acts.SKIP: _skip,
    acts.UNDO_SKIP: _undo_skip,
    acts.MOVE: _move,
    acts.RESTART: _restart,
    acts.CANCEL: _cancel,
    acts.SUBMIT: _submit,
    acts.ANSWER: _answer,
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
}


def _unfit(text: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing was done", text)
