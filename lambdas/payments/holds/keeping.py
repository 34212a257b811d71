"""Does what the clock of a hold says is due (lambdas/orders/decisions/hold_clock.py).

Every step is on the order before the provider is asked, and every call has a key that the order itself decides. So a process may
die anywhere: the next run looks up what came of it, and asks again only for what was not done. While a renewal is begun on the
order, nobody else captures or returns its money.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from lambdas.orders.decisions import hold_clock, hold_forecast
from lambdas.orders.model.hold_clock import HoldPolicy, Holds, Trouble
from lambdas.orders.model.order import Hold, Order
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import save
from lambdas.payments.captures import capture_early
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayMisusedError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    TooSoonError,
    Transaction,
    TransactionState,
    void_or_refund,
)
from lambdas.payments.hold import renewed_hold
from lambdas.payments.stored_methods.paying import method_of
from lambdas.records.clients.client import ClientRecords

_UNKNOWN = (GatewayUnavailableError, OutcomeUnknownError)
_REFUSED = (DeclinedError, LapsedError, GatewayMisusedError)


class Kept(StrEnum):
    """The outcome of one look at a hold. `left`: nothing was done, and it is looked at again."""

    WARNED = "warned"
    RENEWED = "renewed"
    CAPTURED = "captured"
    GIVEN = "given"
    LEFT = "left"


@dataclass(frozen=True)
class HoldKeeper:
    """`holds_of`: the rules of an order's queue. `now`: Unix seconds."""

    store: OrderStore
    gateway: Gateway
    clients: ClientRecords
    holds_of: Callable[[Order], Holds]
    now: Callable[[], int]

    def keep(self, order_id: str) -> Kept:
        """Do what is due with the order's hold. May be repeated. A provider that does not answer leaves it for later."""
        order, now = self.store.get(order_id), self.now()
        hold = order.hold
        if hold is None or not hold_clock.is_due(order, now):
            return Kept.LEFT
        if hold_clock.mark_passed(hold, now) == hold_clock.HALF and not hold.clock.is_renewing:
            return self._warn(order)
        if not hold_clock.may_move(order, now):  # the action that takes the money runs
            return Kept.LEFT
        try:
            return self._renew(order) if hold.clock.is_renewing else self._act(order, hold)
        except TooSoonError as soon:
            self._save(self.store.get(order_id), "look", partial(hold_clock.postponed, again_at=soon.again_at))
            return Kept.LEFT
        except _UNKNOWN:
            self._save(self.store.get(order_id), "look", lambda order: hold_clock.released(order, self.now()))
            return Kept.LEFT

    def _warn(self, order: Order) -> Kept:
        rules, now = self.holds_of(order), self.now()

        def change(current: Order) -> Order:
            return hold_forecast.warned(hold_clock.marked(current, hold_clock.HALF), rules, now)

        self._save(order, "warn_of_hold", change)
        return Kept.WARNED

    def _act(self, order: Order, hold: Hold) -> Kept:
        found = self.gateway.find(hold.key)
        if found and found.is_taken:
            return self._note_capture(order, found)
        if found is None or found.state not in (TransactionState.HELD, TransactionState.LAPSED):
            return self._give(order, Trouble.LAPSED)
        wanted = hold_clock.choice(hold, self.holds_of(order), is_lapsed=not found.is_held)
        match wanted:
            case HoldPolicy.RENEW:
                return self._renew(order)
            case HoldPolicy.CAPTURE:
                return self._capture(order, hold)
            case HoldPolicy.ASK:
                return self._give(order, Trouble.ASKED, is_held=True)
        return self._give(order, wanted, is_held=found.is_held)

    def _capture(self, order: Order, hold: Hold) -> Kept:
        try:
            return self._note_capture(order, capture_early(order, hold, self.gateway))
        except _REFUSED as refused:
            return self._after_refusal(order, hold, refused)

    def _note_capture(self, order: Order, taken: Transaction) -> Kept:
        """An order that was canceled meanwhile is not changed: its undo looks the payment up and refunds it."""
        self._save(order, "capture_early", lambda current: hold_clock.captured(current, taken.ids.capture))
        return Kept.CAPTURED

    def _renew(self, order: Order) -> Kept:
        begun = self._begin_renewal(order)
        if begun is None or begun.hold is None:
            return Kept.LEFT
        old, key = begun.hold, hold_clock.renewal_key(begun)
        found = self.gateway.find(key) if old.clock.tries > 1 else None
        try:
            found = found or self._ask(begun, old, key)
        except _REFUSED as refused:
            return self._after_refusal(begun, old, refused)
        if found.state is TransactionState.PENDING:
            raise OutcomeUnknownError("the provider has not decided about the renewal yet")
        if not (found.is_held or found.is_taken):
            return self._after_refusal(begun, old, DeclinedError(f"the renewal is {found.state.value}"))
        return self._settle(begun, old, found)

    def _begin_renewal(self, order: Order) -> Order | None:
        """The order with the intent to renew, written by this run alone; None: another run, or the action, was first."""
        is_ours = False

        def change(current: Order) -> Order:
            nonlocal is_ours
            now = self.now()
            is_ours = hold_clock.is_due(current, now) and hold_clock.may_move(current, now)
            by = {"changed_by": "", "changed_how": "begin_renewal", "changed_because": ""}
            return hold_clock.renewal_begun(current, now).changed(**by) if is_ours else current

        begun = save(self.store, order, change)
        return begun if is_ours else None

    def _ask(self, order: Order, old: Hold, key: str) -> Transaction:
        method = method_of(order, self.clients)
        if method is None:
            raise DeclinedError("its payment method was removed")
        return self.gateway.renew(key=key, transaction_id=old.transaction_id, token=method.token)

    def _settle(self, order: Order, old: Hold, found: Transaction) -> Kept:
        """Put the new hold in the place of the old one. If nobody waits for the money any more, none of it stays held."""
        fresh = renewed_hold(old, found)
        after = self._save(order, "renew_hold", lambda current: hold_clock.renewed(current, fresh))
        if after.hold and after.hold.key == found.key:
            return Kept.RENEWED
        void_or_refund(self.gateway, found.key)
        save(self.store, after, hold_clock.freed)
        return Kept.LEFT

    def _after_refusal(self, order: Order, old: Hold, refused: Exception) -> Kept:
        """The new hold, or the capture, came to nothing. What became of the old hold decides."""
        standing = self.gateway.find(old.key)
        if standing and standing.is_taken:
            return self._note_capture(order, standing)
        trouble = Trouble.REFUSED if isinstance(refused, GatewayMisusedError) else Trouble.DECLINED
        if standing and standing.state is TransactionState.LAPSED and isinstance(refused, LapsedError):
            trouble = Trouble.LAPSED
        return self._give(order, trouble, is_held=standing is not None and standing.is_held)

    def _give(self, order: Order, trouble: Trouble, *, is_held: bool = False) -> Kept:
        now = self.now()
        given = self._save(
            order, "give_hold", lambda current: hold_clock.given_to_person(current, trouble, now, is_held=is_held)
        )
        if given.hold and not hold_clock.is_kept(given):
            save(self.store, given, hold_clock.freed)
        return Kept.GIVEN

    def _save(self, order: Order, how: str, change: Callable[[Order], Order]) -> Order:
        """Write a step of the hold that this run works on. An order that needs the hold no more, or has another, stays."""
        of_run = order.hold

        def changed(current: Order) -> Order:
            is_same = current.hold and of_run and current.hold.key == of_run.key and hold_clock.is_kept(current)
            by = {"changed_by": "", "changed_how": how, "changed_because": ""}
            return change(current).changed(**by) if is_same else current

        return save(self.store, order, changed)
