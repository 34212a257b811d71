"""Ways from the HTTP API into a function."""

import re
from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

CATCH_ALL = "$default"


def add_routes(
    scope: Construct,
    *,
    http_api: apigw.HttpApi,
    function: lambda_.IFunction,
    integration_id: str,
    seconds: int,
    routes: Mapping[str, str],
) -> None:
    """`routes`: `GET /path` or CATCH_ALL by construct id. `seconds`: as long as the function may take."""
    integration = integrations.HttpLambdaIntegration(
        integration_id,
        function,
        payload_format_version=apigw.PayloadFormatVersion.VERSION_2_0,
        timeout=Duration.seconds(seconds),
        scope_permission_to_route=False,  # one permission for this API, not one per route
    )
    for construct_id, route in routes.items():
        apigw.HttpRoute(scope, construct_id, http_api=http_api, route_key=_route_key(route), integration=integration)


def page_id(route: str) -> str:
    """A construct id that says the route without its punctuation: `Page GET forms name page`."""
    return "Page " + " ".join(re.findall(r"[A-Za-z]+", route))


def _route_key(route: str) -> apigw.HttpRouteKey:
    if route == CATCH_ALL:
        return apigw.HttpRouteKey.DEFAULT
    method, path = route.split(" ")
    return apigw.HttpRouteKey.with_(path, apigw.HttpMethod[method])
