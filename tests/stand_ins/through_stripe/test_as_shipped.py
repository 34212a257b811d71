"""Stripe as a function has it: the adapter by its name, its SDK from the layer, its key from the environment's secret."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from infra.app import ROOT
from infra.functions.layer import bundle_layer, bundle_payment_layer
from infra.stages.settings import settings_of
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import GatewayRefusedUsError, GatewayUnavailableError
from lambdas.payments.gateways import gateway_named
from lambdas.payments.hosted_pages import HostedPage, NotEnteredError, hosted_pages
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.stripe import parts
from lambdas.payments.stripe.gateway import StripeGateway
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.table import RecordTable
from tests.stand_ins.stripe.server import SECRET, StripeStandIn
from tests.stand_ins.stripe_gateway import ARN
from tests.support.build import NOW


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    parts._calls.cache_clear()
    yield
    parts._calls.cache_clear()


def test_the_adapter_is_chosen_by_its_name_and_can_be_paused(records: RecordTable) -> None:
    assert isinstance(gateway_named("stripe", records), StripeGateway)
    paused = gateway_named("stripe", records, PauseRecords(records, lambda: NOW))
    assert isinstance(paused, PausableGateway)
    assert isinstance(paused.gateway, RecordedGateway)
    assert isinstance(paused.gateway.gateway, StripeGateway)


def test_a_function_without_the_key_says_so_when_it_would_pay(records: RecordTable) -> None:
    gateway = gateway_named("stripe", records)

    assert gateway.find("nothing was begun") is None
    with pytest.raises(GatewayRefusedUsError, match="no key"):
        gateway.authorize(key="k", token="pm_1", amount_cents=2000, currency="USD", order_id="1001")
    with pytest.raises(NotEnteredError):
        hosted_pages("stripe").entry_url(HostedPage.CARD, back="https://shop.example/back", state="s")


def test_the_key_is_read_from_the_secret_that_the_environment_names(
    records: RecordTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    class Secrets:
        def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
            asked.append(SecretId)
            raise EndpointConnectionError(endpoint_url="https://secrets.invalid")

    monkeypatch.setenv("PAYMENT_SECRETS", json.dumps({"stripe": ARN}))
    monkeypatch.setattr("lambdas.runtime.provider_keys.secrets_manager", Secrets)
    gateway = gateway_named("stripe", records)
    assert asked == []
    with pytest.raises(GatewayUnavailableError, match="could not be read"):
        gateway.authorize(key="k", token="pm_1", amount_cents=2000, currency="USD", order_id="1001")

    assert asked == [ARN]


PAY = """
import sys
sys.path[:0] = {paths}
from lambdas.payments.stripe import sdk
client = sdk.client_of({secret!r}, {url!r})
made = client.v1.payment_intents.create(
    {{"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa"}}, {{"idempotency_key": "k"}}
)
client.v1.checkout.sessions.create(
    {{"mode": "setup", "payment_method_types": ["card"], "success_url": "https://shop.example"}}, {{"idempotency_key": "s"}}
)
print(client.v1.payment_intents.confirm(made.id, {{}}, {{"idempotency_key": "c"}}).status)
assert "/.local/layers/" in sys.modules["stripe"].__file__, sys.modules["stripe"].__file__
assert "/.local/layers/" in sys.modules["requests"].__file__
"""


def test_the_two_layers_have_all_that_paying_needs(stand_in: StripeStandIn) -> None:
    local = settings_of("local")
    folders = [bundle_payment_layer(local, root=ROOT), bundle_layer(local, root=ROOT)]
    paths = [*(str(folder / "python") for folder in folders), str(ROOT)]
    done = subprocess.run(
        [sys.executable, "-c", PAY.format(paths=paths, secret=SECRET, url=stand_in.url)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path.home(),
    )

    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "succeeded", "")
