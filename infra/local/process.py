"""A process of ours in the background: started, found again by other processes, and ended. The engine and the panel are two.

`root` is a directory of the process's own. It holds the log, `<name>.log`, and the state file by which another process finds
it, `<name>.json`.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

STOP_WITHIN_SECONDS = 5.0
_POLL_SECONDS = 0.02
_LOG_TAIL_LINES = 25


class ProcessError(RuntimeError):
    """A process could not be started or stopped; the message says what to do."""


class BackgroundProcess:
    """One running process. `ports`: where it listens, by what for; they are in its state file."""

    def __init__(
        self,
        root: Path,
        name: str,
        *,
        pid: int,
        token: str,
        ports: Mapping[str, int],
        process: "subprocess.Popen[bytes] | None" = None,
    ) -> None:
        self.root, self.name, self.pid, self.ports = root, name, pid, dict(ports)
        # In the process's command line, so that its pid is not mistaken for another process's after it ended.
        self._token = token
        self._process = process

    @classmethod
    def start(
        cls,
        root: Path,
        name: str,
        command: Sequence[str],
        *,
        cwd: Path,
        ports: Mapping[str, int],
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Start a process that outlives this one, in a process group of its own. It is given a token as last argument."""
        token = secrets.token_hex(8)
        with (root / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [*command, token],
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        made = cls(root, name, pid=process.pid, token=token, ports=ports, process=process)
        made._state_file.write_text(json.dumps({"pid": made.pid, "token": token, "ports": made.ports}))
        (root / f"{name}.ports.json").write_text(json.dumps(made.ports))
        return made

    @classmethod
    def attach(cls, root: Path, name: str) -> Self | None:
        """The process that was started in `root` under this name and still runs, or None."""
        found = cls.last(root, name)
        return found if found and found.is_running() else None

    @classmethod
    def last(cls, root: Path, name: str) -> Self | None:
        """The process that was last started there and was not stopped, whether it still runs or was killed."""
        try:
            state = json.loads((root / f"{name}.json").read_text())
            ports = {what: int(port) for what, port in state["ports"].items()}
            return cls(root, name, pid=int(state["pid"]), token=str(state["token"]), ports=ports)
        except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
            return None

    @staticmethod
    def ports_before(root: Path, name: str) -> dict[str, int]:
        """The address of the last process of this name, even if it ended; empty if there was none."""
        try:
            return {what: int(port) for what, port in json.loads((root / f"{name}.ports.json").read_text()).items()}
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return {}

    @property
    def log_file(self) -> Path:
        return self.root / f"{self.name}.log"

    @property
    def _state_file(self) -> Path:
        return self.root / f"{self.name}.json"

    def is_running(self) -> bool:
        """Whether the process is alive, and is this one and not a later process with the same id."""
        if self._process is not None:  # a child of ours: nobody else has its id before it is waited for
            return self._process.poll() is None
        line = _command_line(self.pid)
        return self._token in line or (not line and _is_ending(self.pid))

    def wait_until(self, answers: Callable[[], bool], *, seconds: float) -> None:
        """Return when it answers. Raises ProcessError with the end of its log; the process has ended then."""
        deadline = time.monotonic() + seconds
        while not answers():
            if not self.is_running():
                raise self._failure("ended while it started")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {seconds:.0f} seconds")
            time.sleep(_POLL_SECONDS)
        # What answers could be another process that holds the port, and ours about to fail on it.
        if not self.is_running():
            raise self._failure("ended while it started")

    def stop(self) -> None:
        """End the process and its children. Nothing happens if it has ended already."""
        if self.is_running():
            self._signal_group(signal.SIGTERM)
            if not self._ended_within(STOP_WITHIN_SECONDS):
                self._signal_group(signal.SIGKILL)
                if not self._ended_within(STOP_WITHIN_SECONDS):
                    raise ProcessError(f"The {self.name} (process {self.pid}) cannot be stopped; see {self.log_file}.")
            # A child may have ignored the first signal.
            self._signal_group(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(STOP_WITHIN_SECONDS)
        self._state_file.unlink(missing_ok=True)

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _ended_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_running():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def _failure(self, what: str) -> ProcessError:
        self.stop()
        tail = "\n".join(self.log_file.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])
        return ProcessError(f"The {self.name} {what}. The end of its log, {self.log_file}:\n{tail}")


def _is_ending(pid: int) -> bool:
    """Whether the process lost its command line and has not quite ended.

    The kernel takes the memory first, and then one thread after the other: the first is a zombie while others still run,
    and the parent hears of it only when all have ended.
    """
    try:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        threads = sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    except (OSError, IndexError):
        return False
    return state not in "ZX" or threads > 1


def _command_line(pid: int) -> str:
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        except OSError:
            return ""
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout
