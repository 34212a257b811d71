"""The steps of a restore, in the order in which an operator takes them: look, make the tables, compare, fix."""

from collections.abc import Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from infra.account import reason_of
from infra.operate.copy_back import CopyBack
from infra.operate.output import say
from infra.operate.reconcile import MARGIN
from infra.operate.restore.findings import Findings
from infra.operate.restore.orders import RestoredOrders
from infra.operate.restore.rows import ChangedMeanwhileError
from infra.operate.restore.standing import FIXED, Seen, Standing
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
        self.findings.say_lost_rows(execute=False)
        found, agree = self._found()
        for each, standing in found:
            fixed = "would be fixed" if self._is_fixed(each, standing) else "left for a person"
            self._say(f"order {each.order_id}: {fixed}, {_WHAT[standing]}")
        self._say(f"{agree} orders agree, {len(found)} do not")
        gone = self.findings.say_gone(self.orders, frozenset(each.order_id for each, _ in found))
        odd = self.findings.say_payments()
        self._say("nothing of the stage was changed; EXECUTE=fix fixes")
        return 1 if found or gone or odd else 0

    def _fix_all(self) -> int:
        """Fix what differs, and say what is left for a person."""
        rows_left = self.findings.say_lost_rows(execute=True)  # first: orders are fixed by what these say
        found, agree = self._found()
        left = sum(not self._fix(each, standing) for each, standing in found)
        keys_left = self._put_keys_back()
        self._raise_numbers()
        self._say(f"{agree} orders agreed, {len(found) - left} were fixed, {left} are left")
        gone, odd = self.findings.say_gone(self.orders), self.findings.say_payments()
        self._say_what_comes_next()
        return 1 if left or rows_left or keys_left or gone or odd else 0

    def _fix(self, seen: Seen, standing: Standing) -> bool:
        """Fix one order. Return False if it is left; another order is fixed all the same."""
        if not self._is_fixed(seen, standing):
            self._say(f"order {seen.order_id}: left for a person, {_WHAT[standing]}")
            return False
        try:
            done = self.orders.fix(seen)
        except (ChangedMeanwhileError, BotoCoreError, ClientError) as error:
            why = str(error) if isinstance(error, ChangedMeanwhileError) else reason_of(error)
            self._say(f"order {seen.order_id}: left, {why}; run this command again")
            return False
        self._say(f"order {seen.order_id}: {_WHAT[standing]}; {done}")
        return True

    def _is_fixed(self, seen: Seen, standing: Standing) -> bool:
        return standing in FIXED or (standing is Standing.EDITED and seen.order_id in self.orders.rows.only)

    def _found(self) -> tuple[list[tuple[Seen, Standing]], int]:
        """The orders that differ, and how many do not. A lead that expired is erased on purpose."""
        found, agree = list[tuple[Seen, Standing]](), 0
        for each in self.orders.seen():
            standing = each.standing(self.orders.now)
            if standing in (Standing.AGREE, Standing.EXPIRED):
                agree += 1
            else:
                found.append((each, standing))
        return found, agree

    def _put_keys_back(self) -> int:
        """After the orders, because a key leads to its order."""
        rows, now = self.orders.rows, self.orders.now
        keys = CopyBack(rows.client, rows.source, rows.target, rows.only, now, only_keys=True)
        return keys.run(self.findings.console, execute=True)

    def _raise_numbers(self) -> None:
        """The counter of order numbers stays above each number that is known, also if it was lost with its row."""
        known = max(map(int, self.findings.since.orders_with_executions()), default=0)
        known = max(known, self.orders.rows.find_highest_number())
        if self.store.raise_numbers(0) < known:
            self._say(f"the next order gets a number above {self.store.raise_numbers(known + MARGIN)}")

    def _say_what_comes_next(self) -> None:
        stage, new = f"STAGE={self.stage}", self.findings.new
        self._say(f"next: make redrive {stage}; make rebuild {stage}; make check-orders {stage}")
        names = " ".join(new.name_of(name) for name in self.findings.tables.names)
        self._say(f"then delete the new tables, which cost as long as they are there: {names}")

    def _say(self, text: str) -> None:
        say(self.findings.console, text)
