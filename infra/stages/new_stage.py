"""`python -m infra.stages.new_stage`: asks a few questions and writes the file of a new stage.

The file goes into the folder that the variable STAGES names. Exit code 1: nothing was written.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from infra.front.questions import address_asked
from infra.generate.settings_page import written
from infra.stages.errors import StageError
from infra.stages.owned_files import FOLDER, ROOT, copy_samples, owned_files, stages_folder
from infra.stages.readiness import callers_by_name, refuse_unready
from infra.stages.settings import NAME, SUBJECTS, StageSettings, read_settings
from lambdas.payments.gateways import GATEWAYS, SANDBOX

_REAL = {  # what a stage of real orders has beside its answers; each can be changed in its file
    "point_in_time_recovery": True,
    "customer_managed_key": True,
    "log_days": 365,
    "log_level": "INFO",
    "throttle_rate": 200,
    "throttle_burst": 400,
    "calls_per_minute": 3_000,
    "preauthorize_contracts": True,
    "door_shift": "canary",
}
_TRIAL = {"point_in_time_recovery": True}


def ask() -> dict[str, Any]:
    """The answers, as settings. Each one is checked at once and asked again until it fits."""
    typer.echo("What each setting means is in docs/settings.md. Every answer can be changed in the file later.\n")
    answers: dict[str, Any] = {"stage": _asked("Name of the stage, such as dev or prod", _name)}
    answers["keep_data"] = typer.confirm("Will it take real orders, so that its data must be kept?")
    answers["company"] = _asked("Your name as clients know it", _setting("company"))
    answers["mail_from"] = _asked(
        "Address that mails to clients come from, in a domain of yours", _setting("mail_from")
    )
    answers |= address_asked(_asked, _setting, _check)
    answers["public_url"] = _asked(
        "Where clients find the pages: https://..., or api for the API's own address", _setting("public_url"), "api"
    )
    answers["currency"] = _asked("Currency, as ISO 4217 names it", _setting("currency"), "USD")
    answers |= _gateway()
    if answers["keep_data"]:
        answers["alarm_mails"] = [_asked("Address that alarms are mailed to", _in_list("alarm_mails"))]
        answers["webhook_bases"] = dict(_bases())
    signed = _asked("Who reports signed contracts: docusign, generic, or none", _providers, "none")
    return answers | {"contract_providers": signed} | (_REAL if answers["keep_data"] else _TRIAL)


def _gateway() -> dict[str, Any]:
    found = _asked(f"Payment provider ({', '.join(GATEWAYS)})", _known_gateway, SANDBOX)
    if found != SANDBOX:
        question = f"ARN of the secret with {found}'s API keys (docs/payments.md); Enter to say it later"
        arn = _asked(question, _secret, "")
        return {"gateway": found, **({"payment_secrets": {found: arn}} if arn else {})}
    return {
        "gateway": found,
        "allow_sandbox": typer.confirm("The sandbox takes no real money. Is play money meant?", default=True),
    }


def _bases() -> Iterator[tuple[str, str]]:
    """Addresses of those whom queues call by name. One that is left out is named again at the end."""
    for name, queues in sorted(callers_by_name(owned_files("new").queues).items()):
        question = f"Address of {{{name}}}, https://..., which {' and '.join(queues)} call; Enter to say it later"
        if found := _asked(question, _base, ""):
            yield name, found


def _base(text: str) -> str:
    if text:
        _check("webhook_bases", {"name": text})
    return text


def _secret(text: str) -> str:
    if text:
        _check("payment_secrets", {"name": text})
    return text


def _asked(question: str, read: Callable[[str], Any], default: str | None = None) -> Any:
    while True:
        try:
            return read(typer.prompt(question, default=default).strip())
        except ValueError as unfit:
            typer.echo(f"  {unfit}")


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError("A name has 1 to 16 small letters, digits and -, and begins with a letter.")
    if text == "local" or (stages_folder() / f"{text}.toml").exists():
        raise ValueError(f"There is a stage {text} already. Choose another name, or change its file.")
    return text


def _setting(name: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        _check(name, text)
        return text

    return read


def _in_list(name: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        _check(name, [text])
        return text

    return read


def _check(name: str, value: Any) -> None:
    try:
        StageSettings.model_validate({"stage": "new", "keep_data": False, name: value})
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def _known_gateway(text: str) -> str:
    if text not in GATEWAYS:
        raise ValueError(f"There is an adapter for {', '.join(GATEWAYS)}.")
    return text


def _providers(text: str) -> list[str]:
    found = [] if text == "none" else [word.strip() for word in text.split(",")]
    _check("contract_providers", found)
    return found


def file_text(answers: dict[str, Any]) -> str:
    """The stage's file: each answer with its meaning above it."""
    lines = [f"# The stage {answers['stage']}. docs/settings.md has all settings, their meanings and defaults."]
    for subject in SUBJECTS:
        fields = [(name, field) for name, field in subject.model_fields.items() if name in answers]
        if fields:
            lines += ["", f"# {' '.join((subject.__doc__ or '').split())}"]
        for name, field in fields:
            lines += [f"# {field.description}", f"{name} = {written(answers[name])}"]
    return "\n".join(lines) + "\n"


def main() -> int:
    try:
        _write()
    except (typer.Abort, EOFError):
        typer.echo("\nNothing was written.")
        return 1
    except StageError as refused:
        typer.echo(str(refused))
        return 1
    return 0


def _offer_samples(folder: Path, stage: str) -> None:
    """For a folder that lacks queues or a catalog: copies of ours, to be changed into the owner's."""
    missing = owned_files(stage).missing
    if missing and typer.confirm(
        f"{folder} has no {', '.join(missing)}. Copy our samples there to begin with?", default=True
    ):
        copy_samples(folder)
        typer.echo(
            f"Written: {folder}/queues and {folder}/catalog, which are yours now: change them, then make compile STAGES={folder}"
        )


def _write() -> None:
    folder = stages_folder()
    if folder == FOLDER:
        typer.echo(
            "The file goes into infra/stages. To keep it outside this repository: make new-stage STAGES=<folder>"
        )
    folder.mkdir(parents=True, exist_ok=True)
    answers = ask()
    stage, text = answers["stage"], file_text(answers)
    settings = read_settings(stage, text)
    with (folder / f"{stage}.toml").open("x", encoding="utf-8") as file:
        file.write(text)
    typer.echo(f"\nWritten: {folder / stage}.toml")
    _offer_samples(folder, stage)
    try:
        refuse_unready(settings, ROOT)
    except StageError as missing:
        typer.echo(f"Before it can be deployed:\n{missing}")
    named = "" if folder == FOLDER else f" STAGES={folder}"
    typer.echo(f"Next: make synth{named} STAGE={stage}")


if __name__ == "__main__":
    sys.exit(main())
