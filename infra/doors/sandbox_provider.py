"""The sandbox's payment provider: its own function, on the API's host. Only where the gateway is the sandbox."""

from aws_cdk import aws_apigatewayv2 as apigw
from constructs import Construct

from infra.doors.routes import add_routes, page_id
from infra.doors.shifts import called_of
from infra.functions.function import FunctionParts, OrderFunction
from infra.functions.record_keys import only
from infra.storage import Storage

ROUTES = (
    "GET /sandbox/{page}",
    "POST /sandbox/{page}",
    "GET /sandbox/challenge/{challenge}",
    "POST /sandbox/challenge/{challenge}",
)
HANDLER = "Handler"
_TIMEOUT_SECONDS = 15


class SandboxProvider(Construct):
    """It reads and writes what the sandbox keeps in the record table, and nothing else there."""

    def __init__(
        self, scope: Construct, construct_id: str, *, parts: FunctionParts, storage: Storage, http_api: apigw.HttpApi
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = OrderFunction(
            self,
            HANDLER,
            parts=parts,
            handler="lambdas.sandbox_provider.handler.handler",
            description="The sandbox's payment provider: card entry and confirmation of payments",
            memory_mb=512,
            timeout_seconds=_TIMEOUT_SECONDS,
            environment={"RECORD_TABLE": storage.records.table_name},
            permissions=[
                only(storage.records, ("GetItem", "PutItem"), ("sandbox#*",)),
            ],
        ).function
        add_routes(
            self,
            http_api=http_api,
            function=called_of(self.function, parts.settings.door_shift),
            integration_id="Pages",
            seconds=_TIMEOUT_SECONDS,
            routes={page_id(route): route for route in ROUTES},
        )
