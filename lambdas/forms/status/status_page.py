"""The status page of an order: content, progress, and the actions shown to the client (reference/ubersmith.md 1.3)."""

from collections.abc import Mapping
from http import HTTPStatus

from lambdas.forms.form import Form
from lambdas.forms.pages.amounts import day_of
from lambdas.forms.pages.look import look, show_brand
from lambdas.forms.pages.resume import link_refused
from lambdas.forms.pages.summary import summary_of
from lambdas.forms.pages.templates import drawn
from lambdas.forms.session.languages import SWITCH
from lambdas.forms.shop import NEW, RESUME, Shop, path_of
from lambdas.forms.status import client_answers, posts
from lambdas.forms.status.account_question import ACCOUNT, asks_for_account, take_account
from lambdas.forms.status.order_state import order_state
from lambdas.forms.status.payment_words import how_paid
from lambdas.forms.status.queue_names import Names, action_names, step_names
from lambdas.forms.status.uploaded_files import FILE_KINDS, file_limits, file_rule
from lambdas.languages.language import spoken
from lambdas.languages.texts import N_, _
from lambdas.mail.link_mail import has_current_address
from lambdas.orders.decisions.await_payment import INVOICING_MODULE
from lambdas.orders.decisions.same_address import is_address_proved
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.links.link import Link, LinkPurpose
from lambdas.runtime.models import Frozen
from lambdas.web.http import Answer, WebRequest, see_other

_STATES = {
    ActionState.PENDING: N_("to come"),
    ActionState.RUNNING: N_("in progress"),
    ActionState.WAITING: N_("in progress"),
    ActionState.FAILED: N_("in progress"),  # staff fix it; a client can do nothing about it
    ActionState.DONE: N_("done"),
    ActionState.SKIPPED: N_("left out"),  # nobody did it: a payment or a check, say
    ActionState.UNDONE: N_("taken back"),
}


class ActionLine(Frozen):
    """An action as its client sees it. `output`: its result, if the queue shows it."""

    name: str
    state: str
    output: str


def status_page(shop: Shop, token: str, request: WebRequest) -> Answer:
    """The page. Raises RefusedError for a link that is not open."""
    link, order = _open_link(shop, token)
    return _page(shop, token, link, order, asks_account=asks_for_account(link, order, request))


def reply(shop: Shop, token: str, request: WebRequest) -> Answer:
    """Take the client's answer to an action, or store their message as a post, and show the page. Raises RefusedError."""
    link, order = _open_link(shop, token)
    if request.typed.get(SWITCH):
        return _page(shop, token, link, order, typed=request.typed.get(posts.BODY, ""))
    if client_answers.ASK in request.typed:
        if problem := client_answers.take_answer(shop, order, link, token, request):
            return _page(shop, token, link, order, ask_problem=problem, ask_typed=request.typed)
        return see_other(f"/orders/{token}")
    if ACCOUNT in request.typed:
        take_account(shop, order, link, token, request)
        return see_other(f"/orders/{token}")
    if problem := posts.take_reply(shop, order, link, token, request):
        return _page(shop, token, link, order, problem=problem, typed=request.typed.get(posts.BODY, ""))
    return see_other(f"/orders/{token}#posts")


def _open_link(shop: Shop, token: str) -> tuple[Link, Order]:
    link = shop.links.find_open(token, LinkPurpose.STATUS, shop.now())
    order = shop.service.get(order_id=link.order_id) if link else None
    if link is None or order is None or not has_current_address(link, order):
        raise link_refused(shop)
    show_brand(shop.looks.of(order.brand_id))
    return link, order


