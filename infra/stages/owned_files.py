"""The plans, taxes, teams and queues of a stage's owner: files beside the stage files, or else our samples.

A folder of stages (`STAGES=folder`) may hold `queues/` (a folder for each queue, and `teams.toml`) and `catalog/`. That has
`plans.toml`, `taxes.toml`, `sellers.toml`, and `brands.toml` with a folder `logos`. They take the place of `statemachines/` and
of `lambdas/catalog/`, so that nobody forks the source to deploy.
A sample stands in for what is not there, which a stage that keeps its data refuses (readiness.py).
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lambdas.catalog.brands.brand import LOGOS

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
LOCAL = "local"
CATALOG, QUEUES = ("plans.toml", "taxes.toml", "sellers.toml", "brands.toml"), "queue.toml"
_SAMPLE_QUEUES, _SAMPLE_CATALOG = Path("statemachines"), Path("lambdas/catalog")
_OF_A_QUEUE = ("*/queue.toml", "*/form*.toml", "*/machine.asl.json", "teams.toml")


@dataclass(frozen=True, kw_only=True)
class OwnedFiles:
    """`queues`: a folder of folders. `folder`: the owner's, or None for a stage of ours, which has samples only.

    `missing`: files of the owner's folder that are not there, so that samples stand in for them.
    """

    queues: Path
    teams: Path
    plans: Path
    taxes: Path
    sellers: Path
    brands: Path
    folder: Path | None = None
    missing: tuple[str, ...] = ()

    @property
    def has_own_queues(self) -> bool:
        return self.folder is not None and self.queues.is_relative_to(self.folder)

    def in_place(self, text: str) -> str:
        """A message that names queues as the repository has them, with the owner's folder in its place."""
        return text.replace(f"{_SAMPLE_QUEUES}/", f"{self.queues}/") if self.has_own_queues else text

    def in_code(self) -> Iterator[tuple[Path, Path]]:
        """The files that functions read: the place of each in the repository, where they look for it, and the file itself."""
        for pattern in ("*/queue.toml", "*/form*.toml"):
            for file in self.queues.glob(pattern):
                yield _SAMPLE_QUEUES / file.relative_to(self.queues), file
        yield _SAMPLE_QUEUES / "teams.toml", self.teams
        yield _SAMPLE_CATALOG / "plans.toml", self.plans
        yield _SAMPLE_CATALOG / "taxes.toml", self.taxes
        yield _SAMPLE_CATALOG / "sellers.toml", self.sellers
        yield _SAMPLE_CATALOG / "brands.toml", self.brands
        for logo in (self.brands.parent / LOGOS).glob("*"):
            yield _SAMPLE_CATALOG / LOGOS / logo.name, logo


def stages_folder() -> Path:
    """The folder of the stages' files: what the variable STAGES says, or ours."""
    named = os.environ.get("STAGES", "")
    return Path(named).expanduser().resolve() if named else FOLDER


def owned_files(stage: str, sources: Path = ROOT) -> OwnedFiles:
    """Of a stage. `sources`: the repository, whose samples stand in."""
    queues, catalog = sources / _SAMPLE_QUEUES, sources / _SAMPLE_CATALOG
    samples = (queues, queues / "teams.toml", *(catalog / name for name in CATALOG))
    folder = stages_folder()
    if stage == LOCAL or folder == FOLDER:
        return _files(samples)
    own = (folder / "queues", folder / "queues" / "teams.toml", *(folder / "catalog" / name for name in CATALOG))
    there = (any(own[0].glob(f"*/{QUEUES}")), *(file.is_file() for file in own[1:]))
    names = (f"queues/<a queue>/{QUEUES}", "queues/teams.toml", *(f"catalog/{name}" for name in CATALOG))
    return _files(
        tuple(mine if is_there else sample for mine, sample, is_there in zip(own, samples, there, strict=True)),
        folder=folder,
        missing=tuple(name for name, is_there in zip(names, there, strict=True) if not is_there),
    )


def _files(places: tuple[Path, ...], folder: Path | None = None, missing: tuple[str, ...] = ()) -> OwnedFiles:
    queues, teams, plans, taxes, sellers, brands = places
    return OwnedFiles(
        queues=queues,
        teams=teams,
        plans=plans,
        taxes=taxes,
        sellers=sellers,
        brands=brands,
        folder=folder,
        missing=missing,
    )


def copy_samples(folder: Path, sources: Path = ROOT) -> None:
    """Copy our queues and catalog into the owner's folder, for them to change. What is there already stays."""
    found = [(_SAMPLE_CATALOG / name, Path("catalog") / name) for name in CATALOG]
    for file in (sources / _SAMPLE_CATALOG / LOGOS).glob("*"):
        found.append((_SAMPLE_CATALOG / LOGOS / file.name, Path("catalog") / LOGOS / file.name))
    for pattern in _OF_A_QUEUE:
        for file in (sources / _SAMPLE_QUEUES).glob(pattern):
            found.append((file.relative_to(sources), Path("queues") / file.relative_to(sources / _SAMPLE_QUEUES)))
    for sample, place in found:
        if not (folder / place).exists():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(sources / sample, folder / place)


def shown(file: Path, sources: Path = ROOT) -> str:
    """A file as messages name it."""
    return str(file.relative_to(sources)) if file.is_relative_to(sources) else str(file)
