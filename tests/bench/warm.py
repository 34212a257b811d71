"""What a warm create of an order costs in processor time, beside a measure in the same run."""

import json
import subprocess
import sys
from pathlib import Path

import botocore

from infra.functions.code import bundle_code
from infra.functions.layer import bundle_layer
from infra.local.engine_process import REPOSITORY
from infra.stages.settings import settings_of
from tests.bench.row import Row
from tests.bench.starts import API, MEASURE, environment

ROUNDS = 5
# As much as the measure takes in: somebody, and one thing that is ordered.
ORDER = {"order_queue_id": 1, "info": {"first": "Ada", "email": "ada@example.com", "pack1": {"plan_id": "2"}}}


def warm_create() -> Row:
    """The best of some rounds: what disturbs a process only makes it slower."""
    local, installed = settings_of("local"), Path(botocore.__file__).parents[1]
    code, layer = bundle_code(local, REPOSITORY, sandbox=True), bundle_layer(local, root=REPOSITORY)
    paths = {API: [code, layer / "python", installed], MEASURE: [REPOSITORY, installed]}
    rounds = [{module: _seconds(module, path) for module, path in paths.items()} for _ in range(ROUNDS)]
    ratio = min(each[API] for each in rounds) / min(each[MEASURE] for each in rounds)
    ratios = sorted(each[API] / each[MEASURE] for each in rounds)
    measured = f"{ratio:.2f}x (rounds {ratios[0]:.2f} to {ratios[-1]:.2f})"
    return Row("a warm create, against the cookbook's", measured, "<= 1.3x", ratio <= 1.3)


def _seconds(module: str, path: list[Path]) -> float:
    probe = str(REPOSITORY / "tests/bench/warm_probe.py")
    command = [sys.executable, "-I", "-S", probe, module, json.dumps(ORDER), *map(str, path)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return float(done.stderr.splitlines()[-1])
