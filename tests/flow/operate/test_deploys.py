"""Deployments while orders stand and walk. The whole trial, from the last release to the working tree, is `make upgrade-test`."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.stack import STACK
from lambdas.runtime.items import from_item
from tests.faults.books import judged, made_of
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.server_orders import RACK, in_build, process
from tests.upgrade.assemblies import add_failure, describe

pytestmark = pytest.mark.engine

WALKING = 8


def status(stacks: Any) -> str:
    return str(stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"])


def template_with_failure(shop: Shop) -> str:
    """The deployed template with every function changed, and a failure behind all of them; the address of the file."""
    found = shop.client("cloudformation").get_template(StackName=STACK)["TemplateBody"]
    template = json.loads(found) if isinstance(found, str) else dict(found)
    describe(template, "of a deployment that fails")
    add_failure(template)
    files = shop.client("s3")
    (bucket,) = (each["Name"] for each in files.list_buckets()["Buckets"] if each["Name"].startswith("cdk-"))
    files.put_object(Bucket=bucket, Key="failing.json", Body=json.dumps(template).encode())
    return f"{shop.engine.endpoint_url}/{bucket}/failing.json"


def walk(shop: Shop, number: int) -> str:
    """Who gets no answer asks again with the same key. The engine ends calls of a function that is changed; AWS does not."""

    def ask(method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        key = {"Idempotency-Key": f"deployed-{number}-{method}"}

        def once() -> dict[str, Any] | None:
            answer = shop.call(method, parameters, **key)
            assert answer.status_code < HTTPStatus.BAD_REQUEST or answer.is_server_error, answer.text
            return dict(answer.json()) if answer.is_success else None

        return until(f"{method} is answered", once)

    order_id = str(ask("order.create", new_client_order())["order_id"])
    ask("order.submit", {"order_id": order_id})
    return order_id


def machines(shop: Shop) -> dict[str, str]:
    describe_machine = shop.step_functions.describe_state_machine
    return {key: describe_machine(stateMachineArn=arn)["definition"] for key, arn in shop.stack.machines.items()}


def records(shop: Shop) -> Iterator[dict[str, Any]]:
    for page in shop.dynamodb.get_paginator("scan").paginate(TableName=shop.stack.record_table, ConsistentRead=True):
        yield from map(from_item, page["Items"])


@pytest.mark.slow
def test_a_deployment_that_fails_half_way_loses_and_doubles_nothing_and_takes_no_other_beside_it(shop: Shop) -> None:
    stacks, standing, before = shop.client("cloudformation"), in_build(shop), machines(shop)
    change = {"StackName": STACK, "TemplateURL": template_with_failure(shop), "Capabilities": ["CAPABILITY_NAMED_IAM"]}

    with ThreadPoolExecutor(WALKING) as pool:
        stacks.update_stack(**change)
        walking = [pool.submit(walk, shop, number) for number in range(WALKING)]
        with pytest.raises(ClientError, match="can not be updated"):
            stacks.create_change_set(ChangeSetName="beside", **change)
        order_ids = [each.result() for each in walking]
    until("it is rolled back", lambda: status(stacks) == "UPDATE_ROLLBACK_COMPLETE" or None)

    for order_id in order_ids:
        shop.until_step(order_id, "complete")
        assert shop.execution_ended(order_id)["status"] == "SUCCEEDED"
    made = made_of(records(shop))
    for order_id in order_ids:
        made[order_id].executions = ["SUCCEEDED"]
        verdict = judged(shop._row(order_id), made[order_id], packs=1, canceled=False)
        assert (verdict.doubles, verdict.losses) == ((), ())
    process(shop, standing, RACK)
    shop.until_action(standing, "Rack and Cable", "done")
    assert machines(shop) == before
