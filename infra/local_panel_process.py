"""Starts, finds and stops the stand-in panel (infra/local_panel.py): a process of its own, on loopback."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

from infra.local_engine import REPOSITORY

READY_WITHIN_SECONDS = 15.0
STOP_WITHIN_SECONDS = 5.0
_POLL_SECONDS = 0.02
_LOG_TAIL_LINES = 15


class PanelError(RuntimeError):
    """The panel could not be started or stopped; the message says what to do."""


class LocalPanel:
    """One running panel. `root` holds its log and the state file by which another process finds it."""

    def __init__(self, root: Path, pid: int, port: int, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.root, self.pid, self.port = root, pid, port
        self._process = process

    @classmethod
    def start(cls, root: Path, access: Path, answer_after_seconds: float = 1.0) -> Self:
        """Start a panel that outlives this process, at the port it had before if that is free. `access`: see Panel."""
        root.mkdir(parents=True, exist_ok=True)
        port = _known(root)[1]
        _state_file(root).unlink(missing_ok=True)
        options = {
            "state": _state_file(root),
            "access": access,
            "port": port,
            "answer-after": answer_after_seconds,
        }
        with _log_file(root).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "infra.local_panel", *(f"--{name}={value}" for name, value in options.items())],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(root, process.pid, _port_once_ready(root, process), process)

    @classmethod
    def attach(cls, root: Path) -> Self | None:
        """The panel that was started in `root` and still answers, or None."""
        pid, port = _known(root)
        return cls(root, pid, port) if port and _pid_at(port) == pid else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        return _log_file(self.root)

    def stop(self) -> None:
        """End it. Nothing happens if it has ended already: only the process that answers as this panel is signaled."""
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        while _pid_at(self.port) == self.pid:
            if time.monotonic() > deadline:
                raise PanelError(f"the panel (process {self.pid}) cannot be stopped; see {self.log_file}")
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            time.sleep(_POLL_SECONDS)
        if self._process is not None:
            self._process.wait(STOP_WITHIN_SECONDS)
        _state_file(self.root).unlink(missing_ok=True)


def _port_once_ready(root: Path, process: "subprocess.Popen[bytes]") -> int:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not _state_file(root).exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            tail = "\n".join(_log_file(root).read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])
            raise PanelError(f"the stand-in panel did not start. The end of its log, {_log_file(root)}:\n{tail}")
        time.sleep(_POLL_SECONDS)
    return _known(root)[1]


def _known(root: Path) -> tuple[int, int]:
    """Process id and port of the panel last started here; zeros if there is none."""
    try:
        state = json.loads(_state_file(root).read_text())
        return int(state["pid"]), int(state["port"])
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return 0, 0


def _pid_at(port: int) -> int | None:
    """The id of the panel's process that answers at this port."""
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        return int(json.loads(answer.read())["pid"]) if answer.status == HTTPStatus.OK else None
    except (OSError, HTTPException, ValueError, TypeError, KeyError):
        return None
    finally:
        connection.close()


def _state_file(root: Path) -> Path:
    return root / "panel.json"


def _log_file(root: Path) -> Path:
    return root / "panel.log"
