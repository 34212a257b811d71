"""A lead of the Sales Manager becomes a client (reference/ubersmith.md 3.1): the same record, `active` 2 turned into 1."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lambdas.records.clients.client import ClientRecords, ClientStatus, of_order_pk
from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import to_item


def promote(
    table: RecordTable,
    client_id: str,
    order_id: str,
    method: PaymentMethod | None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> bool:
    """Whether the order made a client of this lead, now or before; False if it is a client already.

    The method that came with the order is stored, and is the default one if it is the first; its billing settings count where
    the lead had none. All or nothing, once per order.
    """
    writes = [
        _as_client(table, client_id, order_id if method else None, settings),
        table.new({"pk": of_order_pk(order_id), "sk": "client", "client_id": client_id}),
    ]
    if method:
        stored = {"pk": f"client#{client_id}", "sk": f"payment_method#{order_id}", "billing_info_id": order_id}
        writes.append(table.new({**stored, **method.model_dump()}))
    try:
        table.write_all(writes)
    except ConditionFailedError:
        if _is_lead(table, client_id):
            raise
        return ClientRecords(table).made_for(order_id) == client_id
    return True


def _is_lead(table: RecordTable, client_id: str) -> bool:
    client = ClientRecords(table).get(client_id)
    return client is not None and client.active is ClientStatus.LEAD


def _as_client(
    table: RecordTable, client_id: str, billing_info_id: str | None, settings: Mapping[str, str]
) -> dict[str, Any]:
    values: dict[str, Any] = {":client": ClientStatus.CLIENT, ":lead": ClientStatus.LEAD}
    default = ""
    if billing_info_id:
        default = ", default_billing_info_id = if_not_exists(default_billing_info_id, :id)"
        values[":id"] = billing_info_id
    for name, value in settings.items():
        default += f", settings.{name} = if_not_exists(settings.{name}, :{name})"
        values[f":{name}"] = value
    return {
        "Update": {
            "TableName": table.name,
            "Key": to_item({"pk": f"client#{client_id}", "sk": "client"}),
            "UpdateExpression": f"SET active = :client{default}",
            "ConditionExpression": "active = :lead",
            "ExpressionAttributeValues": to_item(values),
        }
    }
