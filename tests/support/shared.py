"""What one run of the tests has once, however many workers it has: a folder, in it one deployed engine, and its end.

The run's folder is pytest's, below the system's folder for temporary files. Everything that tests start and that outlives a
worker has its state file somewhere in it (infra/local/process.py), and is ended from there by a process that waits for the
run's end: also when a worker, or the run itself, was killed.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local.process import BackgroundProcess

NAMES = frozenset({"dynalite", "engine", "panel"})
_BIG = "cdk.out"
END_WITHIN_SECONDS = 60
_STARTED: list[object] = []


def folder_of_run(config: pytest.Config) -> Path:
    """One for all workers."""
    own: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    return own.parent if hasattr(config, "workerinput") else own


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Workers come in here one by one; who dies in here lets the next one in."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def outlives(started: object) -> None:
    """Keep what this worker started to its end: Python complains where a process's object goes before the process."""
    _STARTED.append(started)


class Ending:
    """Waits in a process of its own until this one has ended, however it does; then ends what the run started."""

    def __init__(self, run: Path) -> None:
        command = [sys.executable, "-m", "tests.support.shared", str(run)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def now(self) -> None:
        """Without waiting for the end of this process; returns when it is done."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(END_WITHIN_SECONDS)


def end_all(run: Path) -> None:
    """Everything that was started in this folder and still runs."""
    for folder, inner, files in os.walk(run):
        inner[:] = [name for name in inner if name != _BIG]
        for name in NAMES:
            if f"{name}.json" in files and (found := BackgroundProcess.attach(Path(folder), name)):
                found.stop()


if __name__ == "__main__":
    sys.stdin.buffer.read()  # ends with the process at the other end
    end_all(Path(sys.argv[1]))
