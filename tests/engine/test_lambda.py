"""Functions: exception classes, isolation, layers, logs, concurrency."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.local.engine_process import REPOSITORY, engine_python
from tests.engine.cloud import Cloud, eventually, unique, zipped

RAISING = """
import os
class TransientError(Exception):
    pass
def handler(event, context):
    if event == "raise":
        raise TransientError("try again")
    return os.getpid()
"""


def test_exception_keeps_its_class_and_the_worker_stays_warm(cloud: Cloud) -> None:
    name = cloud.function(RAISING)
    _, before = cloud.invoke(name)
    error, payload = cloud.invoke(name, "raise")
    _, after = cloud.invoke(name)
    assert error == "Unhandled"
    assert (payload["errorType"], payload["errorMessage"]) == ("TransientError", "try again")
    assert payload["requestId"]
    assert "index.py" in payload["stackTrace"][0]
    assert before == after
    assert "[ERROR] TransientError: try again" in "\n".join(cloud.logs(name))


def test_uncorrected_engine_loses_the_class_and_the_worker(uncorrected: Cloud) -> None:
    name = uncorrected.function(RAISING)
    _, before = uncorrected.invoke(name)
    _, payload = uncorrected.invoke(name, "raise")
    _, after = uncorrected.invoke(name)
    assert payload["errorType"] == "Runtime.HandlerError"
    assert before != after


def test_failing_import_is_named_as_on_aws(cloud: Cloud) -> None:
    missing = cloud.function("import no_such_package\ndef handler(event, context): pass")
    broken = cloud.function("raise ValueError('bad setting')")
    assert cloud.invoke(missing)[1] == {
        "errorType": "Runtime.ImportModuleError",
        "errorMessage": "Unable to import module 'index': No module named 'no_such_package'",
    }
    assert cloud.invoke(broken)[1] == {"errorType": "ValueError", "errorMessage": "bad setting"}
    assert "ValueError: bad setting" in "\n".join(cloud.logs(broken))


AT_WORK = """
import os, time
if os.path.exists("{folder}/broken"):
    raise ValueError("bad start")
def handler(event, context):
    open("{folder}/at-work", "w").close()
    while not os.path.exists("{folder}/broken"):
        time.sleep(0.01)
    while not os.path.exists("{folder}/done"):
        time.sleep(0.01)
    return "done"
"""


def beside_one_that_cannot_start(cloud: Cloud, folder: Path) -> tuple[Any, Any]:
    """The answers of an invocation that is at work, and of another one, whose new environment fails meanwhile."""
    name = cloud.function(AT_WORK.format(folder=folder), Timeout=60)
    with ThreadPoolExecutor(1) as pool:
        at_work = pool.submit(cloud.invoke, name)
        eventually((folder / "at-work").exists)
        (folder / "broken").touch()
        _, failed = cloud.invoke(name)
        (folder / "done").touch()
        return at_work.result()[1], failed


def test_an_environment_that_fails_takes_no_other_with_it(cloud: Cloud, tmp_path: Path) -> None:
    """Else callers who come at once after a change end each other's environments again and again, and none is answered."""
    at_work, failed = beside_one_that_cannot_start(cloud, tmp_path)

    assert failed == {"errorType": "ValueError", "errorMessage": "bad start"}
    assert at_work == "done"


def test_uncorrected_engine_ends_them_all(uncorrected: Cloud, tmp_path: Path) -> None:
    at_work, _ = beside_one_that_cannot_start(uncorrected, tmp_path)

    assert at_work["errorMessage"] == "Worker process died"


ENVIRONMENT = """
import importlib.util, os
def handler(event, context):
    return {"environment": dict(os.environ), "found": [name for name in event if importlib.util.find_spec(name)]}
"""


def test_function_sees_its_own_variables_and_the_runtimes_packages_only(cloud: Cloud) -> None:
    name = cloud.function(ENVIRONMENT, Environment={"Variables": {"STAGE": "local"}})
    _, seen = cloud.invoke(name, ["boto3", "ministack", "hypercorn", "cryptography", "infra", "yaml"])
    environment = seen["environment"]
    assert seen["found"] == ["boto3"]
    assert environment["STAGE"] == "local"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_ENDPOINT_URL"] == cloud.engine.endpoint_url
    assert not {"GATEWAY_PORT", "PYTHONPATH", "ORDERQ_FRONT_PORT", "MINISTACK_HOST", "VIRTUAL_ENV"} & environment.keys()


def test_uncorrected_engine_hands_everything_down(uncorrected: Cloud) -> None:
    name = uncorrected.function(ENVIRONMENT)
    _, seen = uncorrected.invoke(name, ["boto3", "ministack"])
    assert seen["found"] == ["boto3", "ministack"]
    assert "GATEWAY_PORT" in seen["environment"]


def test_layer_wins_over_the_runtime_and_the_code_over_the_layer(cloud: Cloud) -> None:
    layer = cloud.client("lambda").publish_layer_version(
        LayerName=unique("layer"),
        Content={
            "ZipFile": zipped(
                {
                    "python/six.py": "origin = 'layer'",
                    "python/only_layer.py": "origin = 'layer'",
                    "python/both.py": "origin = 'layer'",
                }
            )
        },
    )["LayerVersionArn"]
    code = "import six, only_layer, both\ndef handler(event, context):\n"
    code += "    return [six.origin, only_layer.origin, both.origin]"
    name = unique("function")
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/test",
        Handler="index.handler",
        Code={"ZipFile": zipped({"index.py": code, "both.py": "origin = 'code'"})},
        Layers=[layer],
    )
    assert cloud.invoke(name)[1] == ["layer", "layer", "code"]


