"""How fast functions start as they are shipped: load and first answer, in processor time, beside a measure in the same run.

The measure is shipped without bytecode that counts: pip compiles for the times of files, and the CDK packs every file with
the same time, so each start compiles everything anew (PEP 552). It ships its own boto3, too.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import botocore

from infra.functions.code import bundle_code
from infra.functions.layer import bundle_layer
from infra.local.engine_process import REPOSITORY
from infra.stages.settings import settings_of
from tests.bench.row import Row

RUNS = 9
MEGABYTE = 1_000_000
PROCESSOR_MB = (
    1_769  # the memory that buys one processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
)
ACTION_MB = 512
API, ACTION, MEASURE = "lambdas.api.handler", "lambdas.actions.generate_invoice", "tests.bench.cookbook"
ANSWERS = {API: "401", ACTION: "OrderUnreadableError", MEASURE: "422"}


def start_rows() -> Iterator[Row]:
    """Each start is a fresh interpreter; the functions take turns, so that a busy moment hits all of them."""
    seconds: dict[str, list[tuple[float, float]]] = {module: [] for module in ANSWERS}
    for _ in range(RUNS):
        for module, times in seconds.items():
            times.append(start_seconds(module))
    whole = {module: statistics.median(start + call for start, call in times) for module, times in seconds.items()}
    for module, what in ((API, "API"), (ACTION, "action")):
        ratio = whole[module] / whole[MEASURE]
        yield Row(f"cold start of the {what}, against the cookbook's parts", f"{ratio:.2f}x", "<= 0.35x", ratio <= 0.35)
    at_512 = statistics.median(start + call * PROCESSOR_MB / ACTION_MB for start, call in seconds[ACTION])
    yield Row(f"init and first call of an action at {ACTION_MB} MB", f"{at_512:.2f} s", "<= 0.40 s", at_512 <= 0.40)


def start_seconds(module: str) -> tuple[float, float]:
    """Processor time of the start and of the first call."""
    installed = Path(botocore.__file__).parents[1]
    if module == MEASURE:
        path, without_bytecode = [REPOSITORY, installed], ["-B", "-X", "pycache_prefix=/nowhere"]
    else:
        local = settings_of("local")
        code, layer = bundle_code(local, REPOSITORY, sandbox=True), bundle_layer(local, root=REPOSITORY)
        path, without_bytecode = [code, layer / "python", installed], []
    probe = str(REPOSITORY / "tests/bench/start_probe.py")
    command = [sys.executable, "-I", "-S", *without_bytecode, probe, module, *map(str, path)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    measured = json.loads(done.stderr.splitlines()[-1])
    assert measured["said"] == ANSWERS[module], f"{module} answered {measured['said']}"
    return measured["start"], measured["call"]


def environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "LAMBDA_TASK_ROOT": "/var/task",
        "_X_AMZN_TRACE_ID": "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0",
        "POWERTOOLS_METRICS_NAMESPACE": "Bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        "CURRENCY": "USD",
        "GATEWAY": "sandbox",
        "ORDER_TABLE": "orders",
        "RECORD_TABLE": "records",
        "GUARD_TABLE": "guards",
        "HISTORY_TABLE": "history",
        "DESK_TABLE": "desk",
    }


def layer_size() -> Row:
    layer = bundle_layer(settings_of("local"), root=REPOSITORY)
    with tempfile.TemporaryDirectory() as folder:
        size = Path(shutil.make_archive(f"{folder}/layer", "zip", layer)).stat().st_size
    text = f"{size / MEGABYTE:.2f} MB"
    return Row("dependency layer, zipped, bytecode included", text, "<= 5 MB", size <= 5 * MEGABYTE)
