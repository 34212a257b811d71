"""Environment and permissions that the functions of all doors share: the tables and the limits of payments."""

import json
from collections.abc import Mapping

from aws_cdk import aws_iam as iam

from infra.functions.function import allow
from infra.stages.settings import StageSettings
from infra.storage import Storage

_WRITES = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem")


def door_environment(storage: Storage, settings: StageSettings, machine_hashes: Mapping[str, str]) -> dict[str, str]:
    """The variables that lambdas/composition/parts.py reads."""
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
    """Permissions on orders. Those on records differ per door (infra/functions/record_keys.py).

    A transaction needs the permissions of its items.
    """
    return [allow(*_WRITES, on=[storage.orders.table_arn])]
