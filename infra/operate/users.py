"""`make users STAGE=dev ARGS="..."`: manages the users of a stage's API. A token is shown once and stored nowhere.

Exits with 1 if the command was refused.

add NAME --role supervisor [--also money] [--queues 1,3] [--clients] [--brands 1] [--teams "finance,fraud lead"]
    [--expires-days 90] [--calls-per-minute 600]

grant NAME --role supervisor [--also money] [--queues 1,3] [--clients] [--brands 1] [--teams "finance,fraud lead"]

list

rotate NAME [--expires-days 90] [--grace-hours 168]

revoke NAME [--token ID]
"""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.operate.user_arguments import parser
from infra.stages.errors import StageError
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUser, ApiUserError, ApiUserRecords, Token
from lambdas.records.users.rights import NO_QUEUE, ROLES, Grant, Right

_DAY, _HOUR = 86_400, 3_600
_REFUSALS = (ApiUserError, BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)


def add(users: ApiUserRecords, asked: argparse.Namespace, console: Console, now: int) -> None:
    grant = _grant(asked)
    token = users.add(
        asked.name,
        (grant,),
        now=now,
        expires_at=_expiry(asked.expires_days, now),
        calls_per_minute=asked.calls_per_minute,
        teams=asked.teams or (),
    )
    say(
        console,
        f"{asked.name} was added, {_where(grant)}{_of_teams(asked.teams)}. This token is shown only once:\n{token}",
    )


def grant(users: ApiUserRecords, asked: argparse.Namespace, console: Console, now: int) -> None:
    users.grant(asked.name, (_grant(asked),), asked.teams)
    say(
        console,
        f"{asked.name} is now {_where(_grant(asked))}{_of_teams(asked.teams)}, and nothing else; the tokens stay valid",
    )


def rotate(users: ApiUserRecords, asked: argparse.Namespace, console: Console, now: int) -> None:
    grace_seconds = asked.grace_hours * _HOUR
    token = users.rotate(asked.name, now=now, expires_at=_expiry(asked.expires_days, now), grace_seconds=grace_seconds)
    until = _date(now + grace_seconds)
    say(console, f"older tokens of {asked.name} end {until}. This new token is shown only once:\n{token}")


def revoke(users: ApiUserRecords, asked: argparse.Namespace, console: Console, now: int) -> None:
    users.revoke(asked.name, asked.token)
    say(console, f"token {asked.token} of {asked.name} was revoked" if asked.token else f"{asked.name} was revoked")


def show(users: ApiUserRecords, asked: argparse.Namespace, console: Console, now: int) -> None:
    table = Table("user", "may", "teams", "calls a minute", "tokens")
    for user in users.list():
        tokens = "\n".join(_token(token, now) for token in user.tokens)
        limit = "as the stage" if user.calls_per_minute is None else str(user.calls_per_minute)
        table.add_row(user.name, _rights(user), "\n".join(user.teams), limit, tokens)
    console.print(table)


def _rights(user: ApiUser) -> str:
    return "\n".join(map(_where, user.grants)) if user.active else "revoked"


def _grant(asked: argparse.Namespace) -> Grant:
    queues = asked.queues and asked.queues | ({NO_QUEUE} if asked.clients else set())
    return Grant(rights=ROLES[asked.role] | set(map(Right, asked.also)), queues=queues, brands=asked.brands)


def _where(grant: Grant) -> str:
    queues = "every queue" if grant.queues is None else f"queues {_listed(grant.queues - {NO_QUEUE})}"
    clients = " and with clients" if NO_QUEUE in (grant.queues or ()) else ""
    return (
        f"{_role(grant.rights)} in {queues}{clients}"
        f"{'' if grant.brands is None else f' of brands {_listed(grant.brands)}'}"
    )


def _of_teams(teams: tuple[str, ...] | None) -> str:
    """None: they stay as they were."""
    return "" if teams is None else f", in {'no team' if not teams else ' and '.join(teams)}"


def _role(rights: frozenset[Right]) -> str:
    """The largest role within these rights, and the rights beside it."""
    within = [name for name, of_role in ROLES.items() if of_role <= rights]
    name = max(within, key=lambda each: len(ROLES[each]), default="")
    beside = sorted(rights - ROLES.get(name, frozenset()))
    return " with ".join(part for part in (name, ", ".join(beside)) if part)


def _token(token: Token, now: int) -> str:
    ends = (
        "" if token.expires_at is None else f", {'ends' if token.is_valid(now) else 'ended'} {_date(token.expires_at)}"
    )
    return f"{token.token_id} of {_date(token.created_at)}{ends}"


def _date(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _listed(numbers: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _expiry(days: int | None, now: int) -> int | None:
    return None if days is None else now + days * _DAY


def main(arguments: Sequence[str]) -> int:
    commands = parser(str(__doc__), add=add, grant=grant, show=show, rotate=rotate, revoke=revoke)
    asked, console = commands.parse_args(arguments), Console()
    try:
        options = client_options(asked.stage)
        table = RecordTable(output_of(asked.stage, "RecordTable", options), boto3.client("dynamodb", **options))
        asked.does(ApiUserRecords(table), asked, console, int(time.time()))
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
