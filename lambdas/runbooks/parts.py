"""The parts that runbooks act with, made once per process."""

from collections.abc import Callable
from dataclasses import dataclass

from lambdas.bulk.machine import BulkMachine
from lambdas.bulk.preview_records import PreviewRecords
from lambdas.bulk.previewing import Previews
from lambdas.bulk.run_records import RunRecords
from lambdas.bulk.running import Runs
from lambdas.composition.parts import PartsSettings, parts_of
from lambdas.orders.service import OrderService
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.runtime.aws import guard_dynamodb


class RunbookSettings(PartsSettings):
    """`stack_name`: documents begin with it. `bulk_machine`: ARN of the state machine of runs. `dead_letters`: URL of
    the queue. `readers`: names of the stream's readers, with commas between them, the relay first.
    """

    stack_name: str
    bulk_machine: str
    dead_letters: str
    readers: str


@dataclass(frozen=True)
class RunbookParts:
    """`has_time`: whether the call may begin something further."""

    settings: RunbookSettings
    service: OrderService
    records: RecordTable
    guards: RecordTable
    has_time: Callable[[], bool] = lambda: True

    @property
    def users(self) -> ApiUserRecords:
        return ApiUserRecords(self.records)

    @property
    def previews(self) -> Previews:
        now = self.service.now
        paused = PauseRecords(self.records, now).active
        return Previews(self.service, PreviewRecords(self.guards), self.users, now, paused)

    @property
    def runs(self) -> Runs:
        return Runs(RunRecords(self.records), BulkMachine(self.settings.bulk_machine), self.service.now)


def runbook_parts(settings: RunbookSettings) -> RunbookParts:
    parts = parts_of(settings)
    return RunbookParts(settings, parts.service, parts.records, RecordTable(settings.guard_table, guard_dynamodb()))
