"""The code asset: the code that runs in Lambda, with its bytecode, kept in `.local/code/<hash>` like the layers.

Lambda cannot store bytecode, because the folder of a function is read-only. Without it, every start compiles every module again.
Bytecode is "unchecked": the folder is named by the hash of its sources, so no start compares them.
https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_
from uv import find_uv_bin

from infra.stages.owned_files import owned_files
from infra.stages.settings import StageSettings

# An explicit list: a new folder beside these neither enters the asset nor changes its hash.
_CODE = (
    "lambdas/**/*",
    "statemachines/modules.json",
)
_ELSEWHERE = ("lambdas/docs", "lambdas/documents/fonts")  # in an asset and in a layer of their own
_SANDBOX = "lambdas/sandbox_provider"
_KEPT_FOLDERS = 8
IN_LAMBDA = "/var/task"


def code_asset(settings: StageSettings, sources: Path, *, sandbox: bool) -> lambda_.Code:
    """The repository filtered to what runs in Lambda: the import path is the file path is the handler string.

    `sandbox`: with the pages of the sandbox's payment provider.
    """
    folder = bundle_code(settings, sources, sandbox=sandbox)
    return lambda_.Code.from_asset(str(folder), asset_hash=folder.name, asset_hash_type=AssetHashType.CUSTOM)


def bundle_code(settings: StageSettings, sources: Path, *, sandbox: bool) -> Path:
    """Build the folder of the asset, once for the same files, and return it."""
    files = dict(sorted(dict(_files(settings.stage, sources, sandbox=sandbox)).items()))
    folder = sources / ".local" / "code" / _hash(settings, files)
    if folder.is_dir():
        os.utime(folder)
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Built in a temporary folder and moved as a whole: an interrupted or parallel synth leaves no half-built asset.
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        made = Path(aside) / "code"
        for place, file in files.items():
            (made / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, made / place)
        add_bytecode(settings, made, seen_as=IN_LAMBDA)
        if not folder.is_dir():
            made.rename(folder)
    _forget_old(folder.parent)
    return folder


def add_bytecode(settings: StageSettings, folder: Path, *, seen_as: str, but_not: str = "") -> None:
    """Compile the folder with the stage's own Python, if it is on this machine.

    `seen_as`: the folder's path in Lambda. `but_not`: a pattern of paths that are left as they are.
    """
    if (python := interpreter_of(settings.python_version)) is None:
        return
    # The seed makes the bytecode of sets the same each time.
    subprocess.run(
        [
            *(python, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"),
            *("-s", str(folder), "-p", seen_as, *(("-x", but_not) if but_not else ()), str(folder)),
        ],
        env={"PYTHONHASHSEED": "0", "PATH": os.environ.get("PATH", os.defpath)},
        check=True,
    )


@cache
def interpreter_of(python_version: str) -> str | None:
    """A Python of this version on this machine, as only it writes bytecode that Lambda's can read."""
    found = subprocess.run(
        [find_uv_bin(), "python", "find", "--no-project", "--no-python-downloads", python_version],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or None if found.returncode == 0 else None


def _files(stage: str, sources: Path, *, sandbox: bool) -> Iterator[tuple[Path, Path]]:
    """Each file's place in the asset, and the file. What the stage's owner sells comes last, and takes the place of ours."""
    left_out = [*_ELSEWHERE, *([] if sandbox else [_SANDBOX])]
    for pattern in _CODE:
        for found in sources.glob(pattern):
            file = found.relative_to(sources)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in file.parts)
            if found.is_file() and not hidden and not any(file.is_relative_to(place) for place in left_out):
                yield file, sources / file
    yield from ((place, file) for place, file in owned_files(stage, sources).in_code() if file.is_file())


def _hash(settings: StageSettings, files: Mapping[Path, Path]) -> str:
    made_of = hashlib.sha256(f"{settings.python_version} {bool(interpreter_of(settings.python_version))}".encode())
    for place, file in files.items():
        content = file.read_bytes()
        made_of.update(f"\n{place.as_posix()} {len(content)}\n".encode() + content)
    return made_of.hexdigest()[:32]


def _forget_old(folder: Path) -> None:
    made = sorted((each for each in folder.iterdir() if len(each.name) == 32), key=lambda each: -each.stat().st_mtime)
    for old in made[_KEPT_FOLDERS:]:
        shutil.rmtree(old, ignore_errors=True)
