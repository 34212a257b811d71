"""The user that a widget's call is made as. A call names nobody; IAM decides who may invoke which function."""

from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Order
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Grant, Right

CONSOLE = ApiUser(
    name="aws-console", tokens=(), grants=(Grant(rights=frozenset({Right.VIEW, Right.ACT, Right.PERSONAL_DATA})),)
)
"""History names it. CloudTrail's data events name the person, if the account records them."""

# The acts that the viewer is shown: those as runbooks need a right to start them, which IAM gives.
SHOWN = ApiUser(
    name=CONSOLE.name,
    tokens=(),
    grants=(Grant(rights=CONSOLE.grants[0].rights | {Right.SKIP, Right.CANCEL, Right.MONEY}),),
)


def partition_of(arn: str) -> str:
    """Such as `aws`."""
    return arn.split(":")[1] if arn.startswith("arn:") else "aws"


def console_host(partition: str, region: str) -> str:
    """The address of the AWS console of a region."""
    host = {
        "aws": "console.aws.amazon.com",
        "aws-cn": "console.amazonaws.cn",
        "aws-us-gov": "console.amazonaws-us-gov.com",
    }.get(partition, "console.aws.amazon.com")
    return f"https://{region}.{host}"


def console_links(order: Order, machine_arn: str, region: str) -> tuple[tuple[str, str], ...]:
    """Names and addresses of the order's places in the AWS console: its execution and its log lines."""
    if not machine_arn or not order.has_machine:
        return ()
    execution = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{execution_name(order)}"
    base = console_host(partition_of(machine_arn), region)
    return (
        ("Execution", f"{base}/states/home?region={region}#/v2/executions/details/{execution}"),
        ("Saved log queries", f"{base}/cloudwatch/home?region={region}#logsV2:logs-insights"),
        ("Traces", f"{base}/cloudwatch/home?region={region}#xray:traces/query"),
    )
