"""One Lambda per action module, with its limits and permissions. A new module is a file in lambdas/actions and a row here."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow
from infra.functions.gateways import gateway_environment
from infra.mails.mail import Mail
from infra.storage import Storage
from infra.webhooks import WebhookSecret


@dataclass(frozen=True, kw_only=True)
class ActionNeeds:
    """The needs of a module. On the order table all need the same: read, claim (an update) and settle (a whole item).

    `finds_clients`: by e-mail address. `sends_mail`: as the stage's sender. `calls_outside`: the hosts the stage allows, signed
    with its secret. `pays`: it, or its undo, asks the payment provider.
    """

    on_records: tuple[str, ...] = ()
    finds_clients: bool = False
    sends_mail: bool = False
    calls_outside: bool = False
    pays: bool = False
    memory_mb: int = 512
    timeout_seconds: int = 30


ACTIONS: Mapping[str, ActionNeeds] = {
    "provision_client": ActionNeeds(on_records=("GetItem", "PutItem", "UpdateItem"), finds_clients=True),
    "add_services": ActionNeeds(on_records=("GetItem", "PutItem", "UpdateItem", "Query"), pays=True),
    "generate_invoice": ActionNeeds(
        on_records=("GetItem", "PutItem", "UpdateItem", "Query", "ConditionCheckItem"), pays=True
    ),
    "await_payment": ActionNeeds(on_records=("GetItem",)),
    "manual_check_off": ActionNeeds(),
    "simple_question": ActionNeeds(),
    "client_approval": ActionNeeds(),
    "update_fields": ActionNeeds(),
    "provision_lead": ActionNeeds(on_records=("PutItem",)),
    "activate_services": ActionNeeds(on_records=("UpdateItem", "Query")),
    "email_blacklist": ActionNeeds(),
    "avs_check": ActionNeeds(),
    "send_notification": ActionNeeds(on_records=("GetItem", "UpdateItem"), sends_mail=True),
    "call_webhook": ActionNeeds(calls_outside=True),
    "reverse_payment": ActionNeeds(on_records=("GetItem", "PutItem", "UpdateItem"), pays=True),
}


class Actions(Construct):
    """`functions` by module name, the word that file, Lambda, state and queue.toml share."""

    def __init__(self, scope: Construct, construct_id: str, *, parts: FunctionParts, storage: Storage) -> None:
        """Longer than 30 lines, because it is one declaration: all that the function of a module has."""
        super().__init__(scope, construct_id)
        self.mail = Mail(self, "Mail", settings=parts.settings)
        self.webhook_secret = WebhookSecret(self, "WebhookSecret", settings=parts.settings)
        self.functions: dict[str, lambda_.Function] = {
            module: OrderFunction(
                self,
                construct_name(module),
                parts=parts,
                handler=f"lambdas.actions.{module}.handler",
                description=f"Order action {module}",
                memory_mb=needs.memory_mb,
                timeout_seconds=needs.timeout_seconds,
                reserved_concurrency=parts.settings.reserved_concurrency.actions,
                pays=needs.pays,
                environment={
                    "ORDER_TABLE": storage.orders.table_name,
                    "RECORD_TABLE": storage.records.table_name,
                    **gateway_environment(parts.settings),
                    "CURRENCY": parts.settings.currency,
                    **(self.mail.environment if needs.sends_mail else {}),
                    **(self.webhook_secret.environment if needs.calls_outside else {}),
                },
                permissions=[
                    *_on_tables(needs, storage=storage),
                    *(self.mail.permissions if needs.sends_mail else ()),
                    *(self.webhook_secret.permissions if needs.calls_outside else ()),
                    *((record_keys.of_registrar_calls(storage.records),) if needs.calls_outside else ()),
                ],
            ).function
            for module, needs in ACTIONS.items()
        }


def construct_name(name: str) -> str:
    """`generate_invoice` -> `GenerateInvoice`, as CloudFormation names things."""
    return "".join(word.capitalize() for word in name.split("_"))


def _on_tables(needs: ActionNeeds, *, storage: Storage) -> list[iam.PolicyStatement]:
    on_orders = allow("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", on=[storage.orders.table_arn])
    paused = record_keys.of_actions(storage.records)
    if not needs.on_records:
        return [on_orders, *paused]
    found = [record_keys.only(storage.records, ("Query",), ("email#*",))] if needs.finds_clients else []
    return [on_orders, *paused, *found, *record_keys.except_users_and_check(storage.records, *needs.on_records)]
