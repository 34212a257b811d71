"""The parts of both functions of the widgets, made once per process."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lambdas.composition.parts import PartsSettings, parts_of
from lambdas.desk.desk import Desk
from lambdas.desk.widget.drawing import Endpoints
from lambdas.records.table import RecordTable


class WidgetSettings(PartsSettings):
    """`actor`: ARN of the function that acts; the reader needs it. `stack_name`: names of runbooks begin with it."""

    history_table: str
    desk_table: str
    company: str = ""
    actor: str = ""
    stack_name: str = ""


@dataclass(frozen=True)
class WidgetParts:
    """`machines`: ARNs by order_queue_id."""

    desk: Desk
    actor: str
    machines: Mapping[str, str]
    region: str
    stack_name: str = ""

    def endpoints(self, reader: str) -> Endpoints:
        return Endpoints(reader=reader, actor=self.actor)


@cache
def widget_parts() -> WidgetParts:
    settings = WidgetSettings.from_environment()
    parts = parts_of(settings)
    desk = Desk(
        parts.service,
        parts.records,
        parts.plans,
        RecordTable(settings.history_table),
        RecordTable(settings.desk_table),
        settings.company,
    )
    region = os.environ.get("AWS_REGION", "us-east-1")
    return WidgetParts(
        desk=desk,
        actor=settings.actor,
        machines=json.loads(settings.machines),
        region=region,
        stack_name=settings.stack_name,
    )
