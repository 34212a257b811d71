"""An order: one item of the order table, carrying its own checklist (design, promise 6).

An order is never changed in place: every decision makes a new value (`order.changed(...)`), which the store writes only
if nobody else wrote in between.

Longer than 200 lines, because an order is one item, and this is all that it holds.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field

from lambdas.orders.dispute import Dispute, RefundThere
from lambdas.orders.model.checklist import ActionState, ChecklistAction, ChecklistStep
from lambdas.orders.model.fingerprint import fingerprint
from lambdas.orders.model.hold_clock import HoldClock
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.model.payment_ids import PaymentIds
from lambdas.orders.model.shares import within_share
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.reference import reference_of
from lambdas.runtime.models import Frozen

ListPosition = tuple[int, int]
"""Where an order stands in a list: when it was received, then its number, so that no two are in one place."""


class Wait(Frozen):
    """A parked execution: the task token that wakes it, who must act, and until when. Written by the machine.

    A gate waits for other actions, not for a person, so it has no `due_at`. `overdue`: its deadline passed, and the owner
    was notified.
    """

    IMPERSONAL = frozenset({"since", "due_at", "owner", "overdue"})
    PERSONAL = frozenset({"token"})
    SECRET = frozenset({"token"})

    token: str
    since: int
    due_at: int | None = None
    owner: str
    overdue: bool = False


class Assignment(Frozen):
    """A wait in the hands of a user, who took it or got it. `turn`: which one under its key (decisions/open_work.py)."""

    IMPERSONAL = frozenset({"to", "at", "by", "turn"})

    to: str
    at: int
    by: str
    turn: int


class PaymentAttempt(Frozen):
    """The intent to pre-authorise, written before the gateway is called. `key` is what the gateway knows it by.

    `tries` above 1 means that the process of an earlier try died, so the outcome must be looked up. `price` and `content`:
    digests of the order that the buyer agreed to (decisions/lead/shown_order.py).
    """

    SECRET = frozenset({"key", "claim"})

    key: str
    amount_cents: int
    currency: str
    method: str
    claim: str
    claim_ends_at: int
    tries: int = 1
    price: str = ""
    content: str = ""

    def is_under_way(self, now: int) -> bool:
        """Whether a process may be working on it."""
        return self.claim_ends_at >= now


class Hold(Frozen):
    """Money held (or, where the method allows no hold, already taken) for the order.

    `gateway`: the name of its adapter; empty on orders of earlier releases. `customer`: whom the provider knows its payer as.
    `payer_present`: the payer was there when it was held. It lapses at `capture_before`, and its provider vouches for the money
    until `honoured_until`, where that is earlier. Unix seconds.
    """

    IMPERSONAL = frozenset(
        {
            "gateway", "method", "amount_cents", "currency", "captured", "held_at", "capture_before", "honoured_until",
            "payer_present", "clock",
        }
    )  # fmt: skip
    PERSONAL = frozenset({"transaction_id", "key", "avs_code", "ids", "customer"})
    SECRET = frozenset({"key"})

    transaction_id: str
    key: str
    method: str
    amount_cents: int
    currency: str
    captured: bool = False
    avs_code: str = ""
    capture_before: int | None = None
    gateway: str = ""
    ids: PaymentIds = PaymentIds()
    customer: str = ""
    held_at: int | None = None
    honoured_until: int | None = None
    payer_present: bool = True
    clock: HoldClock = HoldClock()


class Looks(Frozen):
    """Looks at an order's deadlines, which at most mark waits as overdue: the revision before them, and the one after."""

    IMPERSONAL = frozenset({"before", "after"})

    before: int
    after: int


class Order(Frozen):
    """An order. Ids of orders and clients are decimal strings; money is in cents; `ts` and all `*_at` are Unix seconds.

    Whatever somebody typed, or somebody outside wrote, is personal; of what is in `info`, see parsing/info_keys.py.
    """

    IMPERSONAL = frozenset(
        {
            "order_id", "order_queue_id", "brand_id", "queue_hash", "machine_hash", "step_id", "step_status", "revision",
            "epoch", "ts", "activity", "changed_by", "changed_how", "client_id", "order_form_id", "opportunity_id", "owner",
            "priority", "total_cents", "currency", "priced", "requested_completion", "planned_completion", "info",
            "checklist_steps", "actions", "waits", "declines", "declined_at", "hold", "review_at", "machine_run",
            "machine_stopped_at", "restarted_by", "submitted_at", "completed_at", "canceled_at", "canceled_by", "unwound_at",
            "lead_ends_at", "expires_at", "looked_at", "looks", "is_fingerprinted", "contact_changed", "notes", "latest_note_id",
            "assigned", "reply_waiting_at", "reply_id", "known_reference", "dispute", "refund_there",
        }
    )  # fmt: skip
    PERSONAL = frozenset(
        {
            "hash", "listed_company", "signature", "proved_address", "password_hash", "attempt", "review_because",
            "machine_stopped_because", "canceled_because", "changed_because",
        }
    )  # fmt: skip
    SECRET = frozenset({"hash", "password_hash"})

    order_id: str
    hash: str
    known_reference: str = Field(default="", description="its reference, where its hash is not shown; never stored")
    is_fingerprinted: bool = Field(default=False, description="what it is known by outside is more than its number")
    order_queue_id: int
    brand_id: int
    queue_hash: str
    machine_hash: str = ""
    step_id: int
    step_status: StepStatus
    revision: int = 1
    epoch: int = 1

    ts: int
    activity: int
    changed_by: str = ""
    changed_how: str = ""
    changed_because: str = Field(default="", description="why, as far as who changed it last gave a reason")
    client_id: str | None = None
    order_form_id: int = 0
    opportunity_id: int = 0
    owner: str = ""
    priority: int = 1
    listed_company: str = ""
    signature: str = ""
    total_cents: int = 0
    currency: str
    priced: tuple[PricedPack, ...] = ()
    requested_completion: int | None = None
    planned_completion: int | None = None
    info: dict[str, Any] = {}
    password_hash: str | None = None
    proved_address: str = Field(default="", description="digest of the e-mail address at which its buyer reads mail")
    notes: int = Field(default=0, description="how many staff wrote on it for each other")
    latest_note_id: int | None = None
    contact_changed: tuple[str, ...] = Field(default=(), description="contact data that its client may have otherwise")

    checklist_steps: tuple[ChecklistStep, ...]
    actions: dict[str, ChecklistAction]
    waits: dict[str, Wait] = {}
    assigned: dict[str, Assignment] = Field(default={}, description="by key of the work; see decisions/open_work.py")
    reply_waiting_at: int | None = Field(default=None, description="since when the client waits for an answer")
    reply_id: int = Field(default=0, description="the latest post of the client that is known here")

    attempt: PaymentAttempt | None = None
    declines: int = 0
    declined_at: tuple[int, ...] = Field(
        default=(), description="when its bank declined a payment, the latest few times"
    )
    hold: Hold | None = None
    dispute: Dispute | None = None
    refund_there: RefundThere | None = None

    review_at: int | None = Field(default=None, description="a person must look at the lead before it is submitted")
    review_because: str = ""

    machine_run: int = Field(default=1, description="which execution is its present one; 0: it has had none yet")
    machine_stopped_at: int | None = None
    machine_stopped_because: str = ""
    restarted_by: str = ""

    submitted_at: int | None = None
    completed_at: int | None = None
    canceled_at: int | None = None
    canceled_because: str = ""
    canceled_by: str = ""
    unwound_at: int | None = None
    looked_at: int | None = Field(default=None, description="when its deadlines were looked at last")
    looks: Looks | None = None
    lead_ends_at: int | None = Field(default=None, description="when a lead that nobody submits is canceled")
    expires_at: int | None = Field(default=None, description="TTL of leads that came to nothing")

    @property
    def step(self) -> ChecklistStep:
        return next(step for step in self.checklist_steps if step.step_id == self.step_id)

    @property
    def known_as(self) -> str:
        """The prefix of keys that gateways and receivers know. The number alone may be given twice."""
        return f"{self.order_id}-{fingerprint(self.hash)}" if self.is_fingerprinted else self.order_id

    @property
    def reference(self) -> str:
        """The text that buyers know it by."""
        return self.known_reference or reference_of(self.hash)

    def is_at(self, revision: int | None) -> bool:
        """Whether somebody who saw that revision saw the order as it is: only looks at its deadlines followed. None: always."""
        if revision is None or revision == self.revision:
            return True
        looks = self.looks
        return looks is not None and looks.after == self.revision and looks.before <= revision < self.revision

    def looked_over(self, now: int) -> "Order":
        """The order as a look at its deadlines leaves it, for the very next write."""
        earlier = self.looks and self.looks.after == self.revision and self.looks.before
        return self.changed(looked_at=now, looks=Looks(before=earlier or self.revision, after=self.revision + 1))

    @property
    def list_position(self) -> ListPosition:
        return self.ts, int(self.order_id)

    @property
    def is_lead(self) -> bool:
        return self.step_status is StepStatus.LEADS

    @property
    def has_machine(self) -> bool:
        """An execution was begun for it and, as far as is known, was not stopped."""
        return self.machine_run > 0 and self.machine_stopped_at is None

    def is_being_submitted(self, now: int) -> bool:
        return self.is_lead and self.attempt is not None and self.attempt.is_under_way(now)

    @property
    def is_final(self) -> bool:
        return self.step_status in (StepStatus.COMPLETE, StepStatus.CANCELED)

    def actions_of(self, step_id: int) -> tuple[ChecklistAction, ...]:
        return tuple(action for action in self.actions.values() if action.step_id == step_id)

    def at_of(self, action: ChecklistAction) -> int | None:
        """When the action got to where it is. A machine that parks in front of it says that in the wait only."""
        wait = self.waits.get(str(action.action_id))
        return action.at or (wait.since if wait and action.state is ActionState.WAITING else None)

    def with_action(self, action: ChecklistAction) -> Self:
        """The order with the action, as far as its reason and result have room."""
        return self.changed(actions={**self.actions, str(action.action_id): within_share(action, len(self.actions))})


def without(waits: Mapping[str, Wait], *keys: str) -> dict[str, Wait]:
    return {key: wait for key, wait in waits.items() if key not in keys}
