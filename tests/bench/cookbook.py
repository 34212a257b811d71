"""A handler that loads what the field's best known example of an order service loads, as a measure of our starts.

After ran-isenberg/aws-lambda-handler-cookbook, `handle_create_order`: resolver with validation and Swagger, logger, metrics,
tracer, idempotency, feature flags, boto3. Written anew from its list of parts; it does nothing but refuse a wrong body.
"""

from typing import Annotated, Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.utilities.feature_flags import AppConfigStore, FeatureFlags
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.serialization.pydantic import PydanticSerializer
from aws_lambda_powertools.utilities.parser import BaseModel, parse
from pydantic import Field

logger, metrics, tracer = Logger(), Metrics(), Tracer()
app = APIGatewayRestResolver(enable_validation=True)
app.enable_swagger(path="/swagger", title="Orders")
table = boto3.resource("dynamodb").Table("orders")
flags = FeatureFlags(AppConfigStore(environment="dev", application="orders", name="flags"))
layer = DynamoDBPersistenceLayer(table_name="idempotency")


class CreateOrder(BaseModel):
    customer_name: Annotated[str, Field(min_length=1, max_length=20)]
    order_item_count: Annotated[int, Field(gt=0)]


class Made(CreateOrder):
    id: str


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="order",
    persistence_store=layer,
    config=IdempotencyConfig(expires_after_seconds=300),
    output_serializer=PydanticSerializer(model=Made),
)
def create(order: CreateOrder) -> Made:
    return parse(event={**order.model_dump(), "id": "1"}, model=Made)


@app.post("/api/orders/")
def post_order(order: Annotated[CreateOrder, Body(embed=False)]) -> Made:
    made: Made = create(order=order)
    return made


@logger.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
