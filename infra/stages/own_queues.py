"""Whether an owner's files can be deployed: they are read, and machines are what their queues compile to.

`make check` asks that of our samples.
"""

import re
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from infra.stages.owned_files import CATALOG, QUEUES, OwnedFiles
from lambdas.catalog.brands.brand import LOGOS
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.queue import load_queues
from statemachines.compiler import compile_queue, to_json

_QUEUE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")  # also names its state machine


def unreadable(files: OwnedFiles) -> Iterator[str]:
    """Files that nobody reads, with what was probably meant, and files that are not TOML."""
    if files.folder is None:
        return
    for file in sorted((files.folder / "catalog").glob("*")):
        if file.name not in (*CATALOG, LOGOS) and not file.name.startswith("."):
            near = get_close_matches(file.name, CATALOG, n=1)
            meant = f"; {near[0]} was meant?" if near else f": a catalog has {', '.join(CATALOG)}"
            yield f"{file} is read by nobody{meant}"
    for folder in sorted(each for each in (files.folder / "queues").glob("*/") if not each.name.startswith(".")):
        if not (folder / QUEUES).is_file():
            yield f"{folder} has no {QUEUES}: write one, or remove the folder"
        elif not _QUEUE_NAME.fullmatch(folder.name):
            yield f"{folder}: name it with 1 to 40 small letters, digits and _, beginning with a letter"
    yield from _no_toml(files.folder)


def _no_toml(folder: Path) -> Iterator[str]:
    for file in sorted((*folder.glob("queues/**/*.toml"), *folder.glob("catalog/*.toml"))):
        try:
            tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            yield f"{file} is not TOML: {error}"


def stale_machines(files: OwnedFiles) -> Iterator[str]:
    """A queue without its machine would not be deployed, and one with an older machine would do what nobody reads."""
    if not files.has_own_queues:
        return
    undoing = frozenset(name for name, facts in load_modules().items() if facts.undoes)
    try:
        queues = load_queues(files.queues)
    except ValueError as unreadable:
        yield str(unreadable)
        return
    for queue in queues.values():
        machine = files.queues / queue.key / "machine.asl.json"
        if not machine.is_file():
            yield f"{machine} is missing: run `make compile STAGES={files.folder}`"
        elif machine.read_text("utf-8") != to_json(compile_queue(queue, undoing)):
            yield f"{machine} is not what its queue compiles to: run `make compile STAGES={files.folder}`"
