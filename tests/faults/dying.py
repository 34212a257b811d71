"""How a process of the product dies: at a named point that it reaches, if the order it works on is armed for that.

An armed order is a file in a folder of the run's own. Whoever removes it dies of it, so each dies once.
"""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

EXIT, TIMEOUT, TWICE, REFUSED = "exit", "time-out", "each batch twice", "a write refused"
MARK = "mark"  # the key of `info` by which doors and the relay know an order, before and after it has an id
Call = Callable[..., Any]

now: dict[str, str] = {"key": "", "phase": ""}  # of whom and in what; a worker runs one invocation at a time


def switch(folder: Path, key: str, function: str, point: str) -> Path:
    """The file that arms an order. `key`: for actions `<order>.<action>`, elsewhere the order's mark."""
    return folder / hashlib.sha256(f"{key}|{function}|{point}".encode()).hexdigest()


def reached(point: str, key: str = "") -> None:
    """Die here if the order is armed for it: at once, or by running into the function's time-out. Or the write that is to
    come is refused."""
    file = switch_here(f"{now['phase']}{point}", key or now["key"])
    try:
        manner = file.read_text()
        file.unlink()
    except FileNotFoundError:
        return
    if manner == EXIT:
        os._exit(1)
    if manner == REFUSED:  # for good: only what may pass is tried again by itself
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "refused, as armed"}}, "Write")
    time.sleep(60)


def switch_here(point: str, key: str) -> Path:
    """The file that arms an order for a point of this function."""
    return switch(Path(os.environ["FAULT_FOLDER"]), key, os.environ["FAULT_FUNCTION"], point)


def around(owner: Any, name: str, before: str, after: str) -> None:
    original: Call = getattr(owner, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        if before:
            reached(before)
        result = original(*args, **kwargs)
        if after:
            reached(after)
        return result

    setattr(owner, name, call)
