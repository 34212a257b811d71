"""The shop: the parts that all pages of the forms work with, and the session and order of a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from lambdas.catalog.plan import Plan, sold_in
from lambdas.forms.brands.brand_look import BRAND, BrandLook, BrandLooks
from lambdas.forms.counts import FormCounts
from lambdas.forms.fields.field import Given
from lambdas.forms.fields.filled import current_page
from lambdas.forms.form import Form, Page
from lambdas.forms.session.session import Session, new_session, proof_of, token_of
from lambdas.forms.session.signatures import Signer
from lambdas.languages.language import spoken
from lambdas.languages.texts import _
from lambdas.mail.link_mail import has_current_address
from lambdas.mail.link_requests import LinkRequests
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.service import OrderService
from lambdas.payments.several.pages import PagesOfStage
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.rate_limits.windows import Windows
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.links.client_sign_in import SignInLinks
from lambdas.records.links.link import LinkPurpose, LinkRecords
from lambdas.records.links.reminder_stop import ReminderStops
from lambdas.records.links.sessions import SessionRecords
from lambdas.records.posts.attachment import AttachmentFiles
from lambdas.records.posts.post import PostRecords
from lambdas.registrar.lookups import NOBODY, Lookups, lookups_of
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

WAIT, RETURN, NEW, REVIEW = "wait", "return", "new", "review"
SIGN_IN, SIGN_OUT, RESUME = "sign-in", "sign-out", "resume"


@dataclass(frozen=True)
class Shop:
    """`min_seconds`: the shortest time a person needs for a first page. `languages`: those offered, the stage's own first."""

    service: OrderService
    forms: Mapping[str, Form]
    plans: Mapping[str, Plan]
    links: LinkRecords
    clients: ClientRecords
    methods: PaymentMethodRecords
    hosted: PagesOfStage
    counts: FormCounts
    posts: PostRecords
    files: AttachmentFiles
    link_requests: LinkRequests
    stops: ReminderStops
    sessions: SessionRecords
    sign_in_links: SignInLinks
    signer: Signer
    windows: Windows
    lookups: Lookups = field(default_factory=lambda: lookups_of(NOBODY))
    looks: BrandLooks = field(default_factory=BrandLooks)
    min_seconds: int = 0
    languages: tuple[str, ...] = ("en",)
    limits: FormLimits = field(default_factory=FormLimits)

    def now(self) -> int:
        return self.service.now()

    def in_language(self, tag: str) -> "Shop":
        """The shop with the texts of its forms in this language. Plans stay as their file has them."""
        return replace(self, forms={name: form.in_language(tag) for name, form in self.forms.items()})

    def look_of(self, request: WebRequest) -> BrandLook:
        """How the page of this address looks, as far as the address says it."""
        match request.path:
            case ("forms", name, *_rest) if form := self.forms.get(name):
                return self.looks.of(self.queue_of(form).brand_id)
            case ("forms",) if (brand := request.query.get(BRAND, "")).isdecimal():
                return self.looks.of(int(brand))
        return self.looks.usual

    def input_of(self, form: Form, order: Order | None) -> Given:
        currency = self.service.currency_of(order.brand_id if order else self.queue_of(form).brand_id)
        sold = {key: plan.in_language(spoken().tag) for key, plan in sold_in(self.plans, currency).items()}
        return Given(order.info if order else {}, sold, currency)

    def session_of(self, form: Form, request: WebRequest) -> Session:
        """The browser's session with its order, which it may read and change. Raises RefusedError.

        A client's order needs a session on which that client signed in. A closed session is replaced by a new one. If its
        order was opened in another browser, the refusal says so.
        """
        session = self.any_session(form, request)
        if session.is_locked:
            raise sign_in_needed(form)
        if session.fresh and self._has_moved(form, request):
            raise moved_elsewhere(form)
        return session

    def any_session(self, form: Form, request: WebRequest) -> Session:
        """The browser's session, even if it may not read its order. For pages that neither show nor change the order."""
        token, proof = token_of(form, request), proof_of(form, request)
        if token is None:
            return new_session(self.signer)
        link = self.links.find(token, LinkPurpose.SESSION)
        if link is None:
            return Session(token, self.signer, proof=proof)
        if link.form != form.name or not self.links.is_open(link, self.now()):
            return new_session(self.signer)
        try:
            order = self.service.get(order_id=link.order_id)
        except OrderNotFoundError:  # a lead that nobody sent in time, and that was erased
            return new_session(self.signer)
        return (
            Session(token, self.signer, proof=proof, link=link, order=order)
            if has_current_address(link, order)
            else new_session(self.signer)
        )

    def _has_moved(self, form: Form, request: WebRequest) -> bool:
        token = token_of(form, request)
        link = self.links.find(token, LinkPurpose.SESSION) if token else None
        return link is not None and link.moved and link.form == form.name

    def order_queue_id(self, form: Form) -> int:
        return self.queue_of(form).order_queue_id

    def queue_of(self, form: Form) -> Queue:
        """The queue that the form feeds, as deployed."""
        return next(queue for queue in self.service.queues.values() if queue.key == form.queue)

    def refuse_closed(self, form: Form) -> None:
        """Raise RefusedError if the form's queue takes no new orders."""
        if not self.queue_of(form).active:
            text = _("This form takes no orders at the moment. Come back later or contact us.")
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, _("No orders at the moment"), text)


def sign_in_needed(form: Form) -> RefusedError:
    text = _("This order belongs to a client's account. Sign in as that client to continue it, or begin a new order.")
    return RefusedError(
        HTTPStatus.FORBIDDEN,
        _("Sign in to continue this order"),
        text,
        (_("Sign in"), path_of(form, SIGN_IN)),
        _new_order_link(form),
    )


def moved_elsewhere(form: Form) -> RefusedError:
    text = _(
        "Someone opened it through a link that we mailed to its address, or its client signed in. Only one browser at a time "
        "can continue it. To continue it here, get a new link by email. What you entered is saved."
    )
    anew = (_("Get a link by email"), path_of(form, RESUME))
    return RefusedError(
        HTTPStatus.GONE, _("This order was opened in another browser"), text, anew, _new_order_link(form)
    )


def _new_order_link(form: Form) -> tuple[str, str]:
    return _("Begin a new order"), path_of(form, NEW)


def path_of(form: Form, page: Page | str) -> str:
    return f"/forms/{form.name}/{page if isinstance(page, str) else page.name}"


def redirect_to_order(shop: Shop, form: Form, session: Session, order: Order) -> Answer:
    """Lead the browser to the page that fits the order's state, which may be further than the browser knows.

    Raises RefusedError for a lead that is closed.
    """
    order = shop.service.get(order_id=order.order_id)
    if order.step_status is StepStatus.CANCELED and order.submitted_at is None:
        raise RefusedError(
            HTTPStatus.GONE,
            _("This order is closed"),
            _(
                "Order {order_id} was not finished in time, or was canceled. Nothing was charged and no money is held. "
                "You can begin a new one.",
                order_id=order.reference,
            ),
            _new_order_link(form),
        )
    if not order.is_lead:
        return see_other(make_status_path(shop, session, order))
    if order.is_being_submitted(shop.now()):
        return see_other(path_of(form, WAIT))
    return see_other(path_of(form, current_page(form, shop.input_of(form, order))))


def make_status_path(shop: Shop, session: Session, order: Order) -> str:
    """Make the status link of this session's order, once, and return its path."""
    shop.links.make(
        session.status_token, LinkPurpose.STATUS, order.order_id, now=shop.now(), by="form", parent=session.link
    )
    return f"/orders/{session.status_token}"
