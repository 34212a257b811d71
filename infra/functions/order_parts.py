"""The parts that constructs share whose functions work on orders: doors, bulk runs, readers of the stream, the watch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_iam as iam

from infra.functions.function import FunctionParts, allow
from infra.functions.gateways import gateway_environment
from infra.queues import Queues
from infra.stages.settings import StageSettings
from infra.storage import Storage

_WRITES = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem")


@dataclass(frozen=True, kw_only=True)
class OrderParts:
    """`machine_hashes`: hash of the definition that is deployed, by id of the queue."""

    functions: FunctionParts
    storage: Storage
    queues: Queues
    machine_hashes: Mapping[str, str]

    @property
    def settings(self) -> StageSettings:
        return self.functions.settings

    @property
    def hashes_json(self) -> str:
        return json.dumps(self.machine_hashes)

    @property
    def machine_arns(self) -> list[str]:
        return list(self.queues.arns_by_id.values())

    @property
    def door_environment(self) -> dict[str, str]:
        """The variables that lambdas/composition/parts.py reads."""
        return {
            "ORDER_TABLE": self.storage.orders.table_name,
            "RECORD_TABLE": self.storage.records.table_name,
            "GUARD_TABLE": self.storage.guards.table_name,
            **gateway_environment(self.settings),
            "CURRENCY": self.settings.currency,
            **self._of_brands,
            "MACHINE_HASHES": self.hashes_json,
            "PAYMENT_LIMITS": self.settings.payment_limits.model_dump_json(),
            "VAT_REGISTER": self.settings.vat_register,
            "VAT_LIMITS": self.settings.vat_limits.model_dump_json(),
        }

    @property
    def _of_brands(self) -> dict[str, str]:
        """The variables of brands that have a currency or a billing day of their own."""
        currencies = {str(brand): currency for brand, currency in self.settings.brand_currencies.items()}
        days = {str(brand): day.model_dump() for brand, day in self.settings.billing_days.items()}
        return {
            **({"BRAND_CURRENCIES": json.dumps(currencies)} if currencies else {}),
            **({"BILLING_DAYS": json.dumps(days)} if days else {}),
        }

    @property
    def door_permissions(self) -> list[iam.PolicyStatement]:
        """Permissions on orders. Those on records differ per door (record_keys.py).

        A transaction needs the permissions of its items.
        """
        return [allow(*_WRITES, on=[self.storage.orders.table_arn])]
