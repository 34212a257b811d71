"""The verbs of orders over the stage's tables, gateway and catalog: the same behind every door, made once per process."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.catalog.plan import Plan, load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.proration import BillingDay
from lambdas.catalog.seller import load_sellers
from lambdas.catalog.tax import load_taxes
from lambdas.catalog.tax_port import Taxes
from lambdas.orders.machine import StepFunctionsMachine
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.queue import load_queues
from lambdas.orders.service import OrderService
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.gateway import Gateway
from lambdas.payments.gateways import gateways_of
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.screen import PaymentLimits, screening
from lambdas.payments.several.choice import choice_of
from lambdas.rate_limits.windows import Windows
from lambdas.records.clients.client import ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.table import RecordTable
from lambdas.records.transfer_codes import TransferCodes
from lambdas.runtime.settings import TableSettings
from lambdas.vat.ask_limits import AskLimits, VatLimits
from lambdas.vat.checked_taxes import NOBODY, choose_taxes


class PartsSettings(TableSettings):
    """`machine_hashes`: JSON map of order_queue_id -> hash of its machine's definition, as deployed.

    `payment_limits`: JSON of PaymentLimits. `machines`: JSON map of order_queue_id -> state machine ARN, where verbs ask for one.
    `brand_currencies`: JSON map of brand_id -> what it sells in, of brands that do not sell in `currency`.
    `billing_days`: JSON map of brand_id -> BillingDay, of brands whose services renew on one day of the month.
    `vat_register`: who confirms VAT numbers that take the tax off. `vat_limits`: JSON of VatLimits.
    """

    guard_table: str
    machine_hashes: str = "{}"
    payment_limits: str = "{}"
    machines: str = "{}"
    brand_currencies: str = "{}"
    billing_days: str = "{}"
    vat_register: str = NOBODY
    vat_limits: str = "{}"


@dataclass(frozen=True)
class Parts:
    """`records` is the table of all that orders make."""

    service: OrderService
    records: RecordTable
    clients: ClientRecords
    gateway: Gateway
    plans: Mapping[str, Plan]


def billing_days(settings: PartsSettings) -> dict[int, BillingDay]:
    return {int(brand): BillingDay.model_validate(day) for brand, day in json.loads(settings.billing_days).items()}


def parts_of(settings: PartsSettings) -> Parts:
    def now() -> int:
        return int(time.time())

    records, plans = RecordTable(settings.record_table), load_plans(currency=settings.currency)
    pauses = PauseRecords(records, now)
    choice = choice_of(settings)
    clients, gateway = ClientRecords(records), gateways_of(choice, records, pauses)

    limits = PaymentLimits.model_validate_json(settings.payment_limits)
    taxes = _taxes(settings, records)
    service = OrderService(
        store=DynamoOrderStore(settings.order_table),
        queues=load_queues(),
        modules=load_modules(),
        pricing=CatalogPricing(
            plans, CouponRecords(records), CouponUseRecords(records), taxes, clients, billing_days(settings)
        ),
        payments=PreAuthorization(gateway, clients, choice=choice),
        clients=clients,
        currency=settings.currency,
        now=now,
        machine_hashes={int(queue): found for queue, found in json.loads(settings.machine_hashes).items()},
        executions=StepFunctionsMachine(json.loads(settings.machines)),
        brand_currencies={int(brand): found for brand, found in json.loads(settings.brand_currencies).items()},
        pauses=pauses,
        codes=TransferCodes(records),
        screen=screening(settings.guard_table, limits=limits, gateway=gateway, clients=clients, now=now, choice=choice),
    )
    return Parts(service, records, clients, gateway, plans)


def _taxes(settings: PartsSettings, records: RecordTable) -> Taxes:
    asks = AskLimits(Windows(settings.guard_table), VatLimits.model_validate_json(settings.vat_limits))
    return choose_taxes(settings.vat_register, load_taxes(), records, load_sellers(), asks)
