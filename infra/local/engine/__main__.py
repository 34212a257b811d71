"""`python -m infra.local.engine`: correct the engine, then serve it and its front until SIGTERM or SIGINT."""

import asyncio
import os
import resource
import signal
from pathlib import Path

from infra.local.engine import corrections, server
from infra.local.engine.dynamodb import meter
from infra.local.engine.settings import SETTINGS


def main() -> None:
    """Start the engine in this process; never returns."""
    if SETTINGS.corrected:
        corrections.apply_all()
    if SETTINGS.meter_file:
        meter.apply(Path(SETTINGS.meter_file))
    _raise_open_file_limit()
    for number in (signal.SIGTERM, signal.SIGINT):
        # At once and without clean-up: nothing is persisted, workers end when their pipe closes, and the process that started
        # this process deletes its TMPDIR. Waiting for open requests is what makes a stop slow.
        signal.signal(number, lambda *_: os._exit(0))
    asyncio.run(server.serve(SETTINGS))


def _raise_open_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
