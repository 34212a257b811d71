"""The desk over tables in memory: real store, real prices, real queues, the sandbox gateway."""

from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.access.caller_limits import CallerLimits
from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import load_taxes
from lambdas.desk.desk import Desk
from lambdas.desk.web.site import Site
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.sessions import UserSessions
from tests.support.build import Clock, a_service
from tests.support.tables import make_order_table, make_table
from tests.unit.api.conftest import INSTALLED


def make_site(dynamodb: DynamoDBClient, records: RecordTable, clock: Clock) -> Site:
    clients = ClientRecords(records)
    gateway = RecordedGateway(SandboxGateway(records.name, dynamodb, clock), "sandbox", EffectLedger(records), clock)
    service = a_service(
        store=DynamoOrderStore(make_order_table(dynamodb, "orders"), dynamodb),
        queues=load_queues(),
        pricing=CatalogPricing(load_plans(), CouponRecords(records), CouponUseRecords(records), load_taxes(), clients),
        payments=PreAuthorization(gateway, clients, clock),
        clients=clients,
        modules=load_modules(),
        now=clock,
    )
    guards = make_table(dynamodb, "guards")
    limits = CallerLimits(guards, clock, calls_per_minute=100_000, failed_logins_of_source=50, client=dynamodb)
    history, desk_table = (RecordTable(make_table(dynamodb, name), dynamodb) for name in ("history", "desk"))
    desk = Desk(service, records, load_plans(), history, desk_table, "Example Hosting")
    return Site(desk, ApiUserRecords(records), UserSessions(records), limits, bulk_machine=INSTALLED["BULK_MACHINE"])
