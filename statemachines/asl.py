"""Words of the Amazon States Language that all our states share, in JSONata mode.

Every state finds its order by the id in the execution's input; nothing else is passed from state to state. `${OrderTable}`
and `${<module>}` are filled in at deployment. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from typing import Any

from statemachines import retries

State = dict[str, Any]

ORDER_ID = "{% $states.context.Execution.Input.order_id %}"
TOKEN = "{% $states.context.Task.Token %}"
KEY = {"pk": {"S": ORDER_ID}, "sk": {"S": "order"}}
NOW = "{% $string($floor($millis() / 1000)) %}"
GONE = ["OrderCanceled", "OrderMoved"]
CONDITION_FAILED = "DynamoDb.ConditionalCheckFailedException"
DAY_SECONDS = 86_400

UPDATE = "arn:aws:states:::aws-sdk:dynamodb:updateItem"
_TABLE_SECONDS = 30


def in_seconds(seconds: int) -> str:
    """A moment from now, as DynamoDB wants a number."""
    return f"{{% $string($floor($millis() / 1000) + {seconds}) %}}"


def catch(errors: list[str], goal: str) -> State:
    return {"ErrorEquals": errors, "Next": goal}


def table_task(comment: str, resource: str, arguments: State, *, seconds: int = _TABLE_SECONDS) -> State:
    """A call to the order table without a Lambda."""
    return {
        "Type": "Task",
        "Comment": comment,
        "Resource": resource,
        "Arguments": {"TableName": "${OrderTable}", "Key": KEY, **arguments},
        "TimeoutSeconds": seconds,
        "Retry": retries.OF_TABLE,
    }


# Members of an attribute value that have one name everywhere. SDK integrations spell others than the service does (`Bool`,
# `Nul`), and a wrong one is States.Runtime, which no state can catch.
# https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
MEMBERS = frozenset({"S", "N", "M", "L"})


def order_update(condition: str, changes: str, *, values: State, names: State | None = None, remove: str = "") -> State:
    """Arguments of a conditional update of the order; each raises the order's revision. Raises ValueError for a value that
    an SDK integration would not read."""
    for name, value in values.items():
        refuse_other_members(name, value)
    return {
        "ConditionExpression": condition,
        "UpdateExpression": f"SET {changes}, revision = revision + :one" + (f" REMOVE {remove}" if remove else ""),
        **({"ExpressionAttributeNames": names} if names else {}),
        "ExpressionAttributeValues": {**values, ":one": {"N": "1"}},
    }


def refuse_other_members(name: str, value: Any) -> None:
    """Raise ValueError unless this attribute value, and all within it, have the members that are the same everywhere."""
    if other := value.keys() - MEMBERS:
        raise ValueError(
            f"{name}: {', '.join(sorted(other))} is spelled otherwise in SDK integrations; use S, N, M or L"
        )
    inner = value.get("M", {})
    for key, each in inner.items() if isinstance(inner, dict) else ():
        refuse_other_members(f"{name}.{key}", each)
    for each in value.get("L", ()) if isinstance(value.get("L", ()), list) else ():
        refuse_other_members(name, each)
