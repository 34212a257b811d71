"""Request limits per second for each route of the public doors, apart from the API's.

Each route has a limit of its own, over all callers. A flood on the pages of a form cannot use up the limits of the API, the
links or the webhooks. The functions limit single callers (lambdas/rate_limits).

A setting names a route that must exist when the stage is created: API Gateway refuses others (`Unable to find Route by key
... within the provided RouteSettings`). A route without settings has the stage's own.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
"""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_apigatewayv2 as apigw
from constructs import Construct

from infra.doors.desk import ROUTES as DESK
from infra.doors.desk import SIGN_IN
from infra.doors.docs import ROUTES as DOCS
from infra.doors.documents import ROUTES as DOCUMENTS
from infra.doors.forms import ROUTES as PAGES
from infra.doors.gateway_webhooks import ROUTE as GATEWAY_WEBHOOKS
from infra.doors.intake import ROUTE as WEBHOOKS
from infra.doors.sandbox_provider import ROUTES as SANDBOX_PAGES
from infra.stages.limits import PublicThrottles, Throttle

_LINKS = ("/forms/{name}/resume/{token}", "/orders/{token}")


class UnknownRouteError(ValueError):
    """A throttle for a route that the API does not have."""


def throttle_public_routes(
    scope: Construct, stage: apigw.CfnStage, throttles: PublicThrottles, *, has_sandbox: bool
) -> None:
    """`scope`: the construct with all routes. Call it after the routes are defined."""
    pages = [*PAGES, *DOCUMENTS, *DESK, *DOCS.values(), *(SANDBOX_PAGES if has_sandbox else ())]
    links = [*DOCUMENTS, *(route for route in pages if route.partition(" ")[2] in _LINKS)]
    throttle_routes(
        scope,
        stage,
        {
            **dict.fromkeys(pages, throttles.pages),
            **dict.fromkeys((*links, SIGN_IN), throttles.links),
            **dict.fromkeys((WEBHOOKS, GATEWAY_WEBHOOKS), throttles.webhooks),
        },
    )


def throttle_routes(scope: Construct, stage: apigw.CfnStage, throttles: Mapping[str, Throttle]) -> None:
    """By route key. Raises UnknownRouteError."""
    routes = {route.route_key: route for route in _routes(scope.node.find_all())}
    if unknown := sorted(throttles.keys() - routes.keys()):
        raise UnknownRouteError(
            f"no such route to throttle: {', '.join(unknown)}; there are {', '.join(sorted(routes))}"
        )
    stage.route_settings = {
        key: {"ThrottlingRateLimit": throttle.rate, "ThrottlingBurstLimit": throttle.burst}
        for key, throttle in sorted(throttles.items())
    }
    for key in throttles:
        stage.add_dependency(routes[key])


def _routes(found: Iterable[object]) -> list[apigw.CfnRoute]:
    return [each for each in found if isinstance(each, apigw.CfnRoute)]
