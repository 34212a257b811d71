"""Code of the repository as a zip, for functions that tests put on the engine themselves."""

import io
import zipfile
from pathlib import Path

# What infra/functions/function.py puts into the product's own code asset.
PRODUCT = ("lambdas/**/*", "statemachines/*/queue.toml", "statemachines/modules.json", "statemachines/teams.toml")


def zipped(folder: Path, *patterns: str) -> bytes:
    """The files of a folder that match, without byte code."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted({file for pattern in patterns for file in folder.glob(pattern)}):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, file.relative_to(folder))
    return buffer.getvalue()
