"""How fast functions start, and how large what they start with is."""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from infra.layer import bundle_layer
from infra.local_engine import REPOSITORY
from infra.settings import settings_of
from tests.bench.row import Row

IMPORT_RUNS = 15
MEGABYTE = 1_000_000


def import_ratios() -> Iterator[Row]:
    """Each start is a fresh interpreter; the variants take turns, so that a busy moment hits all of them."""
    variants = {
        "bare": "pass",
        "boto3": "import boto3; boto3.client('dynamodb')",
        "api": "import lambdas.api.handler as h; h._api()",
        "action": "import lambdas.actions.generate_invoice, lambdas.actions._action as a; a.tools()",
    }
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(IMPORT_RUNS):
        for name, code in variants.items():
            seconds[name].append(start_seconds(code))
    median = {name: statistics.median(times) for name, times in seconds.items()}
    unit = median["boto3"] - median["bare"]
    for name, what, budget in (("api", "API handler", 1.7), ("action", "action handler", 1.4)):
        ratio = (median[name] - median["bare"]) / unit
        yield Row(
            f"start of the {what}, against boto3 and one client", f"{ratio:.2f}x", f"<= {budget}x", ratio <= budget
        )


def start_seconds(code: str) -> float:
    """Processor time, not the clock's: others on the machine take less of it away."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
        "ORDER_TABLE": "orders",
        "RECORD_TABLE": "records",
        "GUARD_TABLE": "guards",
        "MACHINES": "{}",
        "FUNCTIONS": "{}",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        "EVENT_BUS": "orders",
    }
    before = _processor_seconds()
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=REPOSITORY, check=True)
    return _processor_seconds() - before


def _processor_seconds() -> float:
    """Of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def layer_size() -> Row:
    layer = bundle_layer(settings_of("dev"), root=REPOSITORY)
    with tempfile.TemporaryDirectory() as folder:
        size = Path(shutil.make_archive(f"{folder}/layer", "zip", layer)).stat().st_size
    return Row("dependency layer, zipped", f"{size / MEGABYTE:.2f} MB", "<= 4 MB", size <= 4 * MEGABYTE)
