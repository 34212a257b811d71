"""`make diff-contract STAGE=dev ORDER=1001`: compares an order with the signed contract it was created from.

It compares with the contract as it was received, and it only reads. Exits with 1 if the two differ, with 2 if there is no
contract to compare with.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.stages.errors import StageError
from lambdas.contracts.diff import differences
from lambdas.orders.errors import OrderError
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.quotes.contract import ContractRecords
from lambdas.records.table import RecordTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, OrderError, StageError)


def compare(order_id: str, *, dynamodb: "DynamoDBClient", orders: str, records: str, console: Console) -> int:
    """Print the differences. Return 1 if there are any, 2 if there is no contract. `orders`, `records`: table names."""
    order = DynamoOrderStore(orders, dynamodb).get(order_id)
    kept = ContractRecords(RecordTable(records, dynamodb)).of_order(order_id)
    if kept is None:
        say(console, f"order {order_id} was not created from a signed contract, so there is nothing to compare it with")
        return 2
    contract = kept.content
    found = differences(contract, order)
    named = f"contract {contract.contract_id}, signature {contract.signature_id}"
    say(console, f"order {order_id} {'differs from' if found else 'is what was signed:'} {named}")
    for difference in found:
        say(console, f"  {difference}")
    return 1 if found else 0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Compare an order with the signed contract it was created from.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("order_id")
    asked, console = parser.parse_args(arguments), Console()
    try:
        options = client_options(asked.stage)
        return compare(
            asked.order_id,
            dynamodb=boto3.client("dynamodb", **options),
            orders=output_of(asked.stage, "OrderTable", options),
            records=output_of(asked.stage, "RecordTable", options),
            console=console,
        )
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
