"""A file that is written from the code: a command writes it, and with `--check` compares it."""

import sys
from collections.abc import Sequence
from pathlib import Path


def write_or_compare(file: Path, text: str, words: Sequence[str], *, outdated: str) -> int:
    """Write the text, or with `--check` in `words` compare the file with it. Returns the exit code: 1 if it is `outdated`."""
    if "--check" not in words:
        file.write_text(text, "utf-8")
        return 0
    if file.exists() and file.read_text("utf-8") == text:
        return 0
    sys.stderr.write(f"{outdated}\n")
    return 1
