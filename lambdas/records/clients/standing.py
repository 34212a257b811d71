"""Good standing: whether a client may be trusted with a further invoice."""

from lambdas.records.invoices.invoice import InvoiceKind, Owed, invoices_pk
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item

DUE_DAYS = 30  # of an invoice that names no day itself
_DAY = 86_400


def has_overdue_invoice(table: RecordTable, client_id: str, now: int) -> bool:
    """Reads of each invoice what it takes to know, and nothing else: the doors that face everybody may read no more."""
    pages = table.client.get_paginator("query").paginate(
        TableName=table.name,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues=to_item({":pk": invoices_pk(client_id), ":prefix": f"{InvoiceKind.INVOICE}#"}),
        Select="SPECIFIC_ATTRIBUTES",
        ProjectionExpression=", ".join(f"#{name}" for name in Owed.model_fields),
        ExpressionAttributeNames={f"#{name}": name for name in Owed.model_fields},
        ConsistentRead=True,
    )
    return any(is_overdue(Owed.model_validate(from_item(item)), now) for page in pages for item in page["Items"])


def is_overdue(owed: Owed, now: int) -> bool:
    """Whether something is owed on it whose day is past."""
    due_at = owed.issued_at + DUE_DAYS * _DAY if owed.due_at is None else owed.due_at
    return owed.is_owed and due_at < now
