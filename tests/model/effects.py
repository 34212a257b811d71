"""What modules do to the records and to the world outside, each effect repeatable, as the modules of lambdas/actions do it.

Modules that only decide (Manual Check-off, Simple Question, what a webhook's answer means) are the product's own.
"""

from collections.abc import Iterator
from typing import Any, cast

from lambdas.actions import manual_check_off, simple_question
from lambdas.actions._frame.module import ActionError, Done, Tools, Waiting
from lambdas.actions._frame.webhook_answer import stated_outcome
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from tests.model.world import Books

Outcome = tuple[Books, str]
DONE, WAITS, FAILED, AGAIN = "done", "waits", "failed", "again"


def outcomes(order: Order, action: ChecklistAction, books: Books) -> Iterator[Outcome]:
    """What can come of a run that meets no trouble: the books after it, and its outcome or the next thing it does."""
    match action.module:
        case "provision_client":
            yield books._replace(client=True), DONE
        case "add_services":
            yield _services_made(order, action, books)
        case "activate_services":
            yield _activated(order, books)
        case "generate_invoice":
            yield _issued(order, books)
        case "call_webhook":
            yield from _called(order, action, books)
        case "manual_check_off" | "simple_question" as name:
            module: Any = {"manual_check_off": manual_check_off, "simple_question": simple_question}[name].module
            yield books, _decided(module, order, action)
        case _:  # it checks or tells, and leaves nothing to take back
            yield books, DONE


def _decided(module: Any, order: Order, action: ChecklistAction) -> str:
    tools = Tools(
        cast(Any, None), cast(Any, None), cast(Any, None), lambda: 0, action.action_id
    )  # it looks at the order only
    try:
        outcome = module.run(order, module.config.model_validate(action.config), tools)
    except ActionError:
        return FAILED
    return WAITS if isinstance(outcome, Waiting) else DONE


def _services_made(order: Order, action: ChecklistAction, books: Books) -> Outcome:
    if not order.client_id:
        return books, FAILED
    made = action.config.get("default_service_status", "active")
    return books._replace(services=made if books.services == "none" else books.services), DONE


def _activated(order: Order, books: Books) -> Outcome:
    if not order.client_id or books.services not in ("pending", "active"):
        return books, FAILED
    return books._replace(services="active"), DONE


def _issued(order: Order, books: Books) -> Outcome:
    if not order.client_id or books.services not in ("pending", "active"):
        return given_back(books), DONE  # nothing to invoice
    return books._replace(invoice=True), "capture"


def captured(books: Books) -> Outcome:
    if books.money == "held":
        return books._replace(money="captured", captured=books.captured + 1), DONE
    return books, DONE if books.money == "captured" else FAILED


def _called(order: Order, action: ChecklistAction, books: Books) -> Iterator[Outcome]:
    if action.input:
        try:
            said = stated_outcome(action.input, order)
        except ActionError:
            yield books, FAILED
            return
        yield books, DONE if isinstance(said, Done) else WAITS
        return
    begun = books._replace(outside=books.outside | {action.action_id}) if action.config.get("undo_url") else books
    yield begun, DONE
    yield begun, WAITS


def given_back(books: Books) -> Books:
    after = {"held": "voided", "captured": "refunded"}.get(books.money)
    return books if after is None else books._replace(money=after, given_back=books.given_back + 1)


def let_go(books: Books) -> Books:
    """Generate Invoice was skipped: nobody will capture what is held."""
    return given_back(books) if books.money == "held" else books


def taken_back(order: Order, action: ChecklistAction, books: Books) -> Books | None:
    """What the module's undo leaves; None if there was nothing to take back."""
    match action.module:
        case "add_services" if order.client_id and books.services in ("pending", "active"):
            return books._replace(services="canceled")
        case "generate_invoice" if books.money != "none" or books.invoice:
            return given_back(books)
        case "call_webhook" if action.config.get("undo_url") and _may_have_begun(action):
            return books._replace(outside=books.outside - {action.action_id})
    return None


def _may_have_begun(action: ChecklistAction) -> bool:
    return action.attempts > 0 and action.state is not ActionState.UNDONE
