"""The settings that the stage `local` finds out: interpreter, processor, where its pages and stand-ins are."""

import os
import platform
import sys
from typing import Any

from infra.stages.errors import UnknownStageError

# Who the sample queues call, by the names they use; on one's own machine a stand-in is all of them (infra/local/panel/server.py).
OUTSIDE_PARTIES = ("panel", "datacenter", "registrar", "authority", "bureau")
NOBODY_URL = "http://127.0.0.1:9"  # the port of `discard`, where nobody listens
OWN_ADDRESS = "api"  # as `public_url`: the API's own address

# What a machine calls itself -> what wheels call it. Other machines cannot run our functions, here or in Lambda.
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def settings_of_this_machine() -> dict[str, Any]:
    """The embedded engine runs functions on this interpreter and machine, so their wheels must be made for both.

    LOCAL_PANEL_URL says where the program is that plays the parties outside, LOCAL_PUBLIC_URL where browsers find the pages.
    """
    machine = _MACHINES.get(platform.machine().lower())
    if machine is None:
        raise UnknownStageError(f"no wheels for a machine called {platform.machine()!r}")
    return {
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "machine": machine,
        "public_url": os.environ.get("LOCAL_PUBLIC_URL") or OWN_ADDRESS,
        "webhook_bases": dict.fromkeys(OUTSIDE_PARTIES, os.environ.get("LOCAL_PANEL_URL") or NOBODY_URL),
    }
