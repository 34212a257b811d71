"""`make reconcile-payments STAGE=dev DAY=2026-11-26`: compares a day of the payment provider with ours, payment by payment.

It reads only, and prints what differs and sums by brand and currency. Exits with 0 if all agree, with 1 if something differs.
Exits with 2 if the stage or the provider does not answer, with 3 if all agree and the day is not closed.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.check_orders import deployed
from infra.operate.deployed_stage import NotDeployedError, client_options
from infra.operate.output import say
from infra.stages.errors import StageError
from lambdas.orders.model.money import Money, format_cents
from lambdas.payments.effects.effect import Payment
from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError, TransactionState
from lambdas.watch.invariants.compared import Compared, Standing
from lambdas.watch.invariants.of_payments import PaymentsOfADay
from lambdas.watch.invariants.recorded_payments import closes_at
from lambdas.watch.invariants.stage import Stage

AGREE, DIFFERS, NOT_REACHED, NOT_CLOSED = 0, 1, 2, 3
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
_SILENT = (GatewayUnavailableError, OutcomeUnknownError)
_Place = tuple[str, str]  # brand and currency


def reconcile(stage: Stage, day: str, console: Console) -> int:
    """Compare the day and print what differs. `day`: YYYY-MM-DD, UTC."""
    payments = PaymentsOfADay(stage.gateway, stage.orders, stage.records, day, stage.now())
    compared = list(payments.compare())
    odd = [each for each in compared if each.standing is not Standing.AGREE]
    if odd:
        console.print(_listed(odd))
    console.print(_sums(compared))
    counts = Counter(each.standing for each in compared)
    say(console, f"{day}: " + ", ".join(f"{counts[each]} {each.value}" for each in Standing))
    if payments.is_closed:
        return DIFFERS if odd else AGREE
    closes = datetime.fromtimestamp(closes_at(day), UTC).strftime("%Y-%m-%d %H:%M UTC")
    say(
        console, f"the day is not closed: providers report late, so what is only here is not looked for before {closes}"
    )
    return DIFFERS if odd else NOT_CLOSED


def _listed(odd: Iterable[Compared]) -> Table:
    table = Table("is", "for", "sum", "there", "here", "payment", "why")
    for each in odd:
        sum_of = str(Money(each.seen.amount_cents, each.seen.currency))
        states = (side.state.value if side else "-" for side in (each.there, each.here))
        table.add_row(each.standing.value, each.place, sum_of, *states, each.seen.transaction_id, each.what)
    return table


def _sums(compared: Iterable[Compared]) -> Table:
    """There and here, by brand and currency. A payment from before the ledger counts here as it is there if it agrees."""
    there, here = defaultdict[_Place, Counter[str]](Counter), defaultdict[_Place, Counter[str]](Counter)
    for each in compared:
        place = str(each.brand_id) if each.brand_id else "none", each.seen.currency
        agreed = each.there if each.standing is Standing.AGREE else None
        for sums, side in ((there, each.there), (here, each.here or agreed)):
            if side:
                sums[place].update(parts_of(side))
    table = Table("brand", "currency", *(f"{part} {side}" for part in PARTS for side in ("there", "here")))
    for place in sorted({*there, *here}):
        cells = (format_cents(sums[place][part], place[1]) for part in PARTS for sums in (there, here))
        table.add_row(*place, *cells)
    return table


PARTS = ("held", "captured", "refunded")


def parts_of(payment: Payment) -> dict[str, int]:
    """The payment's cents: held now, captured at all, and refunded of that."""
    if payment.state is TransactionState.HELD:
        return {"held": payment.amount_cents}
    if payment.state in (TransactionState.CAPTURED, TransactionState.PARTLY_REFUNDED, TransactionState.REFUNDED):
        return {"captured": payment.amount_cents, "refunded": payment.refunded_cents}
    return {}


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day, UTC: DAY=2026-11-26") from None


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Compare a day of the payment provider with ours.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--day", required=True, type=_day, help="YYYY-MM-DD, UTC")
    asked, console = parser.parse_args(arguments), Console()
    try:
        return reconcile(deployed(asked.stage, client_options(asked.stage)), asked.day, console)
    except _REFUSALS as error:
        say(console, reason_of(error))
    except _SILENT as silent:
        say(console, f"the payment provider does not answer, so nothing was compared: {silent}")
    return NOT_REACHED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
