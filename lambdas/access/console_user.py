"""People who started a runbook in the AWS console. They are no users of the API: IAM decides which runbooks they may start."""

from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Grant, Right

_RIGHTS = frozenset(Right) - {Right.CREATE}


def console_user(arn: str) -> ApiUser:
    """Somebody by their ARN, with all rights that a runbook may need. No user of the API has a name with a colon."""
    return ApiUser(name=arn, tokens=(), grants=(Grant(rights=_RIGHTS),))


def is_console_user(name: str) -> bool:
    return name.startswith("arn:")
