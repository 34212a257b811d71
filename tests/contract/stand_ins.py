"""Clients and machines for the contracts of fakes: as little as the real classes need."""

import secrets
from typing import Any

import boto3

from lambdas.payments.gateway import Transaction
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import Client


class BusClient:
    """EventBridge, as far as its answers go: every event from this one on is refused."""

    def __init__(self, refuses: int | None = None) -> None:
        self.taken: list[Any] = []
        self._refuses, self._seen = refuses, 0

    def put_events(self, Entries: list[Any]) -> dict[str, Any]:
        results: list[dict[str, str]] = []
        for entry in Entries:
            refused = self._refuses is not None and self._seen >= self._refuses
            self._seen += 1
            results.append({"ErrorCode": "ThrottlingException"} if refused else {"EventId": "e"})
            self.taken += [] if refused else [entry]
        return {"FailedEntryCount": sum("ErrorCode" in each for each in results), "Entries": results}


class BlindGateway(SandboxGateway):
    """Holds and refuses as the sandbox does; what became of a request it does not know."""

    def find(self, key: str) -> Transaction | None:
        return None


def client_of(client_id: str, **changes: Any) -> Client:
    return Client.model_validate({"client_id": client_id, "brand_id": 1, "created_at": 1, **changes})


def one_state(options: dict[str, Any], account_id: str) -> tuple[Any, str]:
    """A client of Step Functions, and a machine that ends at once."""
    client = boto3.client("stepfunctions", **options)
    made = client.create_state_machine(
        name=f"contract-{secrets.token_hex(4)}",
        definition='{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}',
        roleArn=f"arn:aws:iam::{account_id}:role/machine",
    )
    return client, made["stateMachineArn"]
