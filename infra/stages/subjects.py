"""All that a stage's file may say, by subject. docs/settings.md is written from these classes: `make settings`.

Longer than 200 lines, because each setting is a field with its description.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from infra.stages.currency import known_currency
from infra.stages.history_anchors import HistoryAnchors
from infra.stages.limits import Count, PublicThrottles, ReservedConcurrency
from infra.stages.log_retention import RETENTION
from infra.stages.tags import free_tag
from infra.stages.this_machine import OWN_ADDRESS
from lambdas.catalog.proration import BillingDay
from lambdas.languages.language import SOURCE, offered_languages
from lambdas.orders.contact.email import email
from lambdas.payments.screen import PaymentLimits
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.records.clients.payment_method import MethodKind
from lambdas.runtime.models import Frozen
from lambdas.vat.ask_limits import VatLimits

_BaseName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_Address = Annotated[str, Field(pattern=r"^https?://[^\s/@?#]+(/[^\s?#]*)?$")]
_TOPIC = r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}"
_Topic = Annotated[str, Field(pattern=f"^{_TOPIC}$")]
_Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$")]
_TagText = r"[A-Za-z0-9 _.:/=+@-]"
_TagKey = Annotated[str, Field(pattern=rf"^{_TagText}{{1,128}}$"), AfterValidator(free_tag)]
_TagValue = Annotated[str, Field(pattern=rf"^{_TagText}{{0,256}}$")]
_Mail = Annotated[str, AfterValidator(email)]
_SecretArn = Annotated[
    str,
    Field(pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$"),
]
_Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), AfterValidator(known_currency)]
_BrandId = Annotated[int, Field(gt=0)]
Provider = Literal["docusign", "generic"]
DoorShift = Literal["at_once", "canary", "linear"]


class Owner(Frozen):
    """The owner."""

    company: str = Field(
        "",
        description="Your name. It heads what is of no single brand, such as the list of all forms and the desk. Brands have "
        "names of their own (`catalog/brands.toml`).",
    )
    mail_from: _Mail = Field(
        "", description="The address that mails come from. Its domain becomes an identity of SES (`make mail-domain`)."
    )
    brand_mail_from: Mapping[_BrandId, _Mail] = Field(
        default_factory=dict,
        description="The address that a brand's mails come from, by its id, if that is another one. Its domain becomes an "
        "identity of SES as well.",
    )
    public_url: Annotated[str, Field(pattern=r"^(api|https?://[^\s/@?#]+)$")] = Field(
        OWN_ADDRESS, description="Where clients find the pages: https://..., or `api` for the API's own address."
    )
    tags: Annotated[Mapping[_TagKey, _TagValue], Field(max_length=40)] = Field(
        default_factory=dict,
        description="Tags of all resources of the stage, beside `project` and `stage`, which are ours.",
    )


class Data(Frozen):
    """Data and logs."""

    keep_data: bool = Field(
        description="Tables and logs outlive the stack and refuse to be deleted. Orders are real: samples are refused."
    )
    point_in_time_recovery: bool = Field(False, description="Tables can be put back to any moment of the last 35 days.")
    history_anchors: HistoryAnchors | None = Field(
        None,
        description="Each day an anchor of what orders' histories are goes to a bucket with Object Lock: mode `governance` or "
        "`compliance`, and for how many days an anchor is locked. The bucket outlives the stack.",
    )
    customer_managed_key: bool = Field(False, description="Tables are encrypted with a KMS key of the stage.")
    time_to_live: bool = Field(True, description="DynamoDB deletes records after their end, such as sessions.")
    log_days: int = Field(7, description="For how many days logs are kept.")
    log_level: Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] = Field(
        "INFO", description="From which level on is logged. TRACE and DEBUG are refused where data is kept."
    )

    @field_validator("log_days")
    @classmethod
    def _is_a_retention(cls, days: int) -> int:
        if days not in RETENTION:
            raise ValueError(f"must be one of {', '.join(map(str, RETENTION))}")
        return days


class Money(Frozen):
    """Payments."""

    gateway: str = Field("", description="The payment provider's adapter, as lambdas/payments/gateways.py names it.")
    method_gateways: Mapping[MethodKind, str] = Field(
        default_factory=dict,
        description='Another gateway for a way to pay: `{ paypal = "..." }`, or `card`, or `bank_account`.',
    )
    brand_gateways: Mapping[_BrandId, Mapping[MethodKind, str]] = Field(
        default_factory=dict, description="The same for one brand, by its id. It wins over `method_gateways`."
    )
    payment_secrets: Mapping[_BaseName, _SecretArn] = Field(
        default_factory=dict,
        description="ARN of the secret with a gateway's API keys, by the gateway's name (docs/payments.md). A gateway that is"
        " named only here begins no payment, and keeps those that it has.",
    )
    paypal_intent: Literal["authorize", "capture"] = Field(
        "authorize",
        description="Whether PayPal holds money at submit, for Generate Invoice to capture, or takes it at once.",
    )
    stripe_extended_holds: bool = Field(
        False,
        description="Whether Stripe is asked to hold cards for longer where an order's own deadlines take the money after four"
        " days. It needs Stripe's interchange-plus pricing.",
    )
    allow_sandbox: bool = Field(
        False, description="Play money is meant: the sandbox's gateway and pages, sample plans, rates, teams and forms."
    )
    currency: _Currency = Field("USD", description="What you charge in, as ISO 4217 names it.")
    brand_currencies: Mapping[_BrandId, _Currency] = Field(
        default_factory=dict, description="What a brand charges in, by its id, if that is another currency."
    )
    vat_register: Literal["nobody", "sandbox", "vies"] = Field(
        "nobody",
        description="Who confirms a VAT number that takes the tax off: `vies`, or the `sandbox`. Without a confirmation the tax "
        "is charged. Where nobody is asked, a number with the right check digits is enough.",
    )
    vat_limits: VatLimits = Field(
        default_factory=VatLimits,
        description="Unknown VAT numbers that the register is asked for, by address and by caller. Over a limit nobody is asked, "
        "and the tax is charged.",
    )
    billing_days: Mapping[_BrandId, BillingDay] = Field(
        default_factory=dict,
        description="The day of the month on which a brand's services renew, by its id: `{ day = 1, min_days = 5 }`. The first "
        "period is charged by the day until then; fewer days than `min_days`, with the period that follows. A client's own "
        "`default_renew` and `prorate_min_days` win.",
    )
    mail_documents: bool = Field(
        False,
        description="Invoices and credit notes are mailed to clients, as PDF, some minutes after they are issued. What was "
        "issued before it was set is not mailed.",
    )
    electronic_invoices: Literal["", "factur-x"] = Field(
        "",
        description="`factur-x`: the PDF of an invoice or credit note holds it as data too (Factur-X: EN 16931 in a PDF/A-3). "
        "The data can be had as XML. Sellers need a `vat_id`, and amounts at most two digits after the point.",
    )
    payment_limits: PaymentLimits = Field(
        default_factory=PaymentLimits,
        description="Declined cards by order, source, e-mail address, card and queue, before cards are not tried any more.",
    )


class Forms(Frozen):
    """Order forms."""

    form_limits: FormLimits = Field(
        default_factory=FormLimits,
        description="Orders begun by source and by e-mail address, and mails to one address, before somebody must wait.",
    )
    form_min_seconds: Annotated[int, Field(ge=0)] = Field(
        2, description="Seconds that somebody needs for the first page of a form. Who is faster is a program."
    )
    registrar: Literal["nobody", "sandbox", "rdap"] = Field(
        "nobody",
        description="Who says on forms whether a domain name is free: registries by `rdap`, or the `sandbox`, which answers by "
        "the name. Where nobody is asked, the queue's actions find out.",
    )
    languages: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(offered_languages)] = Field(
        (SOURCE,),
        description='Languages of the forms and of mails to buyers, such as `["en", "de"]`. The first one is for those who ask '
        "for none of them. A language is offered once its translation is complete (`make texts`).",
    )


class Contracts(Frozen):
    """Signed sales contracts."""

    contract_providers: tuple[Provider, ...] = Field(
        ("docusign", "generic"), description="Whose webhooks of signed contracts are listened to; `[]` for nobody."
    )
    preauthorize_contracts: bool = Field(True, description="A card's money is held when a contract is signed.")

    @field_validator("contract_providers")
    @classmethod
    def _are_named_once(cls, providers: tuple[Provider, ...]) -> tuple[Provider, ...]:
        if len(providers) != len(set(providers)):
            raise ValueError("must name each provider once")
        return providers


class Outside(Frozen):
    """Calls to others."""

    webhook_bases: Mapping[_BaseName, _Address] = Field(
        default_factory=dict,
        description="Addresses that queues call by name, such as `{panel}`. Their hosts may be called, over HTTPS.",
    )
    webhook_hosts: tuple[_Host, ...] = Field((), description="Other hosts that the module Call Webhook may call.")
    notice_topics: Mapping[_BaseName, _Topic] = Field(
        default_factory=dict, description="SNS topics that queues' notices name, by that name."
    )


class Alarms(Frozen):
    """Alarms."""

    alarm_topic: Annotated[str, Field(pattern=rf"^({_TOPIC})?$")] = Field(
        "",
        description="Where alarms ring: the ARN of an SNS topic of yours in the stage's region, to which CloudWatch may"
        " publish. Empty: a topic of the stage's own, for `alarm_mails`.",
    )
    alarm_mails: tuple[_Mail, ...] = Field(
        (), description="Addresses that the stage's own topic notifies. Each must confirm that once."
    )
    budget_dollars: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        0,
        description="Costs of a month, in US dollars. `alarm_mails` get a mail at 80 % of them, and when AWS expects more."
        " It counts what has the tag `stage`, which the account must activate as a cost allocation tag. 0: no budget.",
    )


class Limits(Frozen):
    """Limits of calls."""

    throttle_rate: Count = Field(50, description="Requests a second to each route of the API, over all callers.")
    throttle_burst: Count = Field(100, description="Requests to each route of the API at once.")
    public_throttles: PublicThrottles = Field(
        default_factory=PublicThrottles,
        description="Requests a second and at once to each route that needs no login: pages, links, webhooks.",
    )
    calls_per_minute: Count = Field(600, description="Calls a minute of one user who has no limit of their own.")
    failed_logins_of_source: Count = Field(
        50, description="Failed logins in five minutes from one address, whatever the user."
    )
    bulk_orders_per_second: Count = Field(
        10, description="Orders a second of a bulk run. What their actions call must bear it."
    )
    quiescence_seconds: Annotated[int, Field(ge=0, le=20)] = Field(
        5, description="How long `order.submit` and `order.process` of API 2.0 wait until nothing of the order runs."
    )
    reserved_concurrency: ReservedConcurrency = Field(
        default_factory=ReservedConcurrency,
        description="Runs at a time that are kept for readers of the order stream and for actions. An account has 1,000"
        " as a rule, a new one fewer, and AWS wants 100 of them reserved by nobody.",
    )


class Functions(Frozen):
    """Functions."""

    python_version: Annotated[str, Field(pattern=r"^3\.[0-9]{2}$")] = Field(
        "3.14", description="Python of the functions."
    )
    permissions_boundary: Annotated[str, Field(pattern=r"^([A-Za-z0-9+=,.@_-]{1,128})?$")] = Field(
        "",
        description="The name of a managed policy of the account, beyond which no role of the stage can go. `make"
        " print-deploy-role` prints one. Empty: none.",
    )
    machine: Literal["aarch64", "x86_64"] = Field("aarch64", description="Processor of the functions.")
    door_shift: DoorShift = Field(
        "at_once",
        description="How callers come to new code of the API, the forms and the desk. `at_once`: all together. `canary`: a"
        " tenth of the calls for five minutes, then all. `linear`: a tenth more each minute. By the last two, a deployment is"
        " rolled back if in two of five minutes a call is answered with 5xx.",
    )
