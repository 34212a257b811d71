"""What the form's door works with, and what all its pages ask first: whose visit this is, and how its order stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from lambdas.catalog.plan import Plan
from lambdas.forms.counts import FormCounts
from lambdas.forms.fields import Given
from lambdas.forms.filling import standing
from lambdas.forms.form import Form, Page
from lambdas.forms.visit import Visit, new_visit, token_of
from lambdas.forms.web import Answer, RefusedError, WebRequest, see_other
from lambdas.guards.windows import Windows
from lambdas.mail.wanted import LinkWishes
from lambdas.orders.order import Order
from lambdas.orders.service import OrderService
from lambdas.orders.steps import StepStatus
from lambdas.payments.hosted import HostedPages
from lambdas.records.client import ClientRecords
from lambdas.records.link import LinkPurpose, LinkRecords
from lambdas.records.payment_method import PaymentMethodRecords
from lambdas.records.post import PostRecords
from lambdas.records.reminder_stop import ReminderStops

WAIT, RETURN, NEW, REVIEW = "wait", "return", "new", "review"
SIGN_IN, SIGN_OUT = "sign-in", "sign-out"


@dataclass(frozen=True)
class Door:
    """`min_seconds`: how long a person needs for a first page at the least. `company`: whose pages these are."""

    service: OrderService
    forms: Mapping[str, Form]
    plans: Mapping[str, Plan]
    links: LinkRecords
    clients: ClientRecords
    methods: PaymentMethodRecords
    hosted: HostedPages
    counts: FormCounts
    posts: PostRecords
    wishes: LinkWishes
    stops: ReminderStops
    windows: Windows
    company: str
    min_seconds: int = 0

    def now(self) -> int:
        return self.service.now()

    def given(self, order: Order | None) -> Given:
        return Given(order.info if order else {}, self.plans, self.service.currency)

    def visit(self, form: Form, request: WebRequest) -> Visit:
        """The browser's visit with its order. One whose link was closed begins anew."""
        token = token_of(form, request)
        if token is None:
            return new_visit()
        link = self.links.find(token, LinkPurpose.VISIT)
        if link is None:
            return Visit(token)
        if link.form != form.name or not self.links.is_open(link, self.now()):
            return new_visit()
        return Visit(token, link=link, order=self.service.get(order_id=link.order_id))

    def order_queue_id(self, form: Form) -> int:
        return next(number for number, queue in self.service.queues.items() if queue.key == form.queue)

    def refuse_closed(self, form: Form) -> None:
        """Raise RefusedError if the form's queue takes no new orders."""
        if not self.service.queues[self.order_queue_id(form)].active:
            text = "This form takes no orders at the moment. Please come back later, or write to us."
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "No orders at the moment", text)


def path_of(form: Form, page: Page | str) -> str:
    return f"/forms/{form.name}/{page if isinstance(page, str) else page.name}"


def as_it_stands(door: Door, form: Form, visit: Visit, order: Order) -> Answer:
    """The page that says what is so, for an order somebody wants to fill that may be further than they think.

    Raises RefusedError for a lead that is over.
    """
    order = door.service.get(order_id=order.order_id)
    if order.step_status is StepStatus.CANCELED and order.submitted_at is None:
        raise RefusedError(
            HTTPStatus.GONE,
            "This order is closed",
            f"Order {order.order_id} was not finished in time, or was canceled. Nothing was charged and no money is held. "
            "You can begin a new one.",
            ("Begin a new order", path_of(form, NEW)),
        )
    if not order.is_lead:
        return see_other(status_path(door, visit, order))
    if order.is_being_submitted(door.now()):
        return see_other(path_of(form, WAIT))
    return see_other(path_of(form, standing(form, door.given(order))))


def status_path(door: Door, visit: Visit, order: Order) -> str:
    """Where the order of this visit is looked at."""
    door.links.make(
        visit.status_token, LinkPurpose.STATUS, order.order_id, now=door.now(), by="form", parent=visit.link
    )
    return f"/orders/{visit.status_token}"
