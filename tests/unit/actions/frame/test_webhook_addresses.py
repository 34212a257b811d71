"""Named bases: a queue says `{panel}/accounts`, and the stage says who that is."""

import json

import pytest
from pydantic import ValidationError

from lambdas.actions._frame.module import PermanentError
from lambdas.actions._frame.webhook import WebhookSettings, address, refuse_other_hosts
from lambdas.actions.call_webhook import CallWebhookConfig

PANEL = "https://panel.example.com/api/"


def settings(stage: str = "prod", hosts: str = "", **bases: str) -> WebhookSettings:
    return WebhookSettings(
        stage=stage, webhook_bases=json.dumps(bases), webhook_hosts=hosts, webhook_secret_arn="arn:secret"
    )


def test_a_name_stands_for_the_address_that_the_stage_has_for_it() -> None:
    assert address("{panel}/accounts?a=1", settings(panel=PANEL)) == "https://panel.example.com/api/accounts?a=1"
    assert address("{panel}", settings(panel=PANEL)) == "https://panel.example.com/api"
    assert address("https://other.example.com/{panel}", settings(panel=PANEL)) == "https://other.example.com/{panel}"


def test_a_name_that_the_stage_does_not_know_waits_for_a_person() -> None:
    with pytest.raises(PermanentError) as refused:
        address("{racks}/reserve", settings(stage="dev", panel=PANEL))

    assert str(refused.value) == (
        "stage dev has no address for {racks}; add it to webhook_bases in the stage's file dev.toml, deploy, and process this"
        " action again"
    )


def test_hosts_of_bases_may_be_called_and_no_others() -> None:
    known = settings(hosts="other.example.com", panel=PANEL)

    for url in ("https://panel.example.com/x", "https://other.example.com/x"):
        refuse_other_hosts(url, known)
    with pytest.raises(PermanentError, match=r"the host evil\.example\.com may not be called from stage prod"):
        refuse_other_hosts("https://evil.example.com/x", known)
    with pytest.raises(PermanentError, match="must begin with https://"):
        refuse_other_hosts(address("{panel}/x", settings(panel="http://panel.example.com")), known)


def test_a_stand_in_on_one_s_own_machine_needs_no_certificate() -> None:
    local = settings(stage="local", panel="http://127.0.0.1:9")

    refuse_other_hosts(address("{panel}/x", local), local)


@pytest.mark.parametrize("url", ["{panel}", "{panel}/racks", "{data_center2}/racks?rack=1"])
def test_a_queue_may_name_a_base(url: str) -> None:
    assert CallWebhookConfig(url=url, undo_url=url).url == url


@pytest.mark.parametrize(
    "url", ["{panel}racks", "{panel}@evil.example.com/x", "{Panel}/x", "{}/x", "{panel}/x#y", "panel/x", "/{panel}/x"]
)
def test_a_base_stands_alone_and_first(url: str) -> None:
    with pytest.raises(ValidationError, match=r"must be an address such as \{panel\}/orders"):
        CallWebhookConfig(url=url)