def _page(
    shop: Shop,
    token: str,
    link: Link,
    order: Order,
    *,
    problem: str = "",
    typed: str = "",
    ask_problem: str = "",
    ask_typed: Mapping[str, str] | None = None,
    asks_account: bool = False,
) -> Answer:
    """Longer than 30 lines, because it fills in one template."""
    form = shop.forms.get(shop.links.form_of(order.order_id) or "")
    seen = posts.posts_seen(shop, order)
    body = drawn(
        "status.html",
        title=_("Order {order_id}", order_id=order.reference),
        order=order,
        state=order_state(order, form, shop.now()),
        asks=client_answers.asks_of(order, shop.now(), _action_names(shop, order)),
        ask_error=ask_problem,
        ask_typed=ask_typed or {},
        asks_account=asks_account,
        is_proved=is_address_proved(order),
        file_rule=file_rule(),
        file_kinds=FILE_KINDS,
        file_limits=file_limits(),
        invoices=_invoices(order),
        answered_by=posts.answered_by(order),
        version=f"{order.revision}-{len(seen)}-{seen[-1].when if seen else ''}",
        next_order=_next_order(shop, order, form),
        steps=_steps(shop, order),
        actions=actions_seen(shop, order),
        summary=summary_of(order, plans=shop.plans),
        how_paid=how_paid(order),
        refresh=0,
        posts=seen,
        action=f"/orders/{token}",
        hidden=posts.hidden_inputs(shop, token),
        error=problem,
        typed=typed,
        most=posts.MAX_CHARACTERS,
        open_until=day_of(link.expires_at),
    )
    return Answer(HTTPStatus.UNPROCESSABLE_ENTITY if problem or ask_problem else HTTPStatus.OK, body)


def _invoices(order: Order) -> list[str]:
    """The numbers that stand on the order's invoices. Each was made by an action, whose result names it."""
    results = (action.result for action in order.actions.values() if action.module == INVOICING_MODULE)
    found = (result.get("document_number") or result.get("invoice_number") for result in results)
    return [str(number) for number in found if number]


def _next_order(shop: Shop, order: Order, form: Form | None) -> tuple[str, str] | None:
    """Text and path of the way to the next order, or back to this one if it is not sent yet."""
    if form is None:
        return _("Place another order"), look().brand.forms_path
    if order.is_lead:
        return _("Continue this order"), path_of(form, RESUME)
    return (_("Place another order"), path_of(form, NEW)) if shop.queue_of(form).active else None


def _action_names(shop: Shop, order: Order) -> Names:
    queue = shop.service.queues.get(order.order_queue_id)
    return action_names(queue, spoken().tag) if queue else {}


def actions_seen(shop: Shop, order: Order) -> list[ActionLine]:
    """The actions that the order's checklist shows to its client.

    Output is shown while the order is in the action's step, and afterwards only with `persistent_display`. A final order
    shows no pending action."""
    queue, names = shop.service.queues.get(order.order_queue_id), _action_names(shop, order)
    persistent = {action.id for action in queue.actions if action.persistent_display} if queue else set()
    return [
        ActionLine(
            name=names.get((action.action_id, action.name), action.name),
            state=_STATES[action.state],
            output=_output(action) if action.step_id == order.step_id or action.action_id in persistent else "",
        )
        for action in order.actions.values()
        if action.client_viewable and not (order.is_final and _STATES[action.state] in (N_("to come"), "in progress"))
    ]


def _output(action: ChecklistAction) -> str:
    """The result of a successful action. A failure's reason is for staff."""
    return action.reason if action.state is ActionState.DONE else ""


def _steps(shop: Shop, order: Order) -> list[tuple[str, str]]:
    """The steps up to Complete with their state: `passed`, `here` or `later`."""
    way = [step for step in order.checklist_steps if step.status in (StepStatus.ORDINARY, StepStatus.COMPLETE)]
    here = next((at for at, step in enumerate(way) if step.step_id == order.step_id), None)
    if here is None:
        return []
    complete = order.step_status is StepStatus.COMPLETE
    queue = shop.service.queues.get(order.order_queue_id)
    names = step_names(queue, spoken().tag) if queue else {}
    return [
        (
            names.get((step.step_id, step.name), step.name),
            "passed" if at < here or complete else "here" if at == here else "later",
        )
        for at, step in enumerate(way)
    ]
