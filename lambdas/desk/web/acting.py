"""Acts that come by POST: read, carried out, and answered with the order."""

import re
from http import HTTPStatus

from lambdas.access.errors import AccessError
from lambdas.desk.acts.carry_out import carry_out
from lambdas.desk.acts.handling import CONTACT_LABELS
from lambdas.desk.acts.seen import changes_since
from lambdas.desk.acts.wish import Wish
from lambdas.desk.pages.worklist import WHOSE
from lambdas.desk.web.forms import CSRF
from lambdas.desk.web.order_pages import show_refused
from lambdas.desk.web.refusal import Refusal, refusal_of
from lambdas.desk.web.site import Site
from lambdas.mail.posting_errors import MailNotSentError, MailUnknownError
from lambdas.orders.errors import OrderError, RevisionDiffersError
from lambdas.orders.model.order import Order
from lambdas.records.users.sessions import UserSession
from lambdas.runtime.asker import asked_by
from lambdas.runtime.telemetry import logger
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_WAIT = re.compile(r"[a-z0-9_]{0,40}")
_OWN_INPUTS = (CSRF, "revision", "seen", "action_id", "wait", "once", "back")


def wish_of(request: WebRequest, order_id: str, what: str) -> Wish:
    """Raises RefusedError for what no button of the desk sends."""
    revision, action_id = request.typed.get("revision", ""), request.typed.get("action_id", "0")
    wait = request.typed.get("wait", "")
    if not (_NUMBER.fullmatch(revision) and re.fullmatch(r"[0-9]{1,12}", action_id) and _WAIT.fullmatch(wait)):
        text = "The button did not say what it was about, so nothing was done. Load the order again."
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Nothing was done", text, ("Order", f"/desk/orders/{order_id}"))
    typed = {name: value for name, value in request.typed.items() if name not in _OWN_INPUTS}
    once = request.typed.get("once", "")
    return Wish(
        what=what,
        order_id=order_id,
        revision=int(revision),
        action_id=int(action_id),
        wait=wait,
        typed=typed,
        once=once,
    )


def act(site: Site, request: WebRequest, session: UserSession, wish: Wish) -> Answer:
    """Leads to the order or, with `back`, to the worklist. A refusal shows the order, and keeps what was typed."""
    try:
        with asked_by(session.user.name):
            carry_out(site.desk, session.user, wish)
    except (RefusedError, OrderError) as error:
        order = site.desk.order(session.user, wish.order_id)
        refusal = _refusal(error, order, request.typed.get("seen", ""))
        logger.info("act refused", kind=refusal.kind, act=wish.what, order_id=wish.order_id)
        return show_refused(site, request, session, order=order, wish=wish, refusal=refusal)
    logger.info("act carried out", act=wish.what, user=session.user.name, order_id=wish.order_id)
    back = request.typed.get("back", "")
    if back in WHOSE:
        return see_other(f"/desk/worklist?whose={back}&done={wish.what}&order={wish.order_id}")
    return see_other(f"/desk/orders/{wish.order_id}?done={wish.what}")


def _refusal(error: RefusedError | OrderError, order: Order, seen: str) -> Refusal:
    shown_at = f"/desk/orders/{order.order_id}"
    if isinstance(error, RefusedError):
        return refusal_of(error, shown_at)
    if isinstance(error, RevisionDiffersError):
        return _outdated(order, seen, error.kind, shown_at)
    status = HTTPStatus.FORBIDDEN if isinstance(error, AccessError) else HTTPStatus.CONFLICT
    title = "Not done" if isinstance(error, MailNotSentError | MailUnknownError) else "Nothing was done"
    return Refusal(kind=error.kind, title=title, sentences=_sentences(error), status=status, shown_at=shown_at)


def _sentences(error: OrderError) -> tuple[str, ...]:
    """One for each contact field that is wrong, by the label that the page gives it; or the refusal as it is."""
    wrong = {problem.field.removeprefix("info."): problem.text for problem in error.problems}
    if not wrong.keys() & CONTACT_LABELS.keys():
        return (_sentence(error.message),)
    return tuple(_sentence(f"{CONTACT_LABELS.get(field, field)} {text}") for field, text in wrong.items())


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _outdated(order: Order, seen: str, kind: str, shown_at: str) -> Refusal:
    changed = changes_since(seen, order) or ["Something that is not shown here changed."]
    if order.changed_how:
        changed.append(f"The last change was made by {order.changed_by or 'the system'}: {order.changed_how}.")
    return Refusal(
        kind=kind,
        title="Nothing was done: the order changed",
        sentences=tuple(changed),
        hint="Look at the order as it is now, then decide again.",
        shown_at=shown_at,
    )
