"""Ways from the HTTP API into a function."""

import re
from collections.abc import Mapping

from aws_cdk import Duration, Stack
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
    _allow_every_route(scope, http_api)


def with_heads(*routes: str) -> tuple[str, ...]:
    """The routes, and one by HEAD for each by GET: programs that follow links ask so first."""
    return (*routes, *(route.replace("GET ", "HEAD ", 1) for route in routes if route.startswith("GET ")))


def _allow_every_route(scope: Construct, http_api: apigw.HttpApi) -> None:
    """The permission that the integration makes is for `<api>/*/*/*`: a path has three parts behind the API, the call of
    `$default` (`<api>/<stage>/$default`) has two, so API Gateway could not invoke the function for it.
    """
    every_route = Stack.of(scope).format_arn(service="execute-api", resource=http_api.api_id, resource_name="*/*")
    for found in scope.node.find_all():
        if isinstance(found, lambda_.CfnPermission) and found.principal == "apigateway.amazonaws.com":
            found.source_arn = every_route


def page_id(route: str) -> str:
    """A construct id that says the route without its punctuation: `Page GET forms name page`."""
    return "Page " + " ".join(re.findall(r"[A-Za-z]+", route))


def _route_key(route: str) -> apigw.HttpRouteKey:
    if route == CATCH_ALL:
        return apigw.HttpRouteKey.DEFAULT
    method, path = route.split(" ")
    return apigw.HttpRouteKey.with_(path, apigw.HttpMethod[method])
