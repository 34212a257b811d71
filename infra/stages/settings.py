"""The settings of a stage, read from its file here and nowhere else. Nothing here asks AWS.

Stages are the files of the folder that the variable STAGES names, or else those of `infra/stages`, which are samples.
"""

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from aws_cdk import aws_logs as logs
from pydantic import BaseModel, ConfigDict, ValidationError

from infra.front.settings import Address
from infra.stages.errors import StageFileError, UnknownStageError
from infra.stages.log_retention import RETENTION
from infra.stages.owned_files import FOLDER, LOCAL, shown, stages_folder
from infra.stages.subjects import Alarms, Contracts, Data, Forms, Functions, Limits, Money, Outside, Owner
from infra.stages.this_machine import OWN_ADDRESS, settings_of_this_machine
from lambdas.payments.several.choice import GatewayChoice

NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")
SUBJECTS: tuple[type[BaseModel], ...] = (
    Owner,
    Address,
    Data,
    Money,
    Forms,
    Contracts,
    Outside,
    Alarms,
    Limits,
    Functions,
)


class StageSettings(Owner, Address, Data, Money, Forms, Contracts, Outside, Alarms, Limits, Functions):
    """Defaults are for a stage whose data may be deleted. A stage that keeps its data must set more (readiness.py)."""

    model_config = ConfigDict(extra="forbid")

    stage: str

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    @property
    def stack_name(self) -> str:
        return stack_name_of(self.stage)

    @property
    def operations_stack_name(self) -> str:
        return operations_stack_name_of(self.stage)

    @property
    def gateway_choice(self) -> GatewayChoice:
        chosen = GatewayChoice(default=self.gateway, methods=self.method_gateways, brands=self.brand_gateways)
        kept = tuple(sorted(self.payment_secrets.keys() - set(chosen.names)))
        return chosen.changed(kept=kept)

    @property
    def gateways(self) -> tuple[str, ...]:
        """The names of all gateways, the default one first."""
        return self.gateway_choice.names

    @property
    def log_retention(self) -> logs.RetentionDays:
        return RETENTION[self.log_days]

    @property
    def mail_senders(self) -> tuple[str, ...]:
        """The addresses that mails come from: the stage's, and those of brands."""
        return tuple(dict.fromkeys((self.mail_from, *self.brand_mail_from.values())))

    @property
    def mail_domain(self) -> str:
        return self.mail_domains[0]

    @property
    def mail_domains(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(address.rpartition("@")[2] for address in self.mail_senders))

    @property
    def pages_url(self) -> str:
        """Empty: the API's own address, which only a deployment knows."""
        return self.own_url if self.public_url == OWN_ADDRESS else self.public_url

    @property
    def own_url(self) -> str:
        """The API's address, if it has a domain."""
        return f"https://{self.domain}" if self.domain else ""

    @property
    def front_stack_names(self) -> tuple[str, ...]:
        """The stacks of the firewall and of the front, in the order of their deployment."""
        return (f"{self.stack_name}-Firewall", f"{self.stack_name}-Front") if self.front else ()

    @property
    def wheel_platform(self) -> str:
        return f"{self.machine}-manylinux_2_28"


def stage_names() -> list[str]:
    """All stages. `local`, the engine on this machine, is always ours. Raises UnknownStageError if there is no such folder."""
    folder = stages_folder()
    if not folder.is_dir():
        raise UnknownStageError(f"STAGES is {folder}, which is no folder: make it, or run `make new-stage` with it")
    return sorted({LOCAL, *(file.stem for file in folder.glob("*.toml"))})


def stack_name_of(stage: str) -> str:
    """The stack of a stage. Raises UnknownStageError."""
    _refuse_unknown(stage)
    return f"OrderQueues-{stage}"


def operations_stack_name_of(stage: str) -> str:
    """The stack of a stage's alarms and dashboards. Raises UnknownStageError."""
    return f"{stack_name_of(stage)}-Operations"


def settings_of(stage: str) -> StageSettings:
    """The settings of a stage by its name. Raises StageError."""
    _refuse_unknown(stage)
    text = _file_of(stage).read_text("utf-8")
    return read_settings(stage, text, **(settings_of_this_machine() if stage == LOCAL else {}))


def read_settings(stage: str, text: str, **found_out: Any) -> StageSettings:
    """From what the stage's file says, and what only its surroundings know. Raises StageFileError."""
    file = shown_file(stage)
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StageFileError(f"{file} is not TOML: {error}") from None
    try:
        return StageSettings.model_validate(
            {**stated, **found_out, "stage": stage}, extra="forbid"
        )  # in nested tables too
    except ValidationError as error:
        problems = "".join(f"\n  - {_problem(each)}" for each in error.errors(include_url=False, include_input=False))
        raise StageFileError(f"{file} cannot be used:{problems}") from None


def shown_file(stage: str) -> str:
    """The stage's file, as messages name it."""
    return shown(_file_of(stage))


def _file_of(stage: str) -> Path:
    return (FOLDER if stage == LOCAL else stages_folder()) / f"{stage}.toml"


def _problem(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "missing":
            return f"{name} is missing; docs/settings.md says what it means"
        case "extra_forbidden":
            near = get_close_matches(str(error["loc"][-1]), sorted(_names(StageSettings)), n=1)
            meant = f"; {near[0]} was meant?" if near else "; docs/settings.md has all there are"
            return f"{name} is no setting{meant}"
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"


def _names(model: type[BaseModel]) -> set[str]:
    """Of the model's settings, and of those in its tables."""
    return set(model.model_fields).union(*(_names(table) for table in tables_of(model)))


def tables_of(model: type[BaseModel]) -> list[type[BaseModel]]:
    """Models of the fields that are tables."""
    found = {kind: None for field in model.model_fields.values() for kind in _models_in(field.annotation)}
    return list(found)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in getattr(annotation, "__args__", ()) for model in _models_in(inner)]


def _refuse_unknown(stage: str) -> None:
    known = stage_names()
    if stage not in known or not NAME.fullmatch(stage):
        folder = "infra/stages" if stages_folder() == FOLDER else str(stages_folder())
        raise UnknownStageError(f"unknown stage {stage!r}: {folder} has {', '.join(known)}")
