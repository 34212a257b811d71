"""Decides which mail an order gets, and when. Each mail has a guard beside the order, so a repeated event sends one mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lambdas.catalog.plan import Plan
from lambdas.forms.form import Form
from lambdas.languages.language import speaking, spoken
from lambdas.mail.language import language_of, with_language
from lambdas.mail.link_mail import address_of
from lambdas.mail.sender import Sender
from lambdas.mail.sending import Mail, OnDoubt, send_once
from lambdas.notices import mail_texts
from lambdas.notices.confirmation_mail import confirmation
from lambdas.orders.decisions.lead.lead_expiry import lead_ends_at
from lambdas.orders.decisions.same_address import is_address_proved
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.ports import OrderStore
from lambdas.rate_limits.form_limits import FormLimits, is_admitted
from lambdas.rate_limits.windows import Windows
from lambdas.records.clients.account import account_of
from lambdas.records.clients.client import ClientRecords, email_pk
from lambdas.records.links.link import LinkPurpose, LinkRecords, new_token, path_of
from lambdas.records.links.reminder_stop import ReminderStops, address_digest, stop_path
from lambdas.records.links.unfinished_orders import UnfinishedOrderRecords, digest_of
from lambdas.records.posts.notification import MailState, NotificationRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

CONFIRMATION = "confirmation"
Outcome = Literal["sent", "before", "in_doubt", "held_back", "none"]
"""`before`: sent earlier. `in_doubt`: possibly sent earlier, and not sent now. `held_back`: its address got too many mails today.
`none`: this order gets no such mail."""


@dataclass(frozen=True)
class Notices:
    """`public_url`: the address of the pages. `now`: gives Unix seconds. `languages`: those offered, the stage's own first."""

    store: OrderStore
    records: RecordTable
    queues: Mapping[int, Queue]
    forms: Mapping[str, Form]
    sender: Sender
    public_url: str
    now: Callable[[], int]
    windows: Windows
    limits: FormLimits = field(default_factory=FormLimits)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    languages: tuple[str, ...] = ("en",)

    def form_of(self, order: Order) -> Form | None:
        return next((form for form in self.forms.values() if form.order_form_id == order.order_form_id), None)

    def index_lead(self, order_id: str) -> None:
        """Index the order by its address while it is a lead of a form. Can be repeated, at any time and in any order."""
        order = self.store.get(order_id)
        form, email = self.form_of(order), address_of(order)
        if form is None or not email:
            return
        begun = UnfinishedOrderRecords(self.records)
        change = begun.add if order.is_lead else begun.remove
        change(digest_of(form.name, email), order_id)

    def confirm(self, order_id: str, *, on_doubt: OnDoubt) -> Outcome:
        """Mail the confirmation once, unless the form sends none or the order was canceled in the meantime."""
        order = self.store.get(order_id)
        form, queue = self.form_of(order), self.queues.get(order.order_queue_id)
        wanted = form is not None and form.confirmation_mail and order.submitted_at is not None and address_of(order)
        if form is None or queue is None or not wanted or order.step_status is StepStatus.CANCELED:
            return "none"
        confirmed, its_queue = form, queue

        def written() -> Mail:
            url = self.link(order, LinkPurpose.STATUS, confirmed, CONFIRMATION)
            known = self._has_account(order)
            return confirmation(order, confirmed, its_queue, self.sender, url, has_account=known, plans=self.plans)

        return self.send(order, CONFIRMATION, written, on_doubt)

    def _has_account(self, order: Order) -> bool:
        """Whether the order's address is that of a client, and neither signed in nor proved, so that the order is not theirs."""
        clients = ClientRecords(self.records)
        made = clients.made_for(order.order_id) or ""
        if is_address_proved(order) or order.client_id not in (None, made):
            return False
        return account_of(clients, email_pk(address_of(order)), order.brand_id, besides=made) is not None

    def send_requested_link(self, form_name: str, digest: str, request_id: str) -> Outcome:
        """Mail a link to the newest lead of the form with this address, once per `request_id`. `digest`: of the address."""
        form = self.forms.get(form_name)
        for order_id in UnfinishedOrderRecords(self.records).latest(digest) if form else ():
            order = self._lead(order_id)
            if order and form and self.form_of(order) == form and digest_of(form_name, address_of(order)) == digest:
                return self._send_link(order, form, f"wanted#{request_id}", mail_texts.requested_link)
        return "none"

    def remind(self, order_id: str, form: Form, after_hours: int) -> Outcome:
        """Mail a reminder of an order begun `after_hours` ago, once for each such time, unless its client stopped reminders."""
        order = self._lead(order_id)
        if order is None or order.attempt:  # a payment is being made or looked up
            return "none"
        stops, address = ReminderStops(self.records), address_digest(order.brand_id, address_of(order))
        if stops.is_stopped(order_id, address):
            return "none"

        def written(order: Order, queue: Queue, sender: Sender, url: str) -> Mail:
            token = new_token()
            stops.offer(token, order.order_id, address, now=self.now())
            return mail_texts.reminder(order, queue, sender, url, self.url(stop_path(token)))

        return self._send_link(order, form, f"reminder#{after_hours}", written)

    def _lead(self, order_id: str) -> Order | None:
        """The current order, if it is an open lead with an e-mail address."""
        try:
            order = self.store.get(order_id)
        except OrderNotFoundError:
            return None
        ends_at = lead_ends_at(order)
        over = ends_at is not None and ends_at <= self.now()
        return order if order.is_lead and address_of(order) and not over else None

    def _send_link(
        self, order: Order, form: Form, guard: str, write: Callable[[Order, Queue, Sender, str], Mail]
    ) -> Outcome:
        queue = self.queues.get(order.order_queue_id)
        if queue is None:
            return "none"
        link = (order, LinkPurpose.RESUME, form, guard.partition("#")[0])
        return self.send(order, guard, lambda: write(order, queue, self.sender, self.link(*link)), "skip")

    def send(
        self, order: Order, guard: str, write: Callable[[], Mail], on_doubt: OnDoubt, *, to_account: str = ""
    ) -> Outcome:
        """Send the mail, and make its link only if it was not sent before. `to_account`: the address of a client's account, if it
        goes there instead of to the order's address. Raises MailRefusedError and MailInDoubtError."""
        notifications = NotificationRecords(self.records)
        if notifications.states(order.order_id, guard, guard).get(guard) is MailState.SENT:
            return "before"
        if not self._may_mail(order, to_account):
            logger.warning("a notice is held back", order_id=order.order_id, notice=guard.partition("#")[0])
            metrics.add_metric("NoticesHeldBack", MetricUnit.Count, 1)
            return "held_back"
        with speaking(language_of(order, self.sender.languages(order.brand_id, self.languages))):
            mail = write()
        sent = send_once(notifications, order.order_id, guard, mail, self.now(), on_doubt=on_doubt)
        kind = guard.partition("#")[0]
        logger.info("notice", order_id=order.order_id, notice=kind, sent=sent)
        if sent:
            metrics.add_metric("NoticesSent", MetricUnit.Count, 1)
        return "sent" if sent else "in_doubt"

    def _may_mail(self, order: Order, to_account: str) -> bool:
        """Count a mail to its address and return whether it may be sent. A client who signed in gets every mail at
        the address of their account, because nobody else can have it sent."""
        if to_account:
            return is_admitted(self.windows, "mails", to_account, self.limits.mails_of_address, self.now())
        client = ClientRecords(self.records).get(order.client_id) if order.client_id else None
        if client and client.order_id != order.order_id and client.email.casefold() == address_of(order).casefold():
            return True
        return is_admitted(self.windows, "mails", address_of(order), self.limits.mails_of_address, self.now())

    def link(self, order: Order, purpose: LinkPurpose, form: Form, by: str) -> str:
        """Make a link to the order and return its address."""
        token = new_token()
        links = LinkRecords(self.records)
        link = links.make(
            token, purpose, order.order_id,
            now=self.now(), form=form.name, by=f"mail {by}", email=address_of(order),
        )  # fmt: skip
        return self.url(path_of(link, token))

    def url(self, path: str) -> str:
        """The address of a page, in the language that is spoken."""
        return with_language(self.public_url.rstrip("/") + path, spoken().tag, self.languages)
