"""Disputed payments of a client, one record each. It names the payment by what it was for, and no person."""

from lambdas.orders.dispute import Dispute
from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen

_PREFIX = "dispute#"


class ClientDispute(Frozen):
    """`order_id`, `invoice_id`: what the payment was for, as far as it was for one."""

    transaction_id: str
    order_id: str | None = None
    invoice_id: str | None = None
    dispute: Dispute


class ClientDisputes:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def note(self, client_id: str, found: ClientDispute) -> None:
        """Write it down as it is now. May be repeated; one that its bank decided is not opened again."""
        key = {"pk": f"disputes#{client_id}", "sk": f"{_PREFIX}{found.transaction_id}"}
        record = {**key, **found.model_dump(exclude_none=True), "is_open": found.dispute.is_open}
        self._table.put_if("attribute_not_exists(pk) OR is_open = :open", record, open=True)

    def of_client(self, client_id: str) -> tuple[ClientDispute, ...]:
        """The latest one first."""
        found = map(ClientDispute.model_validate, self._table.query(f"disputes#{client_id}", _PREFIX))
        return tuple(sorted(found, key=lambda each: each.dispute.opened_at, reverse=True))
