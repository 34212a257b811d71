"""The desk's web site: the desk, who may sign in, and how often."""

from dataclasses import dataclass

from lambdas.access.caller_limits import CallerLimits
from lambdas.desk.desk import Desk
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.sessions import UserSessions
from lambdas.records.users.sign_in_links import SignInLinks


@dataclass(frozen=True)
class Site:
    """`links`: those that sign in once; None on a deployed stage."""

    desk: Desk
    users: ApiUserRecords
    sessions: UserSessions
    limits: CallerLimits
    links: SignInLinks | None = None

    def now(self) -> int:
        return self.desk.now()
