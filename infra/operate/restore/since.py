"""Reads what executions and the payment provider know of orders since the moment."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from lambdas.orders.model.executions import order_id_in
from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError
from lambdas.watch.invariants.compared import Compared, Standing
from lambdas.watch.invariants.of_payments import PaymentsOfADay
from lambdas.watch.invariants.stage import Stage

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

_NEWEST_EXECUTIONS = 5_000  # of each machine
SILENT = (GatewayUnavailableError, OutcomeUnknownError)


@dataclass(frozen=True)
class Since:
    """`machines`: order_queue_id -> state machine ARN. `at`: the moment, Unix seconds."""

    client: "SFNClient"
    machines: Mapping[str, str]
    stage: Stage
    at: int

    def orders_with_executions(self) -> dict[str, int]:
        """Orders whose execution was started at the moment or later, each with when that was, Unix seconds."""
        found: dict[str, int] = {}
        for arn in self.machines.values():
            pages = self.client.get_paginator("list_executions").paginate(
                stateMachineArn=arn, PaginationConfig={"MaxItems": _NEWEST_EXECUTIONS}
            )
            for execution in (each for page in pages for each in page["executions"]):
                order_id, started = order_id_in(execution["name"]), int(execution["startDate"].timestamp())
                if order_id and started >= self.at:
                    found[order_id] = min(started, found.get(order_id, started))
        return found

    def payments(self) -> Iterator[tuple[str, Compared]]:
        """The day and the payment of each that does not agree with orders, invoices and the ledger. Raises as `SILENT` says."""
        for day in self._days():
            ports = self.stage.gateway, self.stage.orders, self.stage.records
            for compared in PaymentsOfADay(*ports, day, self.stage.now()).compare():
                if compared.standing is not Standing.AGREE:
                    yield day, compared

    def _days(self) -> Iterable[str]:
        first = datetime.fromtimestamp(self.at, UTC).date()
        last: date = datetime.fromtimestamp(self.stage.now(), UTC).date()
        return ((first + timedelta(days)).isoformat() for days in range((last - first).days + 1))
