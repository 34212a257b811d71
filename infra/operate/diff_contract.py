"""`make diff-contract STAGE=dev ORDER=1001`: any line of an order that is not in the contract that was signed for it.

It compares with what was taken in when the contract was signed, whatever the order says of itself, and only reads. It ends
with 1 where the two differ.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import because
from infra.local.engine_process import EngineError
from infra.operate.reach import NotDeployedError, client_options, output_of
from infra.stages.settings import StageError
from lambdas.contracts.diff import differences
from lambdas.orders.errors import OrderError
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.quotes.contract import ContractRecords
from lambdas.records.table import RecordTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, OrderError, StageError)


def tell(order_id: str, *, dynamodb: "DynamoDBClient", orders: str, records: str, console: Console) -> int:
    """Print the differences; 1 if there are any, 2 if there is nothing to compare. `orders`, `records`: the tables."""
    order = DynamoOrderStore(orders, dynamodb).get(order_id)
    kept = ContractRecords(RecordTable(records, dynamodb)).of_order(order_id)
    if kept is None:
        _say(console, f"order {order_id} was not made from a signed contract, so there is nothing to compare it with")
        return 2
    contract = kept.content
    found = differences(contract, order)
    named = f"contract {contract.contract_id}, signature {contract.signature_id}"
    _say(console, f"order {order_id} {'differs from' if found else 'is what was signed:'} {named}")
    for difference in found:
        _say(console, f"  {difference}")
    return 1 if found else 0


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Any line of an order that is not in what was signed.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("order_id")
    asked, console = parser.parse_args(arguments), Console()
    try:
        options = client_options(asked.stage)
        return tell(
            asked.order_id,
            dynamodb=boto3.client("dynamodb", **options),
            orders=output_of(asked.stage, "OrderTable", options),
            records=output_of(asked.stage, "RecordTable", options),
            console=console,
        )
    except _REFUSALS as error:
        _say(console, because(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
