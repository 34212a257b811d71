"""An HTTP API invokes a function only if the function's own policy lets it.

AWS: API Gateway needs `lambda:InvokeFunction` from the function's policy, with the call as its source:
`<api>/<stage>/<METHOD>/<path of the route>`, and `<api>/<stage>/$default` for the route `$default`, whatever was asked for.
Without it the caller gets 500 and the function is not run.
The engine asks nobody.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html
"""

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import apigateway

from infra.local.engine.iam.policy import Call, allowing
from infra.local.engine.patching import rewrite

_SERVICE = "apigateway.amazonaws.com"
_DEFAULT = "$default"


def apply() -> None:
    """Ask the function's policy before each call."""
    rewrite(
        apigateway,
        "_invoke_lambda_proxy",
        (
            "    # Build API Gateway v2 proxy event (payload format 2.0)\n",
            "    if not _orderq_may_invoke(func_data, func_config, f'{api_id}/{stage}', route_key, method):\n"
            '        return 500, {"Content-Type": "application/json"}, b\'{"message":"Internal Server Error"}\'\n\n'
            "    # Build API Gateway v2 proxy event (payload format 2.0)\n",
        ),
        _orderq_may_invoke=may_invoke,
    )


def may_invoke(function: Any, config: Any, stage: str, route_key: str, method: str) -> bool:
    """Whether the function's policy lets this route in. `stage`: API and stage, as in an ARN."""
    source = f"arn:aws:execute-api:{get_region()}:{get_account_id()}:{stage}/{_called(route_key, method)}"
    statements = [
        {key: value for key, value in statement.items() if key != "Principal"}
        for statement in function["policy"]["Statement"]
        if statement.get("Principal") in (_SERVICE, {"Service": _SERVICE})
    ]
    call = Call("lambda:InvokeFunction", str(config["FunctionArn"]), {"aws:SourceArn": (source,)})
    return allowing(statements, call) is not None


def _called(route_key: str, method: str) -> str:
    """`ANY` routes are called by the method that was used."""
    if route_key == _DEFAULT:
        return _DEFAULT
    return method + route_key.partition(" ")[2]
