"""The teams that act on what waits, read from `statemachines/teams.toml`: a table per team, by its name."""

import re
import tomllib
from collections.abc import Mapping
from datetime import time
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from pydantic import ConfigDict, Field, ValidationError, field_validator

from lambdas.orders.contact.email import is_email
from lambdas.orders.model.queue import QUEUES_ROOT
from lambdas.runtime.models import Frozen

TEAMS_FILE = QUEUES_ROOT / "teams.toml"
_NAME = re.compile(r"[a-z0-9][a-z0-9 _-]{0,39}")


class TeamsError(ValueError):
    """A file of teams that cannot be deployed; the text lists everything that is wrong with it."""


class QuietHours(Frozen):
    """From `start` to `end`, in the team's time zone; with `weekends`, all Saturday and Sunday too."""

    model_config = ConfigDict(extra="forbid")

    start: time
    end: time
    weekends: bool = False


class Team(Frozen):
    """A team. `emails`: where it gets notices. `supervisor`: the address that gets them when the team does not act in time.

    `quiet`: hours in which notices that are not urgent wait for a digest. `digest_at`: times of the day; with any, all notices
    that are not urgent come by digest.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    emails: tuple[str, ...] = ()
    supervisor: str = ""
    time_zone: str = "UTC"
    quiet: QuietHours | None = None
    digest_at: tuple[time, ...] = Field(default=(), max_length=24)

    @field_validator("name")
    @classmethod
    def _refuse_odd_name(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError("a team's name is 1 to 40 small letters, digits, blanks, - and _, as in fraud lead")
        return name

    @field_validator("emails")
    @classmethod
    def _refuse_what_is_no_email(cls, emails: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in emails if not is_email(each)]:
            raise ValueError(f"{wrong[0]} is no e-mail address")
        return emails

    @field_validator("time_zone")
    @classmethod
    def _refuse_unknown_time_zone(cls, name: str) -> str:
        from zoneinfo import ZoneInfo, available_timezones

        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            near = get_close_matches(name, available_timezones(), n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"{name} is no time zone such as Europe/Berlin{meant}") from None
        return name

    @field_validator("supervisor")
    @classmethod
    def _refuse_no_email(cls, supervisor: str) -> str:
        if supervisor and not is_email(supervisor):
            raise ValueError(f"{supervisor} is no e-mail address")
        return supervisor


def read_teams(file: Path) -> dict[str, Team]:
    """The teams of the file by name. Raises TeamsError."""
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise TeamsError(f"{file.name} is no TOML: {error}") from None
    problems, teams = [], dict[str, Team]()
    for name, table in tables.items():
        if not isinstance(table, dict):
            problems.append(f"{name}: write [{name}] with its emails and supervisor")
            continue
        try:
            teams[name] = Team.model_validate({**table, "name": name})
        except ValidationError as error:
            problems += [f"{name}: {'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors()]
    if problems:
        raise TeamsError("".join([f"statemachines/{file.name}:", *(f"\n  - {problem}" for problem in problems)]))
    return teams


@cache
def load_teams() -> Mapping[str, Team]:
    """All teams of this deployment by name."""
    return read_teams(TEAMS_FILE)
