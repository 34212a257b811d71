"""The desk's web site: the desk, who may sign in, and how often."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lambdas.access.caller_limits import CallerLimits
from lambdas.desk.desk import Desk
from lambdas.pausing.pausing import Pausing
from lambdas.payments.several.choice import SINGLE, GatewayChoice
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.sessions import UserSessions
from lambdas.records.users.sign_in_links import SignInLinks

if TYPE_CHECKING:  # most pages need neither
    from lambdas.bulk.previewing import Previews
    from lambdas.bulk.running import Runs


@dataclass(frozen=True)
class Site:
    """`links`: those that sign in once; None on a deployed stage. `bulk_machine`: ARN of the state machine of bulk runs.
    `choice`: of the stage's gateways.
    """

    desk: Desk
    users: ApiUserRecords
    sessions: UserSessions
    limits: CallerLimits
    links: SignInLinks | None = None
    bulk_machine: str = ""
    choice: GatewayChoice = SINGLE

    def now(self) -> int:
        return self.desk.now()

    @cached_property
    def pausing(self) -> Pausing:
        return Pausing(self.desk.service, PauseRecords(self.desk.records, self.now), self.choice)

    @cached_property
    def previews(self) -> "Previews":
        from lambdas.bulk.preview_records import PreviewRecords
        from lambdas.bulk.previewing import Previews

        records = PreviewRecords(self.limits.expiring)
        return Previews(self.desk.service, records, self.users, self.now, self.pausing.records.active)

    @cached_property
    def runs(self) -> "Runs":
        from lambdas.bulk.machine import BulkMachine
        from lambdas.bulk.run_records import RunRecords
        from lambdas.bulk.running import Runs

        return Runs(RunRecords(self.desk.records), BulkMachine(self.bulk_machine), self.now)
