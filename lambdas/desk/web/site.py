"""The desk's web site: the desk, who may sign in, and how often."""

from dataclasses import dataclass

from lambdas.access.guard import Guard
from lambdas.desk.desk import Desk
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.sessions import UserSessions


@dataclass(frozen=True)
class Site:
    desk: Desk
    users: ApiUserRecords
    sessions: UserSessions
    guard: Guard

    def now(self) -> int:
        return self.desk.now()
