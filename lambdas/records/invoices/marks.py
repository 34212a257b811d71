"""Marks services as invoiced, in the transaction that issues the invoice. So a service is on one invoice, ever."""

from collections.abc import Iterable
from typing import Any

from lambdas.records.clients.service import order_id_of
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item

_SK = "invoiced"


def of_order_pk(order_id: str) -> str:
    """The partition of an order's marks, apart from the order's other records, which public doors write."""
    return f"invoiced#{order_id}"


def find_invoiced(table: RecordTable, service_ids: Iterable[str]) -> dict[str, int]:
    """Invoice number by service id, of those services that are on an invoice."""
    wanted = set(service_ids)
    records = (table.get(of_order_pk(order_id), _SK) for order_id in sorted(set(map(order_id_of, wanted))))
    return {key: int(value) for record in records if record for key, value in record.items() if key in wanted}


def invoices_with(table: RecordTable, order_id: str) -> tuple[int, ...]:
    """The numbers of all invoices that the order's services are on."""
    record = table.get(of_order_pk(order_id), _SK) or {}
    return tuple(sorted({int(value) for key, value in record.items() if key not in ("pk", "sk")}))


def marks(table: RecordTable, service_ids: Iterable[str], number: int) -> list[Any]:
    """The writes that mark the services, one per order, so that an order's 100 services fit a transaction."""
    by_order: dict[str, list[str]] = {}
    for service_id in dict.fromkeys(service_ids):
        by_order.setdefault(order_id_of(service_id), []).append(service_id)
    return [_mark(table, order_id, services, number) for order_id, services in by_order.items()]


def _mark(table: RecordTable, order_id: str, service_ids: list[str], number: int) -> Any:
    names = {f"#{index}": service_id for index, service_id in enumerate(service_ids)}
    return {
        "Update": {
            "TableName": table.name,
            "Key": to_item({"pk": of_order_pk(order_id), "sk": _SK}),
            "UpdateExpression": f"SET {','.join(f'{name}=:n' for name in names)}",
            "ConditionExpression": " AND ".join(f"attribute_not_exists({name})" for name in names),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item({":n": number}),
        }
    }
