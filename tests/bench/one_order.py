"""What one order of the default queue uses and costs, counted on an engine with a meter on its tables."""

from typing import Any

import boto3

from infra.costs import prices
from infra.costs.order import MEASURED, VARYING
from infra.local.engine_process import LocalEngine
from infra.local.play.order import NEW_CLIENT_ORDER, call, client_of
from infra.local.stack import LocalStack
from tests.bench import budgets
from tests.bench.budgets import at_most
from tests.bench.place import Place, Spent, until
from tests.bench.row import Row

CALLS = 2  # of the API: order.create and order.submit; looking at the order is not part of it
_READERS = ("Outbox", "Watch")  # of the stream and of executions: they are counted apart


def one_order(place: Place) -> list[Row]:
    complete(place)  # the first order starts the workers
    made: list[str] = []
    used, ran = place.spent(lambda: made.append(complete(place)))
    entered = transitions(place.engine, place.stack)
    told = events_told(place.engine, place.stack, made[0])
    return _rows(Spent(used, ran, calls=CALLS, told=told, entered=entered))


def _rows(spent: Spent) -> list[Row]:
    of_order = sum(len(times) for name, times in spent.ran.items() if not any(reader in name for reader in _READERS))
    used, entered, price = spent.used, spent.entered, spent.price
    without_ledger = used.write_units - used.ledger_units
    bare_units, bare_price = without_ledger - used.model_units, price - used.model_units * prices.WRITE_UNIT
    writes = f"{without_ledger:g} ({used.table_units - used.ledger_units:g} tables, {used.index_units:g} indexes)"
    return [
        Row("state transitions, default order, submit to Complete", str(entered), *at_most(entered, budgets.TRANSITIONS)),
        Row("Lambda invocations, create to Complete, readers of the stream apart", str(of_order), "<= 6", of_order <= 6),
        Row("write units that the ledger of effects adds", f"{used.ledger_units:g}",
            *at_most(used.ledger_units, budgets.LEDGER_UNITS)),
        Row("write units, default order, without ledger and read models", f"{bare_units:g}", "<= 70", bare_units <= 70),
        Row("write units that the read models add to it", f"{used.model_units:g}", "<= 25", used.model_units <= 25),
        Row("write units, default order, without ledger", writes, *at_most(without_ledger, budgets.WRITE_UNITS)),
        Row("read units, default order", f"{used.read_units:g}", *at_most(used.read_units, budgets.READ_UNITS)),
        *(Row(f"  {what}", f"{units:.4g} = ${units * each * 1e6:.2f} a million orders", "", True)
          for what, (units, each) in spent.units().items()),
        Row("list price of a default order, without writes of read models", f"${bare_price:.6f}", "<= $0.0002",
            bare_price <= 0.0002),
        Row("list price of a default order", f"${price:.6f}", f"<= ${budgets.PRICE}", price <= budgets.PRICE),
        *_as_make_cost_has_it(spent),
    ]  # fmt: skip


def _as_make_cost_has_it(spent: Spent) -> list[Row]:
    """The units of `make cost` are within a tenth of what was measured now."""
    return [
        Row(f"  `make cost`: {what}", f"{units:g}", f"{MEASURED[what]:g} +- 10 %", budgets.is_near(units, MEASURED[what]))
        for what, (units, _) in spent.units().items() if what not in VARYING
    ]  # fmt: skip


def complete(place: Place) -> str:
    """The id of an order that has come to Complete. It is looked for without reading the tables, which have a meter."""
    step_functions: Any = boto3.client("stepfunctions", **place.engine.client_options())
    arn = place.stack.machines["new_accounts"]

    def ended() -> int:
        return len(step_functions.list_executions(stateMachineArn=arn, statusFilter="SUCCEEDED")["executions"])

    before = ended()
    with client_of(place.stack) as client:
        order_id = str(call(client, "order.create", NEW_CLIENT_ORDER)["order_id"])
        call(client, "order.submit", {"order_id": order_id})
    until(lambda: ended() > before)
    place.settle()
    return order_id


def transitions(engine: LocalEngine, stack: LocalStack) -> int:
    """States entered by the execution that ended last."""
    step_functions: Any = boto3.client("stepfunctions", **engine.client_options())
    ended = step_functions.list_executions(stateMachineArn=stack.machines["new_accounts"])["executions"]
    last = max(ended, key=lambda execution: execution["startDate"])["executionArn"]
    history = step_functions.get_execution_history(executionArn=last, maxResults=1000)["events"]
    return sum(event["type"].endswith("StateEntered") for event in history)


def events_told(engine: LocalEngine, stack: LocalStack, order_id: str) -> int:
    """Events on the bus, as many as the order's story has: the engine keeps none that could be counted."""
    order = boto3.client("dynamodb", **engine.client_options()).get_item(
        TableName=stack.order_table, Key={"pk": {"S": order_id}, "sk": {"S": "order"}}
    )["Item"]
    done = sum("at" in action["M"] for action in order["actions"]["M"].values())
    return 3 + done + 1  # created, submitted, step entered; each action; completed
