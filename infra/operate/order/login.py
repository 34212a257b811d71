"""Finds the API's address and the login of a stage. A token comes from the environment or a file, never from the command line."""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

LOCAL_STACK = Path(__file__).resolve().parents[3] / ".local" / "stack.json"
_FOLDER = Path("order-queues")


class LoginError(Exception):
    """There is no address or no login. The message says where to put it."""


@dataclass(frozen=True)
class Login:
    """`token` is not shown anywhere."""

    url: str
    user: str
    token: str

    def __repr__(self) -> str:
        return f"Login({self.url}, {self.user})"


def login_of(stage: str) -> Login:
    """The login of the stage: ORDER_URL, ORDER_USER and ORDER_TOKEN, else the kept file; for `local` what `make run` wrote.

    Raises LoginError.
    """
    kept = _read(LOCAL_STACK if stage == "local" else file_of(stage))
    url = os.environ.get("ORDER_URL") or kept.get("api_url", "")
    user, token = (
        os.environ.get("ORDER_USER") or kept.get("user", ""),
        os.environ.get("ORDER_TOKEN") or kept.get("token", ""),
    )
    if not user or not token:
        how = "`make run` first" if stage == "local" else f"`order login {stage}`, or set ORDER_USER and ORDER_TOKEN"
        raise LoginError(f"no login for the stage {stage}: {how}")
    return Login(url or address_of(stage), user, token)


def save_login(stage: str, url: str, user: str, token: str) -> Path:
    """Keep the login in a file that only its owner may read."""
    file = file_of(stage)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(json.dumps({"api_url": url, "user": user, "token": token}) + "\n", "utf-8")
    return file


def address_of(stage: str) -> str:
    """The address of the stage's API, as its stack names it. Raises LoginError."""
    from botocore.exceptions import BotoCoreError, ClientError  # only here: they and the CDK take seconds to load

    from infra.account import AccountError
    from infra.local.engine_process import EngineError
    from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
    from infra.stages.errors import StageError

    try:
        return output_of(stage, "ApiUrl", client_options(stage))
    except (AccountError, BotoCoreError, ClientError, EngineError, NotDeployedError, StageError) as error:
        raise LoginError(f"the address of stage {stage} is not known: {error}; or set ORDER_URL") from None


def file_of(stage: str) -> Path:
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return home / _FOLDER / f"{stage}.json"


def _read(file: Path) -> dict[str, str]:
    """Raises LoginError for a file that others may read, or that is none of ours."""
    try:
        mode = file.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise LoginError(f"{file} can be read by others: chmod 600 it, and rotate the token (make users)")
        found = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        raise LoginError(f"{file} cannot be read; delete it, and sign in again") from None
    return {key: value for key, value in found.items() if isinstance(value, str)}
