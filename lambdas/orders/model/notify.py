"""Rules for notices to people: the `[[notify]]` of a `queue.toml`, and the default rules of every queue.

They are read from the deployed queue and are no part of an order's checklist, because they are about people. Somebody who joins
a team today gets notices of yesterday's orders too.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import ConfigDict, Field

from lambdas.runtime.models import Frozen

NoticeEvent = Literal[
    "new order", "step entered", "waiting", "overdue", "failed", "stopped", "skipped", "reply", "completed", "canceled"
]  # fmt: skip
"""`new order`: submitted. `waiting`: a person has to act, and nothing failed. `failed`: a person has to act after a failure.
An undo that fails counts as `failed`. `stopped`: the order has no execution. `reply`: the client wrote."""

BUS_EVENTS: Mapping[NoticeEvent, tuple[str, ...]] = {
    "new order": ("OrderSubmitted",),
    "step entered": ("OrderStepEntered",),
    "waiting": (
        "OrderActionWaiting",
        "OrderReviewNeeded",
        "OrderHoldLapsing",
        "OrderPaymentDisputed",
        "OrderRefundedElsewhere",
    ),
    "overdue": ("OrderActionOverdue",),
    "failed": ("OrderActionWaiting", "OrderActionFailed", "OrderUndoFailed"),
    "stopped": ("OrderMachineStopped",),
    "skipped": ("OrderActionSkipped",),
    "reply": ("OrderClientResponded",),
    "completed": ("OrderCompleted",),
    "canceled": ("OrderCanceled",),
}
"""The events of the bus (lambdas/orders/events.py) that may mean each."""

OWNER = "owner"
"""As `team`: the team that owns what waits, or else the queue."""


class NotifyCondition(Frozen):
    """Conditions, all of which must hold. `step`: the order's. `module`: of the action. `owner`: the team that owns it.
    `priority_from`: 0 low to 3 urgent."""

    model_config = ConfigDict(extra="forbid")

    step: str = ""
    module: str = ""
    owner: str = ""
    total_cents_from: int = Field(default=0, ge=0)
    priority_from: int = Field(default=0, ge=0, le=3)


class NotifyRule(Frozen):
    """One `[[notify]]`. `webhook`: as the address of Call Webhook. `topic`: one of the stage's `notice_topics`, by name.
    `urgent`: quiet hours do not hold it. `off`: this event has no default rule here."""

    model_config = ConfigDict(extra="forbid")

    event: NoticeEvent
    when: NotifyCondition = NotifyCondition()
    team: str = ""
    emails: tuple[str, ...] = Field(default=(), max_length=20)
    webhook: str = Field(default="", max_length=2000)
    topic: str = ""
    urgent: bool = False
    off: bool = False

    @property
    def tells_somebody(self) -> bool:
        return bool(self.team or self.emails or self.webhook or self.topic)


DEFAULT_RULES = (
    *(
        NotifyRule(event=event, team=OWNER)
        for event in ("new order", "waiting", "overdue", "failed", "canceled", "reply")
    ),
    NotifyRule(event="stopped", team=OWNER, urgent=True),
)


def rules_of(rules: tuple[NotifyRule, ...]) -> tuple[NotifyRule, ...]:
    """A queue's own rules and the default ones that it did not turn off."""
    off = {rule.event for rule in rules if rule.off}
    own = tuple(rule for rule in rules if rule.tells_somebody)
    return (*(rule for rule in DEFAULT_RULES if rule.event not in off), *own)


def bus_events_of(rules: tuple[NotifyRule, ...]) -> frozenset[str]:
    """The events of the bus that somebody is notified of."""
    told = rules_of(rules)
    return frozenset(name for rule in told for name in BUS_EVENTS.get(rule.event, ()))
