"""The steps of a restore, in the order in which an operator takes them: look, make the tables, compare, fix."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from infra.account import reason_of
from infra.operate.copy_back import CopyBack
from infra.operate.output import say
from infra.operate.reconcile import MARGIN
from infra.operate.restore.findings import Findings
from infra.operate.restore.orders import RestoredOrders
from infra.operate.restore.rows import ChangedMeanwhileError
from infra.operate.restore.standing import FINE, FIXED, Seen, Standing
from lambdas.orders.store import DynamoOrderStore

CONFIRMING: Sequence[str] = ("", "tables", "fix")
_WHAT: dict[Standing, str] = {
    Standing.LOST: "the table has lost it",
    Standing.UNREADABLE: "its row cannot be read",
    Standing.OLDER: "its row is older than what history has recorded",
    Standing.EDITED: "its row was edited by hand without a new revision: if that was the damage, name it in ORDERS",
    Standing.ANOTHER: "another order has its number now, so this one cannot come back",
    Standing.HOPELESS: "its row cannot be read, nor could it at that moment: restore an earlier one",
}


@dataclass(frozen=True)
class Restoring:
    """`stage`: its name. `orders`: reads from the new table."""

    stage: str
    findings: Findings
    orders: RestoredOrders
    store: DynamoOrderStore

    def take(self, execute: str) -> int:
        """Take the steps up to the one that is confirmed (`CONFIRMING`). Return 1 if anything differs or is left.

        Raises RestoreError and MomentError.
        """
        self.findings.new.refuse_moment(self.findings.tables.names)
        if not execute:
            return self._preview()
        self._make_tables()
        return self._compare() if execute == "tables" else self._fix_all()

    def _preview(self) -> int:
        self.findings.say_tables()
        self.findings.say_orders()
        self.findings.say_gone(self.orders)
        self._say("nothing was changed; EXECUTE=tables makes the new tables and compares")
        return 0

    def _make_tables(self) -> None:
        new = self.findings.new
        new.wait([new.make(name) for name in self.findings.tables.names])

    def _compare(self) -> int:
        """Say what differs. Nothing of the stage is written."""
        rows, agree, differ = self.findings.say_lost_rows(execute=False), 0, set[str]()
        for each, standing in self._judged():
            if standing in FINE:
                agree += 1
                continue
            differ.add(each.order_id)
            fixed = "would be fixed" if self._is_fixed(each, standing) else "left for a person"
            self._say(f"order {each.order_id}: {fixed}, {_WHAT[standing]}")
        self._say(f"{agree} orders agree, {len(differ)} do not")
        gone = self.findings.say_gone(self.orders, differ)
        odd = self.findings.say_payments()
        self._say("nothing of the stage was changed; EXECUTE=fix fixes")
        return 1 if differ or rows or gone or odd else 0

    def _fix_all(self) -> int:
        """Fix what differs, and say what is left for a person."""
        rows = self.findings.say_lost_rows(execute=True)  # first: orders are fixed by what these say
        agree = fixed = left = 0
        for each, standing in self._judged():
            if standing in FINE:
                agree += 1
            elif self._fix(each, standing):
                fixed += 1
            else:
                left += 1
        self._put_keys_back()
        self._raise_numbers()
        self._say(f"{agree} orders agreed, {fixed} were fixed, {left} are left for a person")
        gone, odd = self.findings.say_gone(self.orders), self.findings.say_payments()
        self._say_what_comes_next()
        return 1 if left or rows or gone or odd else 0

    def _fix(self, seen: Seen, standing: Standing) -> bool:
        """Fix one order. Return False if a person must look at it. Another order is fixed all the same."""
        if not self._is_fixed(seen, standing):
            self._say(f"order {seen.order_id}: left, {_WHAT[standing]}")
            return False
        try:
            done = self.orders.fix(seen)
        except Exception as error:  # noqa: BLE001 - the other orders are fixed all the same
            self._say(f"order {seen.order_id}: left, {_reason(error)}; run this command again")
            return False
        self._say(f"order {seen.order_id}: {_WHAT[standing]}; {done.text}")
        return not done.needs_person

    def _judged(self) -> Iterator[tuple[Seen, Standing]]:
        return ((each, each.standing(self.orders.now)) for each in self.orders.seen())

    def _is_fixed(self, seen: Seen, standing: Standing) -> bool:
        return standing in FIXED or (standing is Standing.EDITED and seen.order_id in self.orders.rows.only)

    def _put_keys_back(self) -> None:
        """After the orders, because a key leads to its order. A key that expired since stays erased."""
        rows, now = self.orders.rows, self.orders.now
        self._say("keys of orders:")
        CopyBack(rows.client, rows.source, rows.target, rows.only, now, only_keys=True).run(
            self.findings.console, execute=True
        )

    def _raise_numbers(self) -> None:
        """The counter of order numbers stays above each number that is known, also if it was lost with its row."""
        started = max(map(int, self.findings.since.orders_with_executions()), default=0)
        known = max(started, self.orders.rows.read_latest_number())
        if self.store.raise_numbers(0) < known:
            self._say(f"the next order gets a number above {self.store.raise_numbers(known + MARGIN)}")

    def _say_what_comes_next(self) -> None:
        stage, new = f"STAGE={self.stage}", self.findings.new
        self._say(f"next: make redrive {stage}; make rebuild {stage}; make check-orders {stage}")
        names = " ".join(new.name_of(name) for name in self.findings.tables.names)
        self._say(f"then delete the new tables, which cost as long as they are there: {names}")

    def _say(self, text: str) -> None:
        say(self.findings.console, text)


def _reason(error: Exception) -> str:
    """In words that quote no value of an order."""
    if isinstance(error, ChangedMeanwhileError):
        return str(error)
    return reason_of(error) if isinstance(error, (BotoCoreError, ClientError)) else type(error).__name__
