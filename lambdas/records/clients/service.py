"""Services a client has. A service keeps the order that created it (reference/ubersmith.md 1.12)."""

from enum import StrEnum
from typing import Any

from lambdas.orders.periods import renewal_of
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen


class ServiceStatus(StrEnum):
    ACTIVE = "active"
    PENDING = "pending"
    CANCELED = "canceled"


class Service(Frozen):
    """A service of a client. Amounts in cents for the whole quantity. `period` in months, 0 for one-time.

    `start_at`, `last_renewed_at`, `renew_at` (Unix seconds) and `auto_bill` come from the order, for a program that bills later
    periods. `activated_at`: Unix seconds since when it is active, or was.
    """

    service_id: str
    client_id: str
    order_id: str
    pack: str
    plan_id: str
    title: str
    description: str = ""
    quantity: int
    period: int
    options: dict[str, Any] = {}
    setup_cents: int
    recurring_cents: int
    currency: str
    status: ServiceStatus
    created_at: int
    activated_at: int | None = None
    start_at: int | None = None
    last_renewed_at: int | None = None
    renew_at: int | None = None
    auto_bill: bool | None = None

    @property
    def renews_at(self) -> int | None:
        """When its next period is due: as its order states, else a period after it begins. None: never, or not known yet."""
        if self.renew_at or not (self.start_at or self.activated_at):
            return self.renew_at
        return renewal_of(self.begins_at, self.period)

    @property
    def begins_at(self) -> int:
        """The start of its first period: as its order states, else its activation, else its creation."""
        return self.start_at or self.activated_at or self.created_at


def service_id_of(order_id: str, pack_number: int) -> str:
    """The service a pack becomes: order 1001, pack 2 -> `1001002`. Making it twice makes it once."""
    return f"{order_id}{pack_number:03d}"


def order_id_of(service_id: str) -> str:
    """The order whose pack the service was: `1001002` -> order 1001."""
    return service_id[:-3]


class ServiceRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def make(self, service: Service) -> None:
        self._table.put_new({**_names(service), "sk": f"service#{service.service_id}", **service.model_dump()})

    def of_order(self, client_id: str, order_id: str, *, also_canceled: bool = False) -> tuple[Service, ...]:
        """The order's services, in the packs' order; canceled ones only if they are asked for."""
        found = self._table.query(_pk(client_id), f"service#{order_id}")
        services = (Service.model_validate(item) for item in found if item["order_id"] == order_id)
        return tuple(each for each in services if also_canceled or each.status is not ServiceStatus.CANCELED)

    def of_client(self, client_id: str) -> tuple[Service, ...]:
        """All services of the client, canceled ones too, by number."""
        found = self._table.query(_pk(client_id), "service#")
        return tuple(sorted((Service.model_validate(item) for item in found), key=lambda each: int(each.service_id)))

    def activate(self, service: Service, now: int) -> bool:
        """Whether the service is active now, and since then if it was not. One that was canceled meanwhile stays canceled."""
        names = {":pending": ServiceStatus.PENDING, ":active": ServiceStatus.ACTIVE, ":now": now}
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=to_item({**_names(service), "sk": f"service#{service.service_id}"}),
                UpdateExpression="SET #status = :active, activated_at = if_not_exists(activated_at, :now)",
                ConditionExpression="#status IN (:pending, :active)",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=to_item(names),
            )
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def cancel(self, service: Service) -> None:
        """Canceling a canceled service changes nothing."""
        self._table.client.update_item(
            TableName=self._table.name,
            Key=to_item({**_names(service), "sk": f"service#{service.service_id}"}),
            UpdateExpression="SET #status = :canceled",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=to_item({":canceled": ServiceStatus.CANCELED}),
        )


def _names(service: Service) -> dict[str, str]:
    return {"pk": _pk(service.client_id)}


def _pk(client_id: str) -> str:
    return f"services#{client_id}"
