"""Serves MiniStack's gateway and the front from one event loop, with the server MiniStack itself uses."""

import asyncio
from typing import Any

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from ministack import app as ministack_app

from infra.local.engine.dynamodb import tables
from infra.local.engine.http.front import Front
from infra.local.engine.http.pages import WithoutPages
from infra.local.engine.iam import roles
from infra.local.engine.settings import Settings


async def serve(settings: Settings) -> None:
    """Serve until the process is ended."""
    gateway = WithoutPages(roles.judging(ministack_app.app)) if settings.corrected else ministack_app.app
    served = [_serve_one(gateway, settings.bind_host, settings.gateway_port)]
    if settings.front_port:
        served.append(_serve_one(Front(settings.api_name), settings.bind_host, settings.front_port))
    if settings.corrected:
        served.append(tables.expire_items(settings.ttl_sweep_seconds))
    await asyncio.gather(*served)


async def _serve_one(application: Any, host: str, port: int) -> None:
    config = Config()
    config.bind = [f"{host}:{port}"]
    config.keep_alive_timeout = 75
    config.accesslog = None
    try:
        await hypercorn_serve(application, config, shutdown_trigger=_never)
    except OSError as error:
        raise SystemExit(f"The engine cannot listen on {host}:{port}: {error.strerror}") from error


async def _never() -> None:
    # Without a trigger hypercorn would install signal handlers of its own, which wait for open requests.
    await asyncio.Event().wait()
