"""The documentation of the API: a small function of its own, on the API's host, open to everybody."""

from dataclasses import replace
from pathlib import Path

from aws_cdk import IgnoreMode
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.doors.routes import add_routes
from infra.doors.shifts import called_of
from infra.functions.function import FunctionParts, OrderFunction

PATHS = {"Page": "/docs", "Parts": "/docs/{file}", "Document": "/openapi.json"}
ROUTES = {
    f"{name}{how}": f"{verb} {path}" for name, path in PATHS.items() for how, verb in (("", "GET"), ("Head", "HEAD"))
}
_TIMEOUT_SECONDS = 10

SWAGGER_UI = "node_modules/swagger-ui-dist"
SHIPPED = (
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui.css",
    "favicon-32x32.png",
    "LICENSE",
    "NOTICE",
)
DOCUMENT = "docs/openapi.json"
# As in infra/functions/function.py: what goes in, opened one level at a time.
ONLY_DOCS = [
    "/*",
    "!/lambdas",
    "/lambdas/*",
    "!/lambdas/__init__.py",
    "!/lambdas/docs",
    "!/docs",
    "/docs/*",
    f"!/{DOCUMENT}",
    "!/node_modules",
    "/node_modules/*",
    f"!/{SWAGGER_UI}",
    f"/{SWAGGER_UI}/*",
    *(f"!/{SWAGGER_UI}/{name}" for name in SHIPPED),
    "__pycache__",
    "*.pyc",
]


class DocsMissingError(RuntimeError):
    """Something that the page needs is not there."""


class Docs(Construct):
    """The page, its parts and the OpenAPI document."""

    def __init__(
        self, scope: Construct, construct_id: str, *, parts: FunctionParts, sources: Path, http_api: apigw.HttpApi
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = OrderFunction(
            self,
            "Handler",
            parts=replace(parts, code=docs_asset(sources)),
            handler="lambdas.docs.handler.handler",
            description="Documentation of the API",
            memory_mb=256,
            timeout_seconds=_TIMEOUT_SECONDS,
            environment={},
            permissions=[],
        ).function
        add_routes(
            self,
            http_api=http_api,
            function=called_of(self.function, parts.settings.door_shift),
            integration_id="Docs",
            seconds=_TIMEOUT_SECONDS,
            routes=ROUTES,
        )


def docs_asset(sources: Path) -> lambda_.Code:
    """Handler, page, document and Swagger UI, each where it is in the repository. Raises DocsMissingError."""
    needed = [DOCUMENT, *(f"{SWAGGER_UI}/{name}" for name in SHIPPED)]
    if missing := [name for name in needed if not (sources / name).is_file()]:
        raise DocsMissingError(f"missing: {', '.join(missing)}; run `make setup` and `make openapi`")
    return lambda_.Code.from_asset(str(sources), exclude=ONLY_DOCS, ignore_mode=IgnoreMode.GIT)