def test_handler_in_a_package(cloud: Cloud) -> None:
    name = unique("function")
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/test",
        Handler="lambdas.api.handler.handle",
        Code={"ZipFile": zipped({"lambdas/api/handler.py": "def handle(event, context): return 'here'"})},
    )
    assert cloud.invoke(name) == (None, "here")


def test_new_code_and_settings_are_used_at_once(cloud: Cloud) -> None:
    code = "import os\ndef handler(event, context): return ['{}', os.environ.get('STAGE')]"
    name = cloud.function(code.format("old"))
    assert cloud.invoke(name)[1] == ["old", None]
    functions = cloud.client("lambda")
    functions.update_function_code(FunctionName=name, ZipFile=zipped({"index.py": code.format("new")}))
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {"STAGE": "local"}})
    assert cloud.invoke(name)[1] == ["new", "local"]


def test_log_lines_belong_to_their_invocation(cloud: Cloud) -> None:
    code = """
import sys
def handler(event, context):
    print("first line of", event)
    sys.stderr.write("last line of %s, unfinished" % event)
"""
    name = cloud.function(code)
    for number in range(3):
        cloud.invoke(name, number)
    kept = [line.split(" RequestId")[0] for line in cloud.logs(name) if not line.startswith("REPORT")]
    lines = "\n".join(kept).splitlines()
    assert lines == [
        line
        for number in range(3)
        for line in ("START", f"first line of {number}", f"last line of {number}, unfinished", "END")
    ]


ONE_WORKER = """
import time
from infra.local.engine.functions import logs
from ministack.core.lambda_runtime import Worker

def read(worker):  # as the engine's thread does on a machine that has no time for it
    time.sleep(0.6)
    for line in worker._proc.stderr:
        worker._stderr_queue.put(line.rstrip("\\n"))

logs.apply()
PREPARED
arn = "arn:aws:lambda:us-east-1:123456789012:function:late"
config = {"FunctionArn": arn, "FunctionName": "late", "Handler": "index.handler", "Runtime": "python3.11", "Timeout": 5}
worker = Worker("late", config, CODE)
print([worker.invoke(number, f"r{number}")["log"] for number in range(2)])
worker.kill()
"""


def logs_of_two(handler: str, prepared: str) -> str:
    """What two invocations of one worker logged, in a process of their own."""
    script = ONE_WORKER.replace("PREPARED", prepared).replace("CODE", repr(zipped({"index.py": handler})))
    return subprocess.run(
        [str(engine_python()), "-c", script],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_line_that_is_read_late_belongs_to_its_invocation_too() -> None:
    told = logs_of_two("def handler(event, context): print('line of', event)", "Worker._read_stderr = read")
    assert told == "['line of 0', 'line of 1']\n"


def test_a_handler_that_takes_its_stderr_away_is_not_waited_for_without_end() -> None:
    handler = "import io, sys\ndef handler(event, context): sys.stderr = io.StringIO()"
    assert logs_of_two(handler, "logs._LIVING_SECONDS = 0.1") == "['', '']\n"


SLOW = """
import os, time
def handler(event, context):
    time.sleep(0.15)
    return os.getpid()
"""


def test_busy_function_queues_for_its_workers(cloud: Cloud) -> None:
    name = cloud.function(SLOW)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: cloud.invoke(name), range(12)))
    assert [error for error, _ in answers] == [None] * 12
    assert len({pid for _, pid in answers}) <= 4


def test_uncorrected_engine_starts_a_worker_for_every_caller(uncorrected: Cloud) -> None:
    name = uncorrected.function(SLOW)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: uncorrected.invoke(name), range(6)))
    assert len({pid for _, pid in answers}) > 4


def test_functions_that_wait_for_functions_do_not_wait_for_ever(cloud: Cloud) -> None:
    inner = cloud.function("def handler(event, context): return event + 1")
    outer = cloud.function(
        f"""
import boto3, json
def handler(event, context):
    answer = boto3.client("lambda").invoke(FunctionName="{inner}", Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())
"""
    )
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: cloud.invoke(outer, number), range(8)))
    assert answers == [(None, number + 1) for number in range(8)]


def test_timeout_is_enforced(cloud: Cloud) -> None:
    name = cloud.function("import time\ndef handler(event, context): time.sleep(30)", Timeout=1)
    error, payload = cloud.invoke(name)
    assert error == "Unhandled"
    assert payload["errorType"] == "Sandbox.Timedout"


def test_asynchronous_invocation_runs(cloud: Cloud) -> None:
    table = cloud.table()
    code = "import boto3\ndef handler(event, context):\n"
    code += "    boto3.client('dynamodb').put_item(TableName=event['table'], Item={'pk': {'S': 'done'}})"
    name = cloud.function(code)
    cloud.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps({"table": table}))
    assert eventually(lambda: cloud.item(table, "done"))
