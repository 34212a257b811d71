"""The command line of `python -m infra.operate.users`."""

import argparse
import re
from collections.abc import Callable

from infra.stages.owned_files import owned_files, shown
from lambdas.orders.model.teams import read_teams
from lambdas.records.users.api_user import GRACE_SECONDS
from lambdas.records.users.rights import ROLES, Right

_HOUR = 3_600
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")  # a colon would end it in HTTP Basic

Does = Callable[..., None]


def parser(text: str, *, add: Does, grant: Does, show: Does, rotate: Does, revoke: Does) -> argparse.ArgumentParser:
    """The parser; each command has the function that carries it out. `text`: the description."""
    found = argparse.ArgumentParser(
        prog="python -m infra.operate.users", description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("--stage", default="dev")
    commands = found.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: Does, text: str) -> argparse.ArgumentParser:
        each = commands.add_parser(name, help=text)
        each.set_defaults(does=does)
        return each

    adds = command("add", add, "add a user and print the token")
    grants = command("grant", grant, "replace what a user may do; takes effect with the next call")
    for each in (adds, grants):
        each.add_argument("name", type=_name)
        _add_rights(each)
    adds.add_argument("--calls-per-minute", type=_positive, help="default: what the stage allows")
    command("list", show, "list all users with their rights and the ids of their tokens")
    rotates = command("rotate", rotate, "add a token for a user; older tokens end after a grace period")
    rotates.add_argument("name", type=_name)
    rotates.add_argument("--grace-hours", type=_whole, default=GRACE_SECONDS // _HOUR, help="0: they end at once")
    for each in (adds, rotates):
        each.add_argument("--expires-days", type=_positive, help="default: the token does not expire")
    revokes = command("revoke", revoke, "revoke a user or one token; takes effect with the next call")
    revokes.add_argument("name", type=_name)
    revokes.add_argument("--token", metavar="ID", help="as `list` shows it; default: the user with all tokens")
    return found


def _add_rights(command: argparse.ArgumentParser) -> None:
    command.add_argument("--role", choices=sorted(ROLES), required=True)
    command.add_argument(
        "--also",
        choices=[right.value for right in Right],
        metavar="RIGHT",
        action="append",
        default=[],
        help=f"beside the role; may be repeated: {', '.join(Right)}",
    )
    command.add_argument("--queues", type=_numbers, help="only in these queues; default: in all")
    command.add_argument(
        "--clients", action="store_true", help="with --queues: also what is in no queue: clients, invoices, coupons"
    )
    command.add_argument("--brands", type=_numbers, help="only for these brands; default: for all")
    command.add_argument(
        "--teams",
        type=_teams,
        metavar="TEAMS",
        help="whose work the user does, with commas between them, as in 'finance,fraud lead'; '' for none; default: as it was",
    )


def _numbers(text: str) -> frozenset[int]:
    if not re.fullmatch(r"[1-9]\d{0,8}(,[1-9]\d{0,8})*", text):
        raise argparse.ArgumentTypeError("must be numbers with commas between them, as in 1,3")
    return frozenset(map(int, text.split(",")))


def _teams(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    teams = owned_files("").teams
    known = read_teams(teams)
    if unknown := [name for name in names if name not in known]:
        raise argparse.ArgumentTypeError(
            f"{unknown[0]} is no team of {shown(teams)}; it has {', '.join(sorted(known))}"
        )
    return names


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
