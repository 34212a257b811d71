"""The verbs of an order: create, update, submit, process, skip, move, cancel and more. Doors call these and nothing else.

A verb writes facts to the order table and returns. The table's stream starts and wakes the machine (outbox/relay.py), so a
process that dies leaves nothing half done.

Longer than 200 lines, because doors need one list of verbs. Each verb's rules are in decisions/.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.await_payment import with_payment_check
from lambdas.orders.decisions.lead import deployed_checklist
from lambdas.orders.decisions.lead.draft import OrderDraft, new_order, queue_for, revised
from lambdas.orders.decisions.lead.on_account import for_signed_contracts, narrower
from lambdas.orders.decisions.lead.parties import refuse_strangers, refuse_untaken
from lambdas.orders.decisions.lead.readiness import check_ready
from lambdas.orders.decisions.lead.shown_order import ShownOrder
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.decisions.operator import restart as restarts
from lambdas.orders.decisions.operator.assignments import assigned
from lambdas.orders.decisions.operator.contact_correction import with_contact
from lambdas.orders.decisions.paused import resumed
from lambdas.orders.decisions.replies import with_answer, with_reply
from lambdas.orders.decisions.same_address import with_proved_address, with_resolved_address
from lambdas.orders.errors import (
    InvalidOrderError,
    KeyTakenError,
    OrderIsFinalError,
    OrderNotFoundError,
    Problem,
    QueueNotFoundError,
    RevisionDiffersError,
)
from lambdas.orders.model import info as order_info
from lambdas.orders.model.coupon_misfit import CouponMisfit
from lambdas.orders.model.hold_clock import Holds
from lambdas.orders.model.modules import ModuleFacts
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import MayBeInvoiced, Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.parsing.transfer_code import Codes, NoCodes, keep_codes
from lambdas.orders.pauses import NO_PAUSES, Pause, Pauses, PausesUnreadError
from lambdas.orders.payment_key import gateway_of
from lambdas.orders.payment_ports import PRESENT, UNSCREENED, Payer, Payments, Screen
from lambdas.orders.ports import UNBOUND, AssumedRunning, Clients, Executions, KeyUsed, OrderStore, Permit, Pricing
from lambdas.orders.store import save
from lambdas.orders.submission import Submission
from lambdas.orders.submit_errors import PaymentUnavailableError, SubmitsPausedError
from lambdas.orders.submit_request import SubmitRequest
from lambdas.orders.table.keys import IdempotencyKey, creation_keys, hash_pk, new_hash
from lambdas.orders.table.list_filters import OrderFilter, list_orders
from lambdas.orders.table.pages import OrderPage, PageRoom
from lambdas.orders.update import Update, UpdateRequest

BECAUSE_CHARACTERS = 250  # of a reason are kept with the order itself, which every later write carries along


@dataclass(frozen=True)
class OrderService:
    """The verbs over a store and the ports. `now` gives Unix seconds. `currency`: of brands that have none of their own."""

    store: OrderStore
    queues: Mapping[int, Queue]
    modules: Mapping[str, ModuleFacts]
    pricing: Pricing
    payments: Payments
    clients: Clients
    currency: str
    now: Callable[[], int]
    machine_hashes: Mapping[int, str] = field(default_factory=dict)
    screen: Screen = UNSCREENED
    pauses: Pauses = NO_PAUSES
    executions: Executions = field(default_factory=AssumedRunning)
    brand_currencies: Mapping[int, str] = field(default_factory=dict)
    codes: Codes = field(default_factory=NoCodes)

    @property
    def orders(self) -> OrderStore:
        """The orders as they are stored, for read models that look at many. Only verbs write."""
        return self.store

    def pause_of_gateway(self, name: str) -> Pause | None:
        """Raises PausesUnreadError."""
        return self.pauses.of_gateway(name)

    def currency_of(self, brand_id: int) -> str:
        """The currency that the brand sells in now."""
        return self.brand_currencies.get(brand_id, self.currency)

    def create(self, draft: OrderDraft, key: IdempotencyKey | None = None, *, by: str = "") -> Order:
        """A new lead. The same key (or caller-given hash) with the same content returns the order as it was first made."""
        lead = self.preview_new(draft)
        refuse_strangers(None, lead, self.clients, self.payments)
        refuse_untaken(None, lead, self.payments)
        now = lead.activity
        order = lead.changed(
            order_id=self.store.new_order_id(),  # only now: a refused draft takes no number
            info=keep_codes(lead.info, {}, self.codes, now=now),
            changed_by=by,
            changed_how="create",
        )
        try:
            self.store.create(order, creation_keys(order, draft, key, now), now)
        except KeyUsed as used:
            if used.first is None or used.content_hash != draft.content_hash():
                raise KeyTakenError(used.key.field, used.order_id) from None
            return used.first
        return order

    def preview_new(self, draft: OrderDraft) -> Order:
        """The lead that `create` would make, still without a number, at the price it would have. Nothing is written."""
        queue = queue_for(draft, self.queues)
        given, currency = draft.hash or new_hash(), self.currency_of(queue.brand_id)
        return new_order(draft, queue, self.modules, self.pricing, now=self.now(), hash=given, currency=currency)

    def preview(self, order: Order, changes: Mapping[str, Any]) -> Order:
        """The order as `update` or `submit` would make it with these changes, at the price it would have. Nothing is written.

        An order that they leave as it is keeps its price, as it would then.
        """
        return revised(order, changes, self.pricing, now=self.now(), currency=self.currency_of(order.brand_id))

    def coupon_misfit(self, order: Order) -> CouponMisfit | None:
        """Why the order's coupon code gives no discount; None if it does, or there is none. The order is as it was priced."""
        return self.pricing.coupon_misfit(order, self.now())

    def check(self, order: Order, *, form_invoices: MayBeInvoiced | None = None, signed: bool = False) -> None:
        """Raise InvalidOrderError naming everything that keeps the order from being submitted, or QueueNotFoundError."""
        if order.order_queue_id not in self.queues:
            raise QueueNotFoundError(order.order_queue_id, list(self.queues))
        who = self.who_is_invoiced(order.order_queue_id, form_invoices)
        invoiced = for_signed_contracts(who) if signed else who
        check_ready(order, self.pricing, self.payments, self.clients, invoiced=invoiced, now=self.now())

    def who_is_invoiced(self, order_queue_id: int, form: MayBeInvoiced | None = None) -> MayBeInvoiced:
        """Whose orders the queue takes on account, by the form if it has a rule of its own."""
        queue = self.queues.get(order_queue_id)
        return narrower(queue.may_be_invoiced if queue else MayBeInvoiced.EXISTING_CLIENTS, form)

    def get(self, *, order_id: str | None = None, hash: str | None = None) -> Order:
        """By id, or by the hash that stands in for it."""
        if order_id:
            return self.store.get(order_id)
        if not hash:
            raise InvalidOrderError(
                (Problem("order_id", "parameter not supplied; name the order by order_id or by hash"),)
            )
        found = self.store.order_id_of(hash_pk(hash))
        if found is None:
            raise OrderNotFoundError("this hash")
        return self.store.get(found)

    def update(
        self,
        order: Order,
        changes: Mapping[str, Any],
        *,
        by: str = "",
        step_id: int | None = None,
        step_name: str | None = None,
        expected_revision: int | None = None,
        same_client: bool = False,
        reason: str = "",
        permit: Permit = UNBOUND,
    ) -> Order:
        """Merge `changes` into the order (`info` deeply) and move it to the step, if one is named (see UpdateRequest).

        What an order buys and how it pays is fixed once it was submitted. With `same_client`, only if it still is the client's
        who `order` says.
        """
        known = order if same_client else None
        changes = self._without_codes(order, changes)
        request = UpdateRequest(changes, by, step_id, step_name, expected_revision, known, reason, permit)
        update = Update(request, self.preview, self.clients, self.payments, self.now)
        updated = self._kept_running(update.updated, by) if request.moves else update.updated
        return self._save(order, "move" if request.moves else "update", by, updated, because=reason)

    def correct_contact(
        self,
        order: Order,
        changes: Mapping[str, Any],
        *,
        by: str,
        reason: str = "",
        expected_revision: int | None = None,
    ) -> Order:
        """Change contact data, of an order in any step: `info` with contact fields only, and `listed_company`."""
        corrected = partial(with_contact, changes=changes, preview=self.preview, now=self.now())
        return self._save(order, "contact", by, corrected, because=reason, expected_revision=expected_revision)

    def prioritize(
        self, order: Order, priority: int, *, by: str, reason: str = "", expected_revision: int | None = None
    ) -> Order:
        """Say how urgent the order is, whatever step it is in."""
        now = self.now()

        def change(current: Order) -> Order:
            return current if current.priority == priority else current.changed(priority=priority, activity=now)

        return self._save(order, "priority", by, change, because=reason, expected_revision=expected_revision)

    def writes_of_note(
        self, order: Order, note_id: int, *, by: str, expected_revision: int | None = None
    ) -> Sequence[Any]:
        """The write that counts a note on the order as it is now, for the transaction that keeps the note.

        Raises RevisionDiffersError.
        """
        current = self.store.get(order.order_id)
        if not current.is_at(expected_revision):
            raise RevisionDiffersError(current.order_id, current.revision)
        counted = current.changed(notes=current.notes + 1, latest_note_id=note_id, activity=self.now())
        return self.store.writes_of(counted.changed(changed_by=by, changed_how="note", changed_because=""))

    def submit(
        self,
        order: Order,
        *,
        by: str = "",
        reviewed: bool = False,
        changes: Mapping[str, Any] | None = None,
        shown: ShownOrder | None = None,
        form_invoices: MayBeInvoiced | None = None,
        signed: bool = False,
        permit: Permit = UNBOUND,
        payer: Payer = PRESENT,
    ) -> Order:
        """Pre-authorise, then leave Leads. Submitting a submitted order again changes nothing and answers the same.

        `reviewed`: by a person who looked at the order, so that its payment is tried however many failed before. `changes`:
        merged first, in the same write. `seen`: what the buyer was shown; if it is another order or price, nothing is done.
        `form_invoices`: whom the form it comes by invoices, if it has a rule of its own. `signed`: by a signed contract.
        `payer`: whether they can answer their bank, and their way back from its page.
        """
        changes = self._without_codes(order, changes or {})
        request = SubmitRequest(
            by=by, changes=changes, shown=shown or ShownOrder(), reviewed=reviewed, permit=permit, payer=payer
        )
        return self._submit(order, request, form_invoices, signed=signed)

    def authenticate(
        self,
        order: Order,
        proof: Mapping[str, Any],
        *,
        by: str = "",
        shown: ShownOrder | None = None,
        permit: Permit = UNBOUND,
    ) -> Order:
        """Submit an order whose card holder was asked to confirm its payment. `proof`: by the gateway's own names."""
        return self._submit(order, SubmitRequest(by=by, proof=proof, shown=shown or ShownOrder(), permit=permit))

    def resume_submit(
        self,
        order: Order,
        *,
        by: str = "",
        shown: ShownOrder | None = None,
        form_invoices: MayBeInvoiced | None = None,
        payer: Payer = PRESENT,
    ) -> Order:
        """Continue a submit whose outcome is open, with the same payment. Raises NoOpenPaymentError if there is none."""
        request = SubmitRequest(by=by, only_open=True, shown=shown or ShownOrder(), payer=payer)
        return self._submit(order, request, form_invoices)

    def _submit(
        self, order: Order, request: SubmitRequest, form_invoices: MayBeInvoiced | None = None, *, signed: bool = False
    ) -> Order:
        check = partial(self.check, form_invoices=form_invoices, signed=signed)
        if order.is_lead:
            self._refuse_paused(order, request)
        ports = (self.store, self.pricing, self.payments, self.screen)
        queue, currency = self.queues.get(order.order_queue_id), self.currency_of(order.brand_id)
        rules = queue.holds if queue else Holds()
        submitted = Submission(*ports, currency, check, self._as_deployed, self.now, request, rules).submit(order)
        if submitted.machine_stopped_at is None or submitted.is_lead:
            return submitted
        restarted = self._kept_running(lambda current: current, request.by, lenient=True)
        return self._save(submitted, "restart", request.by, restarted)  # it was submitted before, and stopped since

    def _without_codes(self, order: Order, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """The changes with authorisation codes of transfers kept elsewhere."""
        if not isinstance(changes.get("info"), Mapping):
            return changes
        return {**changes, "info": keep_codes(changes["info"], order.info, self.codes, now=self.now())}

    def _refuse_paused(self, lead: Order, request: SubmitRequest) -> None:
        """Raise SubmitsPausedError while the queue's submits are paused, or no money is moved at the gateway that this needs.

        What the buyer sent with the submit is kept on the lead before.
        """
        wanted = self.preview(lead, request.changes)
        due = self.payments.due(wanted)
        takes_money = lead.attempt is not None or due.amount_cents > 0
        gateway = gateway_of(lead.attempt.key) if lead.attempt else due.gateway
        try:
            pause = self.pauses.of_queue(lead.order_queue_id) or (
                self.pauses.of_gateway(gateway) if takes_money else None
            )
        except PausesUnreadError:
            raise PaymentUnavailableError(lead.order_id, "payments cannot be taken just now") from None
        if pause is None:
            return
        if request.changes and lead.attempt is None:
            request.shown.refuse_other_content(lead)
            self.update(lead, request.changes, by=request.by, permit=request.permit)
        raise SubmitsPausedError(lead.order_id, ends_at=pause.ends_at, now=self.now())

    def _as_deployed(self, order: Order) -> Order:
        queue_id = order.order_queue_id
        machine_hash = self.machine_hashes.get(queue_id, "")
        return deployed_checklist.as_deployed(order, self.queues.get(queue_id), self.modules, machine_hash=machine_hash)

    def list(self, criteria: OrderFilter, room: PageRoom | None = None) -> OrderPage:
        """Orders by queue and step or by client, in the order of their time, as far as an answer has room."""
        return list_orders(self.store, self.queues, criteria, room)

    def look_for_payment(self, order_id: str, *, by: str) -> None:
        """Ask the order to look for its money now, because an invoice was paid. May be repeated; an unknown order is ignored."""
        try:
            order = self.store.get(order_id)
        except OrderNotFoundError:
            return
        self._save(order, "process", by, partial(with_payment_check, by=by, now=self.now()))

    def unless_canceled(self, order_id: str) -> Sequence[Any]:
        """Conditions for a transaction that creates something for the order. They fail once the order is canceled."""
        return self.store.unless_canceled(order_id)

    def paid_through(self, wrap: Callable[[Payments], Payments]) -> "OrderService":
        """The same service with its payments wrapped, such as one that holds no money at submit."""
        return replace(self, payments=wrap(self.payments))

    def process(
        self,
        order: Order,
        action_id: int,
        *,
        by: str,
        given: dict[str, Any],
        why: str = "",
        expected_revision: int | None = None,
    ) -> Order:
        """Run a waiting, failed or optional action now, or a done one again if its module says so."""
        order_info.bounded_input(given)
        now = self.now()
        processed = self._kept_running(
            partial(manual_actions.processed, action_id=action_id, by=by, given=given, now=now), by
        )
        return self._save(order, "process", by, processed, because=why, expected_revision=expected_revision)

    def skip(
        self,
        order: Order,
        action_id: int,
        *,
        by: str,
        why: str = "",
        permit: Permit = UNBOUND,
        expected_revision: int | None = None,
    ) -> Order:
        """Skip an action. Skipped counts as done for the actions after it. `permit` is asked whether that is allowed.

        First records what its runs did with money and could not report.
        """
        recorded, now = -1, self.now()

        def change(current: Order) -> Order:
            nonlocal recorded
            permit.pass_over(current, (action for key, action in current.actions.items() if key == str(action_id)))
            skipped = manual_actions.skipped(current, action_id, by=by, why=why, now=now)
            action = current.actions[str(action_id)]
            if skipped is current or action.attempts == recorded:
                return skipped
            recorded = action.attempts
            paid = self.payments.record_left_money(current, action, now)
            return with_payment_check(skipped, by=by, now=now) if paid else skipped

        kept_running = self._kept_running(change, by, lenient=True)
        return self._save(order, "skip", by, kept_running, because=why, expected_revision=expected_revision)

    def resume_paused(self, order_id: str, action_id: int, *, by: str = "") -> Order:
        """Ask for the run of an action that waited for the end of a pause. May be repeated."""
        return self._save(self.store.get(order_id), "resume", by, partial(resumed, action_id=action_id, now=self.now()))

    def undo_skip(self, order: Order, action_id: int, *, by: str, expected_revision: int | None = None) -> Order:
        unskipped = self._kept_running(
            partial(manual_actions.unskipped, action_id=action_id, by=by, now=self.now()), by
        )
        return self._save(order, "undo_skip", by, unskipped, expected_revision=expected_revision)

    def restart(self, order: Order, *, by: str, why: str = "", expected_revision: int | None = None) -> Order:
        """A new execution for an order whose machine ended before the order did. Step Functions is asked whether it did."""
        queue = self.queues.get(order.order_queue_id)
        now = self.now()
        machine_hash = self.machine_hashes.get(order.order_queue_id, "")

        def change(current: Order) -> Order:
            known = restarts.with_execution_state(current, self.executions, now=now)
            return restarts.restarted(known, queue, by=by, now=now).changed(machine_hash=machine_hash)

        return self._save(order, "restart", by, change, because=why, expected_revision=expected_revision)

    def assign(
        self,
        order: Order,
        key: str,
        to: str,
        *,
        by: str,
        take_over: bool = False,
        because: str = "",
        expected_revision: int | None = None,
    ) -> Order:
        """Give open work of the order to a user, or back to its team (`to` empty); see decisions/operator/assignments.py."""
        change = partial(assigned, key=key, to=to, by=by, now=self.now(), take_over=take_over, because=because)
        return self._save(order, "assign", by, change, because=because, expected_revision=expected_revision)

    def mark_reply(self, order: Order, post_id: int, *, by: str) -> Order:
        """Say on the order that its client wrote this post and waits for an answer. May be repeated."""
        return self._save(order, "reply", by, partial(with_reply, post_id=post_id, now=self.now()))

    def mark_answered(self, order: Order, post_id: int, *, by: str) -> Order:
        """Say on the order that its client got this post. May be repeated."""
        return self._save(order, "answer", by, partial(with_answer, post_id=post_id))

    def prove_address(self, order: Order, address: str, *, by: str) -> Order:
        """Say on the order that its buyer reads mail at this address, if it is the order's. May be repeated."""
        return self._save(order, "prove_address", by, partial(with_proved_address, address=address))

    def resolve_address(self, order: Order, *, by: str, why: str, expected_revision: int | None = None) -> Order:
        """Say that a person resolved what becomes of two clients with one address. May be repeated."""
        resolved = partial(with_resolved_address, now=self.now())
        return self._save(order, "resolve_address", by, resolved, because=why, expected_revision=expected_revision)

    def _kept_running(
        self, change: Callable[[Order], Order], by: str, *, lenient: bool = False
    ) -> Callable[[Order], Order]:
        """The decision, followed by a new run if the machine was stopped. `lenient`: the decision stands even if no run is
        possible.
        """

        def run(current: Order) -> Order:
            queue_id, now = current.order_queue_id, self.now()
            queue, machine_hash = self.queues.get(queue_id), self.machine_hashes.get(queue_id, "")
            decided = change(current)
            return restarts.with_running_machine(
                decided, queue, by=by, now=now, machine_hash=machine_hash, lenient=lenient
            )

        return run

    def cancel(self, order: Order, because: str = "", by: str = "", *, expected_revision: int | None = None) -> Order:
        """Final at once: nothing of the order starts any more. Taking back what was done follows in the machine."""

        def change(current: Order) -> Order:
            if current.step_status is StepStatus.COMPLETE:
                raise OrderIsFinalError(current.order_id, current.step.name, "canceled")
            if current.step_status is StepStatus.CANCELED:
                return current
            return progress.canceled(self._as_deployed(current), now=self.now(), because=because, by=by)

        kept_running = self._kept_running(change, by, lenient=True)
        canceled = self._save(order, "cancel", by, kept_running, because=because, expected_revision=expected_revision)
        self.pricing.give_back(canceled.order_id)  # repeated by a repeated cancel, and by the undo of Generate Invoice
        return canceled

    def _save(
        self,
        order: Order,
        how: str,
        by: str,
        change: Callable[[Order], Order],
        *,
        because: str = "",
        expected_revision: int | None = None,
    ) -> Order:
        """Write a decision with who took it, how and why; one that changes nothing leaves no trace.

        Raises RevisionDiffersError if the order has another revision than `expected_revision`.
        """

        def attributed(current: Order) -> Order:
            if not current.is_at(expected_revision):
                raise RevisionDiffersError(current.order_id, current.revision)
            changed = change(current)
            if changed is current:
                return current
            # History tells by it when this was, so no verb leaves it as it was.
            activity = max(changed.activity, self.now())
            because_short = because[:BECAUSE_CHARACTERS]
            return changed.changed(changed_by=by, changed_how=how, changed_because=because_short, activity=activity)

        return save(self.store, order, attributed)
