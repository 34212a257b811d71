"""Parts of machines shaped like ours, and the tokens they wait for."""

from typing import Any

from tests.engine.cloud import Cloud, eventually


def waiting(table: str, name: str, **fields: Any) -> dict[str, Any]:
    """Writes the task's token on the order, under a condition, and waits for the answer."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
        "Arguments": {
            "TableName": table,
            "Key": {"pk": {"S": "{% $states.context.Execution.Input.order_id %}"}},
            "UpdateExpression": "SET #token = :token, since = :since",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#token": name},
            "ExpressionAttributeValues": {
                ":token": {"S": "{% $states.context.Task.Token %}"},
                ":since": {"S": "{% $states.context.State.EnteredTime %}"},
            },
        },
        "TimeoutSeconds": 20,
        **fields,
    }


def box(*branches: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": list(branches), **fields}


def branch(name: str, state: dict[str, Any], **states: Any) -> dict[str, Any]:
    return {"StartAt": name, "States": {name: state, **states}}


def token_of(cloud: Cloud, table: str, order_id: str, name: str = "a") -> str:
    found: Any = eventually(lambda: cloud.item(table, order_id).get(name))
    return str(found["S"])
