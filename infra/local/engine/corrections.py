"""All corrections, in the order in which they are applied, and the engine release they were written for."""

from collections.abc import Callable
from importlib.metadata import version

from infra.local.engine import automations, change_sets, locked_buckets, secret_names
from infra.local.engine.dynamodb import recovery, streams, tables, writes
from infra.local.engine.functions import concurrency, environment, errors, logs
from infra.local.engine.http import api, permissions
from infra.local.engine.iam import roles
from infra.local.engine.states import errors as states_errors
from infra.local.engine.states import executions, isolated, parallel, tasks, tokens

MINISTACK_VERSION = "1.5.33"

CORRECTIONS: tuple[Callable[[], None], ...] = (
    environment.apply,
    errors.apply,
    logs.apply,
    concurrency.apply,
    states_errors.apply,
    executions.apply,
    isolated.apply,
    parallel.apply,
    tasks.apply,
    tokens.apply,
    api.apply,
    permissions.apply,
    tables.apply,
    streams.apply,
    writes.apply,
    recovery.apply,
    roles.apply,
    secret_names.apply,
    automations.apply,
    locked_buckets.apply,
    change_sets.apply,
)


class WrongEngineVersionError(RuntimeError):
    """The engine environment holds another MiniStack than the one the corrections were written for."""


def apply_all() -> None:
    """Correct the engine in this process. Raises when the engine is not the one the corrections were written for."""
    found = version("ministack")
    if found != MINISTACK_VERSION:
        raise WrongEngineVersionError(
            f"The corrections in infra/local/engine were written for ministack {MINISTACK_VERSION}, but {found} is "
            f"installed. Either install the pinned release (`make engine`), or run tests/engine against {found}, fix "
            f"or drop the corrections that fail, and set MINISTACK_VERSION in infra/local/engine/corrections.py."
        )
    for apply in CORRECTIONS:
        apply()
