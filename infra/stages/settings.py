"""The settings of a stage: a file each in `infra/stages`, read here and nowhere else. Nothing here asks AWS."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from aws_cdk import aws_logs as logs
from pydantic import AfterValidator, ConfigDict, Field, ValidationError, field_validator

from infra.stages.currency import has_hundredths
from infra.stages.errors import StageFileError, UnknownStageError
from infra.stages.limits import Count, PublicThrottles, ReservedConcurrency, Throttle
from infra.stages.log_retention import RETENTION
from infra.stages.this_machine import OWN_ADDRESS, settings_of_this_machine
from lambdas.orders.contact.email import email
from lambdas.payments.screen import PaymentLimits
from lambdas.rate_limits.breaker import BreakerRule
from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.runtime.models import Frozen

FOLDER = Path(__file__).parent
STAGES = tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))

_BaseName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_Address = Annotated[str, Field(pattern=r"^https?://[^\s/@?#]+(/[^\s?#]*)?$")]
_TOPIC = r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}"
_Topic = Annotated[str, Field(pattern=f"^{_TOPIC}$")]
_Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$")]
Provider = Literal["docusign", "generic"]


class StageSettings(Frozen):
    """Defaults are for a stage whose data may be deleted. A stage that keeps its data must set more (readiness.py)."""

    model_config = ConfigDict(extra="forbid")

    stage: str
    keep_data: bool  # tables and logs outlive the stack, and refuse to be deleted
    allow_sandbox: bool = False  # play money is meant: the sandbox's gateway and pages, sample plans, rates and forms
    python_version: Annotated[str, Field(pattern=r"^3\.[0-9]{2}$")] = "3.14"
    machine: Literal["aarch64", "x86_64"] = "aarch64"  # as in the name of a wheel
    point_in_time_recovery: bool = False
    customer_managed_key: bool = False
    time_to_live: bool = True
    log_days: int = 7
    log_level: Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] = "INFO"  # as Lambda spells them
    throttle_rate: Count = 50  # requests a second to each route of the API, over all callers
    throttle_burst: Count = 100
    public_throttles: PublicThrottles = Field(default_factory=PublicThrottles)  # of routes that need no login
    # An account has 1,000 runs at a time as a rule, a new one fewer, and AWS wants 100 of them reserved by nobody.
    reserved_concurrency: ReservedConcurrency = Field(default_factory=ReservedConcurrency)
    calls_per_minute: Count = 600  # of one user who has no limit of their own
    bulk_orders_per_second: Count = 10  # of bulk runs: what their actions call must bear it
    failed_logins_of_source: Count = 50  # in five minutes from one address, whatever the user
    # How long order.submit and order.process of API 2.0 wait until nothing of the order runs.
    settle_seconds: Annotated[int, Field(ge=0, le=20)] = 5
    gateway: str = ""  # the payment provider's adapter, as lambdas/payments/gateways.py names it
    payment_limits: PaymentLimits = Field(
        default_factory=PaymentLimits
    )  # declines, before cards are not tried any more
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$"), AfterValidator(has_hundredths)] = "USD"
    # Where the pages are, as clients know it: https://..., or `api` for the API's own address.
    public_url: Annotated[str, Field(pattern=r"^(api|https?://[^\s/@?#]+)$")] = OWN_ADDRESS
    form_limits: FormLimits = Field(default_factory=FormLimits)  # orders and mails per form user, before they must wait
    form_min_seconds: Annotated[int, Field(ge=0)] = 2  # nobody types the first page of a form faster
    company: str = ""  # as clients know it: in subjects, and as the sender's name
    # Its domain becomes an SES identity, which sends once its DNS records are there.
    mail_from: Annotated[str, AfterValidator(email)] = ""
    # Where alarms ring: an SNS topic of yours, in the stage's region, that CloudWatch may publish to. Empty: a topic of the
    # stage's own, which notifies `alarm_mails`; each address must confirm that once.
    alarm_topic: Annotated[str, Field(pattern=rf"^({_TOPIC})?$")] = ""
    alarm_mails: tuple[Annotated[str, AfterValidator(email)], ...] = ()
    contract_providers: tuple[Provider, ...] = (
        "docusign",
        "generic",
    )  # whose webhooks are listened to (lambdas/intake)
    preauthorize_contracts: bool = True  # hold a card's money when a contract is signed (Ubersmith's setting)
    # Who `{panel}` and the like are in the addresses of Call Webhook; their hosts may be called, over HTTPS.
    webhook_bases: Mapping[_BaseName, _Address] = Field(default_factory=dict)
    webhook_hosts: tuple[_Host, ...] = ()  # which other hosts Call Webhook may call
    notice_topics: Mapping[_BaseName, _Topic] = Field(default_factory=dict)  # SNS topics that queues' notices name

    @field_validator("log_days")
    @classmethod
    def _is_a_retention(cls, days: int) -> int:
        if days not in RETENTION:
            raise ValueError(f"must be one of {', '.join(map(str, RETENTION))}")
        return days

    @field_validator("contract_providers")
    @classmethod
    def _are_named_once(cls, providers: tuple[Provider, ...]) -> tuple[Provider, ...]:
        if len(providers) != len(set(providers)):
            raise ValueError("must name each provider once")
        return providers

    @property
    def stack_name(self) -> str:
        return stack_name_of(self.stage)

    @property
    def operations_stack_name(self) -> str:
        return operations_stack_name_of(self.stage)

    @property
    def log_retention(self) -> logs.RetentionDays:
        return RETENTION[self.log_days]

    @property
    def mail_domain(self) -> str:
        return self.mail_from.rpartition("@")[2]

    @property
    def pages_url(self) -> str:
        """Empty: the API's own address, which only a deployment knows."""
        return "" if self.public_url == OWN_ADDRESS else self.public_url

    @property
    def wheel_platform(self) -> str:
        return f"{self.machine}-manylinux_2_28"


