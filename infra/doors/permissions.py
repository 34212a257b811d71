"""What the functions behind all doors are told and may do: the tables, and what payments need."""

import json
from collections.abc import Mapping

from aws_cdk import aws_iam as iam

from infra.functions.function import allow
from infra.stages.settings import StageSettings
from infra.storage import Storage

_WRITES = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem")


def door_environment(storage: Storage, settings: StageSettings, machine_hashes: Mapping[str, str]) -> dict[str, str]:
    """As lambdas/composition/parts.py reads it."""
    return {
        "ORDER_TABLE": storage.orders.table_name,
        "RECORD_TABLE": storage.records.table_name,
        "GUARD_TABLE": storage.guards.table_name,
        "GATEWAY": settings.gateway,
        "CURRENCY": settings.currency,
        "MACHINE_HASHES": json.dumps(machine_hashes),
        "PAYMENT_LIMITS": settings.payment_limits.model_dump_json(),
    }


def door_permissions(storage: Storage) -> list[iam.PolicyStatement]:
    """On orders; which records a door may touch is said where it is made (infra/functions/record_keys.py).

    A transaction is allowed by the permissions of what is in it.
    """
    return [allow(*_WRITES, on=[storage.orders.table_arn])]
