"""What differs between stages, as one frozen value per stage. Nothing here asks AWS."""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import aws_logs as logs

from lambdas.guards.breaker import BreakerRule
from lambdas.guards.failures import Limit
from lambdas.payments.screening import PaymentLimits

STAGES = ("local", "test", "dev", "prod")

# Who the sample queues call, by the names they use; on one's own machine a stand-in is all of them (infra/local_panel.py).
OUTSIDE_PARTIES = ("panel", "datacenter", "registrar", "authority", "bureau")
NOBODY_URL = "http://127.0.0.1:9"  # the port of `discard`, where nobody listens

# What a machine calls itself -> what wheels call it. Other machines cannot run our functions, here or in Lambda.
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


class UnknownStageError(ValueError):
    """The stage asked for has no settings."""


@dataclass(frozen=True, kw_only=True)
class StageSettings:
    """Defaults are those of a stage that may be thrown away; a stage that may not says so in `settings_of`."""

    stage: str
    python_version: str = "3.14"
    machine: str = "aarch64"  # as in the name of a wheel: aarch64 or x86_64
    keep_data: bool = False  # tables and logs outlive the stack, and refuse to be deleted
    point_in_time_recovery: bool = False
    customer_managed_key: bool = False
    time_to_live: bool = True
    log_retention: logs.RetentionDays = logs.RetentionDays.ONE_WEEK
    log_level: str = "INFO"
    throttle_rate: int = 50  # requests a second, over all callers
    throttle_burst: int = 100
    calls_per_minute: int = 600  # of one user who has no limit of their own
    failed_logins_of_source: int = 50  # in five minutes from one address, whatever the user
    settle_seconds: int = 5  # how long order.submit and order.process of API 2.0 wait for the order to come to rest
    gateway: str = "sandbox"
    # Declines, before cards are not tried any more.
    payment_limits: PaymentLimits = field(default_factory=PaymentLimits)
    currency: str = "USD"
    public_url: str = ""  # where the pages are, as clients know it; empty: the API's own address
    form_min_seconds: int = 2  # whoever sends the first page of a form sooner is no person
    company: str = "Example Hosting"  # as clients know it: in subjects, and as the sender's name
    mail_from: str = (
        "orders@example.com"  # its domain becomes an SES identity, which sends once its DNS records are there
    )
    contract_providers: tuple[str, ...] = ("docusign", "generic")  # whose webhooks are listened to (lambdas/intake)
    preauthorize_contracts: bool = True  # hold a card's money when a contract is signed (Ubersmith's setting)
    # Who `{panel}` and the like are in the addresses of Call Webhook; their hosts may be called, over HTTPS.
    webhook_bases: Mapping[str, str] = field(default_factory=dict)
    webhook_hosts: tuple[str, ...] = ()  # which other hosts Call Webhook may call

    @property
    def stack_name(self) -> str:
        return f"OrderQueues-{self.stage}"

    @property
    def mail_domain(self) -> str:
        return self.mail_from.rpartition("@")[2]

    @property
    def wheel_platform(self) -> str:
        return f"{self.machine}-manylinux_2_28"


def settings_of(stage: str) -> StageSettings:
    """The settings of a stage by its name."""
    match stage:
        case "local":
            return _local()
        case "test" | "dev":
            return StageSettings(stage=stage, point_in_time_recovery=True)
        case "prod":
            return StageSettings(
                stage=stage,
                keep_data=True,
                point_in_time_recovery=True,
                customer_managed_key=True,
                log_retention=logs.RetentionDays.ONE_YEAR,
                throttle_rate=200,
                throttle_burst=400,
                calls_per_minute=3_000,
                webhook_bases={party: f"https://{party}.example.com" for party in OUTSIDE_PARTIES},
            )
    raise UnknownStageError(f"unknown stage {stage!r}: infra/settings.py knows {', '.join(STAGES)}")


_NO_LIMIT = Limit(most=100_000, seconds=3_600)


def _local() -> StageSettings:
    """The embedded engine runs functions on this interpreter and machine, so their wheels must be made for both.

    The throttles are out of the way: the engine's own limit is the machine it runs on. Webhooks may go to programs on it;
    LOCAL_PANEL_URL says where the one is that plays the parties outside, LOCAL_PUBLIC_URL where browsers find the pages.
    """
    machine = _MACHINES.get(platform.machine().lower())
    if machine is None:
        raise UnknownStageError(f"no wheels for a machine called {platform.machine()!r}")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return StageSettings(
        stage="local",
        python_version=version,
        machine=machine,
        throttle_rate=10_000,
        throttle_burst=10_000,
        calls_per_minute=100_000,
        failed_logins_of_source=100_000,  # all callers have one address
        payment_limits=PaymentLimits(
            source=_NO_LIMIT,
            email=_NO_LIMIT,
            card=_NO_LIMIT,
            queue=BreakerRule(limits=(_NO_LIMIT,), quiet_seconds=1_800),
        ),
        public_url=os.environ.get("LOCAL_PUBLIC_URL", ""),
        form_min_seconds=0,  # callers are programs
        webhook_bases=dict.fromkeys(OUTSIDE_PARTIES, os.environ.get("LOCAL_PANEL_URL") or NOBODY_URL),
        webhook_hosts=("127.0.0.1",),
    )
