"""Starts, finds and stops the embedded engine: a process of its own, on loopback, in the engine's own environment.

    with LocalEngine.start(root) as engine:
        client = boto3.client("dynamodb", **engine.client_options())

`root` is a directory of the engine's own; it holds the log, the state file by which another process finds the engine
(`LocalEngine.attach(root)`), and a TMPDIR that is deleted when the engine stops.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Self

REPOSITORY = Path(__file__).resolve().parent.parent
ACCOUNT_ID = "000000000000"
REGION = "us-east-1"
# The CDK CLI remembers the account of an access key id in ~/.cdk/cache, so this one must mean nothing elsewhere.
ACCESS_KEY_ID = "orderqueues"
READY_WITHIN_SECONDS = 30.0
STOP_WITHIN_SECONDS = 5.0
_POLL_SECONDS = 0.02
_ASK_SECONDS = 2.0
_LOG_TAIL_LINES = 25


class EngineError(RuntimeError):
    """The engine could not be started, found or stopped; the message says what to do."""


@dataclass(frozen=True)
class _State:
    pid: int
    port: int
    front_port: int
    # In the process's command line, so that its pid is not mistaken for another process's after it ended.
    token: str


class LocalEngine:
    """One running engine."""

    def __init__(self, root: Path, state: _State, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.root = root
        self._state = state
        self._process = process

    @classmethod
    def start(
        cls,
        root: Path,
        port: int | None = None,
        front_port: int | None = None,
        settings: dict[str, str] | None = None,
    ) -> Self:
        """Start an engine that outlives this process, and return when it answers.

        Ports that are not given are chosen. `settings` are further variables for the engine (ORDERQ_…, LOG_LEVEL).
        """
        root = root.resolve()
        if cls.attach(root) is not None:
            raise EngineError(f"An engine is running in {root} already; stop it first (`make stop`).")
        _prepare(root)
        port, front_port = port or _free_port(), front_port or _free_port()
        token = secrets.token_hex(8)
        with (root / "engine.log").open("wb") as log:
            process = subprocess.Popen(
                [str(engine_python()), "-m", "infra.engine", token],
                cwd=REPOSITORY,
                env=_process_environment(root, port, front_port) | (settings or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        engine = cls(root, _State(process.pid, port, front_port, token), process)
        engine._state_file.write_text(json.dumps(asdict(engine._state)))
        engine._wait_until_ready()
        return engine

    @classmethod
    def attach(cls, root: Path) -> Self | None:
        """The engine that was started in `root` and still runs, or None."""
        root = root.resolve()
        try:
            state = _State(**json.loads((root / "engine.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        engine = cls(root, state)
        return engine if engine.is_running() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The engine's process id, which is also its process group."""
        return self._state.pid

    @property
    def endpoint_url(self) -> str:
        """Where the AWS APIs answer."""
        return f"http://127.0.0.1:{self._state.port}"

    @property
    def front_url(self) -> str:
        """Where the deployed HTTP API answers, at the root."""
        return f"http://127.0.0.1:{self._state.front_port}"

    @property
    def log_file(self) -> Path:
        """What the engine and its functions' workers say."""
        return self.root / "engine.log"

    @property
    def _state_file(self) -> Path:
        return self.root / "engine.json"

    def environment(self) -> dict[str, str]:
        """The variables an SDK, the AWS CLI or the CDK CLI needs to talk to this engine, and to nothing else."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": REGION,
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }

    def client_options(self) -> dict[str, Any]:
        """Keyword arguments for `boto3.client`, for a process whose environment points elsewhere."""
        return {
            "aws_access_key_id": ACCESS_KEY_ID,
            "aws_secret_access_key": "not-a-secret",
            "endpoint_url": self.endpoint_url,
            "region_name": REGION,
        }

    def is_running(self) -> bool:
        """Whether the process is alive, and is this engine and not a later process with the same id."""
        if self._process is not None and self._process.poll() is not None:
            return False
        return self._state.token in _command_line(self.pid)

    def reset(self) -> None:
        """Forget all resources, as after a fresh start."""
        status = _status_of("POST", self._state.port, "/_ministack/reset", READY_WITHIN_SECONDS)
        if status != HTTPStatus.OK:
            raise EngineError(f"The engine could not be reset (status {status}); see {self.log_file}.")

    def stop(self) -> None:
        """End the engine and its workers, and delete its temporary files. Nothing happens if it has ended already."""
        if self.is_running():
            self._signal_group(signal.SIGTERM)
            if not self._ended_within(STOP_WITHIN_SECONDS):
                self._signal_group(signal.SIGKILL)
                if not self._ended_within(STOP_WITHIN_SECONDS):
                    raise EngineError(f"The engine (process {self.pid}) cannot be stopped.")
            # A worker may have ignored the first signal.
            self._signal_group(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(STOP_WITHIN_SECONDS)
        self._state_file.unlink(missing_ok=True)
        shutil.rmtree(self.root / "tmp", ignore_errors=True)

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

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._answers():
            if not self._process or self._process.poll() is not None:
                raise self._failure("ended while it started")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {READY_WITHIN_SECONDS:.0f} seconds")
            time.sleep(_POLL_SECONDS)
        # What answers could be another process that holds the port, and ours about to fail on it.
        if not self.is_running():
            raise self._failure("ended while it started")

    def _answers(self) -> bool:
        gateway = _status_of("GET", self._state.port, "/_ministack/health", _ASK_SECONDS)
        return gateway == HTTPStatus.OK and _status_of("GET", self._state.front_port, "/", _ASK_SECONDS) is not None

    def _failure(self, what: str) -> EngineError:
        self.stop()
        tail = "\n".join(self.log_file.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])
        return EngineError(f"The engine {what}. The end of its log, {self.log_file}:\n{tail}")


def engine_python(repository: Path = REPOSITORY) -> Path:
    """The interpreter of the engine's environment."""
    python = repository / ".venv-engine" / "bin" / "python"
    if not python.exists():
        raise EngineError(f"The engine's environment is missing ({python}): run `make engine`.")
    return python


def _process_environment(root: Path, port: int, front_port: int) -> dict[str, str]:
    # From scratch: what is set in a developer's shell must not change how the engine, or a function in it, behaves.
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "HOME": str(root / "tmp"),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_WARM_TTL_SECONDS": "60",
        "LANG": "C.UTF-8",
        "LOG_LEVEL": "INFO",
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": REGION,
        "ORDERQ_FRONT_PORT": str(front_port),
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONUNBUFFERED": "1",
        "SFTP_ENABLED": "0",
        # Nothing is persisted, but the engine keeps a signing key there.
        "STATE_DIR": str(root / "tmp" / "state"),
        "TMPDIR": str(root / "tmp"),
        "TZ": "UTC",
    }


def _prepare(root: Path) -> None:
    # Left behind by an engine that was killed.
    shutil.rmtree(root / "tmp", ignore_errors=True)
    (root / "tmp").mkdir(parents=True)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _status_of(method: str, port: int, path: str, timeout_seconds: float) -> int | None:
    """The status of an answer; None when there is none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _command_line(pid: int) -> str:
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        except OSError:
            return ""
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout
