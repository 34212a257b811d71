"""Writes of a machine and of others to one item: none is lost."""

import subprocess

from infra.local.engine_process import REPOSITORY, engine_python

COUNT = """
import sys, threading
sys.setswitchinterval(1e-5)
from ministack.services import dynamodb
from infra.local.engine.dynamodb import writes
writes.apply()
key = {"pk": {"S": "a"}}
dynamodb._create_table({"TableName": "counters", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]})
def count():
    for _ in range(300):
        dynamodb._update_item({"TableName": "counters", "Key": key, "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}}})
threads = [threading.Thread(target=count) for _ in range(3)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(dynamodb._get_item({"TableName": "counters", "Key": key})[2].decode())
"""


def test_writes_of_several_threads_all_count() -> None:
    done = subprocess.run(
        [str(engine_python()), "-c", COUNT], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )

    assert '"900"' in done.stdout
