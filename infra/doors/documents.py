"""The clients' door to their invoices, behind the link of an order's status page: its own function, which only reads."""

from aws_cdk import aws_apigatewayv2 as apigw
from constructs import Construct

from infra.doors.function import DOOR_SECONDS
from infra.doors.routes import add_routes, page_id, with_heads
from infra.doors.shifts import called_of
from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow
from infra.storage import Storage

ROUTES = with_heads("GET /orders/{token}/invoices", "GET /orders/{token}/invoices/{document}")


class Documents(Construct):
    """It reads the order of a link, and what invoices are kept under; nothing of clients, and nothing of other orders' pages."""

    def __init__(
        self, scope: Construct, construct_id: str, *, parts: FunctionParts, storage: Storage, http_api: apigw.HttpApi
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = OrderFunction(
            self,
            "Handler",
            parts=parts,
            handler="lambdas.documents.handler.handler",
            description="Invoices and credit notes of an order, as pages and as PDF, for those who have its link",
            memory_mb=1024,  # memory buys processor share, and a PDF is mostly work on fonts
            timeout_seconds=DOOR_SECONDS,
            environment=_environment(parts, storage),
            permissions=[
                allow("dynamodb:GetItem", on=[storage.orders.table_arn]),
                *record_keys.of_documents(storage.records),
            ],
            is_door=True,
            writes_pdf=True,
        ).function
        add_routes(
            self,
            http_api=http_api,
            function=called_of(self.function, parts.settings.door_shift),
            integration_id="Pages",
            seconds=DOOR_SECONDS,
            routes={page_id(route): route for route in ROUTES},
        )


def _environment(parts: FunctionParts, storage: Storage) -> dict[str, str]:
    return {
        "ORDER_TABLE": storage.orders.table_name,
        "RECORD_TABLE": storage.records.table_name,
        "LANGUAGES": ",".join(parts.settings.languages),
    }
