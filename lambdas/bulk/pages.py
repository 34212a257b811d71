"""Acts on the orders of one page of a run, one after the other, at a given pace.

Everything may be repeated. An order with an outcome is left alone. One that carries the act of this run was acted on by a
process that died before it wrote the outcome.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic, sleep

from lambdas.access.console_user import console_user, is_console_user
from lambdas.bulk.acts import is_signed
from lambdas.bulk.permit import UsersPermit
from lambdas.bulk.plan import Plan, Refusal, plan_order
from lambdas.bulk.preview import PlannedOrder
from lambdas.bulk.run import Outcome, OutcomeKind, Run, RunState
from lambdas.bulk.run_records import RunRecords
from lambdas.bulk.service_calls import MovedOnError, Signature, act, as_pinned, as_trial
from lambdas.bulk.summary import EffectGroup
from lambdas.orders.errors import OrderError, OrderNotFoundError
from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Order
from lambdas.orders.service import OrderService
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.runtime.asker import asked_by
from lambdas.runtime.aws_errors import is_passing
from lambdas.runtime.telemetry import log_unexpected, logger

_LOOKS = 5  # at an order that others write at the same moment
_Told = tuple[OutcomeKind, str]
_BUSY: _Told = (OutcomeKind.CHANGED, "others changed it at the same moment, again and again; nothing was done")


class PageUnfinished(Exception):
    """Time is up and orders are left. The machine calls again: the class name is the error name that it retries."""


@dataclass(frozen=True)
class PageWork:
    """`pace_seconds`: at least as long between two orders. `has_time`: whether another order can be begun. `now`: Unix
    seconds."""

    service: OrderService
    runs: RunRecords
    users: ApiUserRecords
    now: Callable[[], int]
    has_time: Callable[[], bool]
    pace_seconds: float = 0.0
    pause: Callable[[float], None] = sleep

    def act_on_page(self, run_id: str, number: int) -> dict[str, int]:
        """Give each order of the page an outcome, until the run is stopped; return the counts. Raises PageUnfinished."""
        planned, outcomes = self.runs.page(run_id, number), self.runs.outcomes_of_page(run_id, number)
        for place, each in self._left(planned, number, outcomes):
            run = self.runs.find(run_id)
            if run is None or run.state is not RunState.RUNNING:
                break
            if not self.has_time():
                self._save_counts(run_id, number, outcomes)
                raise PageUnfinished
            begun_at = monotonic()
            with asked_by(run.by):
                kind, text = self._outcome(run, each)
            outcomes[place] = Outcome(place=place, order_id=each.order_id, outcome=kind, text=text, at=self.now())
            self.runs.add_outcome(run_id, outcomes[place])
            self.pause(max(0.0, self.pace_seconds - (monotonic() - begun_at)))
        return self._save_counts(run_id, number, outcomes)

    def _left(
        self, planned: tuple[PlannedOrder, ...], number: int, outcomes: Mapping[str, Outcome]
    ) -> Iterator[tuple[str, PlannedOrder]]:
        for index, each in enumerate(planned):
            place = f"{number:05d}.{index:03d}"
            if place not in outcomes:
                yield place, each

    def _save_counts(self, run_id: str, number: int, outcomes: Mapping[str, Outcome]) -> dict[str, int]:
        counts = Counter(outcome.outcome.value for outcome in outcomes.values())
        self.runs.save_counts(run_id, number, counts)
        return dict(counts)

    def _outcome(self, run: Run, planned: PlannedOrder) -> _Told:
        """Act on one order. Nothing that happens to it stops the others, but a table that is busy stops the page."""
        user = console_user(run.by) if is_console_user(run.by) else self.users.find(run.by)
        if user is None:
            return OutcomeKind.REFUSED, f"there is no user {run.by} any more"
        try:
            permit = UsersPermit(user, self.users.find(run.instruction.user))
            return _OneOrder(self.service, run, permit, planned).act()
        except Exception as error:
            if is_passing(error):
                raise
            log_unexpected("order of a bulk run failed", error, order_id=planned.order_id, run=run.run_id)
            return OutcomeKind.FAILED, "an unexpected error, which is logged; look at the order"


class _OneOrder:
    """One order of a run."""

    def __init__(self, service: OrderService, run: Run, permit: UsersPermit, planned: PlannedOrder) -> None:
        self._service, self._run, self._planned = service, run, planned
        self._permit = permit
        self._signature = Signature(by=run.signature, reason=run.reason)
        self._effect: EffectGroup = run.effects[planned.effect]

    def act(self) -> _Told:
        """Read the order, and act if the effect is still the one in the preview."""
        for _ in range(_LOOKS):
            try:
                return self._look_and_act(self._service.orders.get(self._planned.order_id))
            except OrderNotFoundError:
                return OutcomeKind.CHANGED, "it is not there any more"
            except OrderError as error:
                return OutcomeKind.REFUSED, error.message
            except MovedOnError:
                continue
        return _BUSY

    def _look_and_act(self, order: Order) -> _Told:
        """Raises MovedOnError if somebody else writes the order in the meantime, and OrderError."""
        signed = self._signed(order)
        if signed == set(self._effect.acts):
            return OutcomeKind.DONE, self._effect.does
        plan = self._plan(order, signed)
        if isinstance(plan, Refusal):
            return self._refused(order, plan)
        if not self._fits(plan, signed):
            return OutcomeKind.CHANGED, self._difference(plan)
        self._carry_out(order, plan)
        return OutcomeKind.DONE, self._effect.does

    def _plan(self, order: Order, signed: set[int]) -> Plan | Refusal:
        trial, instruction = as_trial(self._service), self._run.instruction
        return plan_order(trial, order, instruction, self._permit, without=frozenset(signed))

    def _carry_out(self, order: Order, plan: Plan) -> None:
        pinned, instruction = as_pinned(self._service), self._run.instruction
        current = order
        for action_id in plan.acts:
            current = act(
                pinned,
                current,
                action_id,
                instruction=instruction,
                signature=self._signature,
                permit=self._permit,
            )
            logger.info("bulk run acted", order_id=order.order_id, verb=instruction.verb.value, run=self._run.run_id)

    def _signed(self, order: Order) -> set[int]:
        """The acts that this run did before. An order at its revision has none."""
        if order.revision == self._planned.revision:
            return set()
        by, verb = self._run.signature, self._run.instruction.verb
        return {action_id for action_id in self._effect.acts if is_signed(order, verb, action_id, by)}

    def _fits(self, plan: Plan, signed: set[int]) -> bool:
        """Whether the preview named this. What is left of it after some acts were done fits too."""
        if signed:
            return set(plan.acts) <= set(self._effect.acts)
        planned = self._planned
        return self._effect.fits(plan) and (plan.money.cents, plan.money.currency) == (planned.cents, planned.currency)

    def _refused(self, order: Order, refusal: Refusal) -> _Told:
        """An order that nobody changed is refused; one that moved on is reported as that."""
        unchanged = order.revision == self._planned.revision or refusal.kind == "not_allowed"
        kind = OutcomeKind.REFUSED if unchanged else OutcomeKind.CHANGED
        return kind, refusal.reason if unchanged else f"it moved on since the preview: {refusal.reason}"

    def _difference(self, plan: Plan) -> str:
        before = _in_words(self._effect.does, self._effect.money.value, self._planned.cents, self._planned.currency)
        after = _in_words(plan.does, plan.money.kind.value, plan.money.cents, plan.money.currency)
        return f"it moved on since the preview, which named: {before}; now it would be: {after}; nothing was done"


def _in_words(does: str, money: str, cents: int, currency: str) -> str:
    return f"{does}, money {money}" + (f" {Money(cents, currency)}" if cents else "")
