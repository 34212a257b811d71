"""A row of the table of alarms."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

Unit = Literal["Count", "Milliseconds", "Seconds", "None"]
PAGES = "docs/runbooks"


class Of(Enum):
    """The dimensions of a rule's metrics, and its namespace. OURS is what our functions count, by service."""

    OURS = "OrderQueues"
    FUNCTION = "AWS/Lambda"
    EVERY_FUNCTION = "AWS/Lambda of the account"
    QUEUE = "AWS/SQS"
    TABLE = "AWS/DynamoDB"
    INDEX = "AWS/DynamoDB of an index"
    MACHINE = "AWS/States"
    BULK_MACHINE = "AWS/States of bulk runs"
    API = "AWS/ApiGateway"
    MAIL = "AWS/SES"


# The dimensions of each kind of metric: `service` and the names of AWS's own dimensions.
DIMENSIONS: dict[Of, tuple[str, ...]] = {
    Of.OURS: ("service",),
    Of.FUNCTION: ("FunctionName",),
    Of.EVERY_FUNCTION: (),
    Of.QUEUE: ("QueueName",),
    Of.TABLE: ("TableName",),
    Of.INDEX: ("TableName", "GlobalSecondaryIndexName"),
    Of.MACHINE: ("StateMachineArn",),
    Of.BULK_MACHINE: ("StateMachineArn",),
    Of.API: ("ApiId", "Stage"),
    Of.MAIL: (),
}


@dataclass(frozen=True, kw_only=True)
class AlarmRule:
    """An alarm goes off once the metrics come to `threshold` within `minutes`.

    `names`: services (OURS, FUNCTION) or paths of queues; other kinds need none. Several metrics, or
    several of what they are of, are added up, or for Maximum the largest counts. `threshold` is in `unit`. `missing`: a state
    without data is fine (`notBreaching`), or stays as it was (`ignore`) if the metric comes once a day.
    `stops_orders`: orders stand still, so the composite alarm goes off with it.
    """

    name: str
    means: str
    of: Of
    metrics: tuple[str, ...]
    names: tuple[str, ...] = ()
    unit: Unit = "Count"
    statistic: Literal["Sum", "Maximum", "Average"] = "Sum"
    threshold: float
    minutes: int
    missing: Literal["notBreaching", "ignore"] = "notBreaching"
    stops_orders: bool = False

    @property
    def page(self) -> str:
        """The page that says what to do, from the repository's root."""
        return f"{PAGES}/{self.name}.md"

    @property
    def description(self) -> str:
        return f"{self.means}. {self.page}"
