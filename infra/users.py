"""`make users STAGE=dev ARGS="..."`: who may call the API of a stage. A token is shown once and kept nowhere.

add NAME --role supervisor [--queues 1,3] [--brands 1] [--expires-days 90] [--calls-per-minute 600]
list
rotate NAME [--expires-days 90] [--grace-hours 168]
revoke NAME [--token ID]
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from infra.local_engine import EngineError
from infra.reach import NotDeployedError, client_options, output_of
from infra.settings import StageError
from lambdas.records.api_user import GRACE_SECONDS, ApiUser, ApiUserError, ApiUserRecords, Token
from lambdas.records.rights import ROLES, Grant
from lambdas.records.table import RecordTable

_DAY, _HOUR = 86_400, 3_600
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")  # a colon would end it in HTTP Basic
_REFUSALS = (ApiUserError, BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)


def add(users: ApiUserRecords, asked: argparse.Namespace, console: Console, now: int) -> None:
    grant = Grant(rights=ROLES[asked.role], queues=asked.queues, brands=asked.brands)
    token = users.add(
        asked.name,
        (grant,),
        now=now,
        expires_at=_expiry(asked.expires_days, now),
        calls_per_minute=asked.calls_per_minute,
    )
    _say(console, f"{asked.name} was added, {_where(grant)}. The token, which is shown only now:\n{token}")


def rotate(users: ApiUserRecords, asked: argparse.Namespace, console: Console, now: int) -> None:
    grace_seconds = asked.grace_hours * _HOUR
    token = users.rotate(asked.name, now=now, expires_at=_expiry(asked.expires_days, now), grace_seconds=grace_seconds)
    until = _date(now + grace_seconds)
    _say(console, f"older tokens of {asked.name} end {until}. The new token, which is shown only now:\n{token}")


def revoke(users: ApiUserRecords, asked: argparse.Namespace, console: Console, now: int) -> None:
    users.revoke(asked.name, asked.token)
    _say(console, f"token {asked.token} of {asked.name} was revoked" if asked.token else f"{asked.name} was revoked")


def show(users: ApiUserRecords, asked: argparse.Namespace, console: Console, now: int) -> None:
    table = Table("user", "may", "calls a minute", "tokens")
    for user in users.list():
        tokens = "\n".join(_token(token, now) for token in user.tokens)
        limit = "as the stage" if user.calls_per_minute is None else str(user.calls_per_minute)
        table.add_row(user.name, _rights(user), limit, tokens)
    console.print(table)


def _rights(user: ApiUser) -> str:
    return "\n".join(map(_where, user.grants)) if user.active else "revoked"


def _where(grant: Grant) -> str:
    role = next((name for name, rights in ROLES.items() if rights == grant.rights), ", ".join(sorted(grant.rights)))
    queues = "every queue" if grant.queues is None else f"queues {_listed(grant.queues)}"
    return role + f" in {queues}" + ("" if grant.brands is None else f" of brands {_listed(grant.brands)}")


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


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _numbers(text: str) -> frozenset[int]:
    if not re.fullmatch(r"\d{1,9}(,\d{1,9})*", text):
        raise argparse.ArgumentTypeError("must be numbers with commas between them, as in 1,3")
    return frozenset(map(int, text.split(",")))


def _positive(text: str) -> int:
    if not _whole(text):
        raise argparse.ArgumentTypeError("must be at least 1")
    return int(text)


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise argparse.ArgumentTypeError("must be a whole number up to 999999")
    return int(text)


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("must be 1 to 64 letters, digits and . _ @ -, not beginning with a sign")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.users", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stage", default="dev")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: Callable[..., None], text: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text)
        found.set_defaults(does=does)
        return found

    adds = command("add", add, "a new user; prints the token")
    adds.add_argument("name", type=_name)
    adds.add_argument("--role", choices=sorted(ROLES), required=True)
    adds.add_argument("--queues", type=_numbers, help="only in these queues; default: in all")
    adds.add_argument("--brands", type=_numbers, help="only for these brands; default: for all")
    adds.add_argument("--calls-per-minute", type=_positive, help="default: what the stage allows")
    command("list", show, "all users, with what they may do and their tokens' ids")
    rotates = command("rotate", rotate, "a new token for a user; the older ones end after a grace")
    rotates.add_argument("name", type=_name)
    rotates.add_argument("--grace-hours", type=_whole, default=GRACE_SECONDS // _HOUR, help="0: they end at once")
    for each in (adds, rotates):
        each.add_argument("--expires-days", type=_positive, help="default: the token does not expire")
    revokes = command("revoke", revoke, "a user, or one token; takes effect with the next call")
    revokes.add_argument("name", type=_name)
    revokes.add_argument("--token", metavar="ID", help="as `list` shows it; default: the user with all tokens")
    return parser


def main(arguments: Sequence[str]) -> int:
    asked, console = _parser().parse_args(arguments), Console()
    try:
        options = client_options(asked.stage)
        table = RecordTable(output_of(asked.stage, "RecordTable", options), boto3.client("dynamodb", **options))
        asked.does(ApiUserRecords(table), asked, console, int(time.time()))
    except _REFUSALS as error:
        _say(console, f"{type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