def stack_name_of(stage: str) -> str:
    """The stack of a stage. Raises UnknownStageError."""
    _refuse_unknown(stage)
    return f"OrderQueues-{stage}"


def operations_stack_name_of(stage: str) -> str:
    """The stack of a stage's alarms and dashboards. Raises UnknownStageError."""
    return f"{stack_name_of(stage)}-Operations"


def settings_of(stage: str) -> StageSettings:
    """The settings of a stage by its name. Raises StageError."""
    _refuse_unknown(stage)
    file = FOLDER / f"{stage}.toml"
    return read_settings(stage, file.read_text("utf-8"), **(settings_of_this_machine() if stage == "local" else {}))


def read_settings(stage: str, text: str, **found_out: Any) -> StageSettings:
    """From what the stage's file says, and what only its surroundings know. Raises StageFileError."""
    file = f"infra/stages/{stage}.toml"
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StageFileError(f"{file} is not TOML: {error}") from None
    try:
        return StageSettings.model_validate(
            {**stated, **found_out, "stage": stage}, extra="forbid"
        )  # in nested tables too
    except ValidationError as error:
        problems = "".join(f"\n  - {_problem(each)}" for each in error.errors(include_url=False, include_input=False))
        raise StageFileError(f"{file} cannot be used:{problems}") from None


_MODELS = (StageSettings, ReservedConcurrency, PublicThrottles, Throttle, PaymentLimits, FormLimits, BreakerRule, Limit)
_NAMES = [name for model in _MODELS for name in model.model_fields]


def _problem(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "missing":
            return f"{name} is missing; infra/stages/settings.py says what it means"
        case "extra_forbidden":
            near = get_close_matches(str(error["loc"][-1]), _NAMES, n=1)
            meant = f"; {near[0]} was meant?" if near else "; infra/stages/settings.py has all there are"
            return f"{name} is no setting{meant}"
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"


def _refuse_unknown(stage: str) -> None:
    if stage not in STAGES or not re.fullmatch(r"[a-z][a-z0-9-]{0,15}", stage):
        raise UnknownStageError(f"unknown stage {stage!r}: infra/stages has {', '.join(STAGES)}")
