"""Shows a function the Lambda runtime, its layers and its own code, and nothing of the engine.

AWS: a function's environment holds its configured variables and the runtime's own. Its import path is the code, then the layers
below /opt, then the runtime's packages (for Python: boto3 and its dependencies).
The engine passes on its whole environment and all of its packages. It looks into layers before the code, and unpacks every layer
for every worker. Here a worker runs an isolated interpreter (`-I -S`). Its path ends in a directory with boto3's packages alone,
so a package missing from the layer is missing here too. Layers are unpacked once and shared, so they are compiled once.

The interpreter itself stays the engine's, whatever `Runtime` says.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
https://docs.aws.amazon.com/lambda/latest/dg/python-package.html (search path, runtime-included libraries)
"""

import functools
import hashlib
import io
import os
import shutil
import tempfile
import threading
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

from infra.local.engine.patching import edit_text, rewrite

RUNTIME_DISTRIBUTIONS = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")
_layers_lock = threading.Lock()


def apply() -> None:
    """Isolate the workers of Python functions."""
    # Before there are threads that could make it twice.
    runtime_directory()
    rewrite(
        lambda_runtime.Worker,
        "_spawn",
        ("spawn_env = {**os.environ, **env_vars}", "spawn_env = {**_orderq_environment(self.config), **env_vars}"),
        ("[binary, worker_path],", "[binary, *_orderq_flags(runtime), worker_path],"),
        (
            "layer_data = _resolve_layer_zip(layer_ref)\n",
            "layers_dirs.append(_orderq_layer(_resolve_layer_zip(layer_ref), layer_arn))\n"
            "            layer_data = None\n",
        ),
        _orderq_environment=environment,
        _orderq_flags=interpreter_flags,
        _orderq_layer=layer_directory,
    )
    edit_text(
        lambda_runtime,
        "_PYTHON_WORKER_SCRIPT",
        ("    sys.path.insert(0, code_dir)\n", ""),
        (
            "    # After sys.path is complete (so",
            "    sys.path.insert(0, code_dir)\n"
            '    sys.path.append(os.environ.pop("_ORDERQ_RUNTIME_DIRECTORY"))\n'
            "    # After sys.path is complete (so",
        ),
    )


def environment(config: dict[str, Any]) -> dict[str, str]:
    """The variables of the runtime; the engine adds region, credentials, endpoint and the function's name."""
    name = config.get("FunctionName", "")
    variables = {
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime', 'python3.11')}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}",
        # A developer's ~/.aws must not reach a function.
        "HOME": tempfile.gettempdir(),
        "LANG": "en_US.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "TMPDIR": tempfile.gettempdir(),
        "TZ": ":UTC",
        "_HANDLER": config.get("Handler", ""),
    }
    if is_python(config.get("Runtime", "")):
        variables["_ORDERQ_RUNTIME_DIRECTORY"] = str(runtime_directory())
    return variables


def interpreter_flags(runtime: str) -> list[str]:
    """Isolated: no PYTHON* variables, no user site, no site-packages; and UTF-8, as in Lambda."""
    return ["-I", "-S", "-X", "utf8"] if is_python(runtime) else []


def is_python(runtime: str) -> bool:
    """Whether a function with this `Runtime` runs on the engine's interpreter."""
    return runtime.startswith("python")


@functools.cache
def runtime_directory() -> Path:
    """A directory with links to the packages Lambda's Python runtime ships."""
    directory = Path(tempfile.mkdtemp(prefix="lambda-runtime-"))
    for name in RUNTIME_DISTRIBUTIONS:
        _link(name, directory)
    return directory


def _link(name: str, directory: Path) -> None:
    package = distribution(name)
    roots = {file.parts[0] for file in package.files or () if file.parts[0] not in ("..", "__pycache__")}
    for root in roots:
        (directory / root).symlink_to(Path(str(package.locate_file(root))))


def layer_directory(content: bytes | None, arn: str) -> str:
    """The one directory in which this layer's content is unpacked."""
    if not content:
        raise RuntimeError(f"Layer {arn} has no content")
    directory = Path(tempfile.gettempdir()) / "lambda-layers" / hashlib.sha256(content).hexdigest()
    with _layers_lock:
        if not directory.exists():
            unpacking = directory.with_suffix(".unpacking")
            shutil.rmtree(unpacking, ignore_errors=True)
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                archive.extractall(unpacking)
            unpacking.rename(directory)
    return str(directory)
