"""Whom queues call by name, each stage that runs them has to know."""

import json

from infra.stages.settings import settings_of
from infra.stages.this_machine import NOBODY_URL, OUTSIDE_PARTIES
from lambdas.orders.model.queue import load_queues
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized


def named_by_queues() -> set[str]:
    urls = (
        str(action.config.get(field, ""))
        for queue in load_queues().values()
        for action in queue.actions
        for field in ("url", "undo_url")
    )
    return {url[1:].partition("}")[0] for url in urls if url.startswith("{")}


def test_prod_and_one_s_own_machine_know_everybody_whom_queues_call() -> None:
    assert named_by_queues() == set(OUTSIDE_PARTIES)
    for settings in (settings_of("local"), filled_in_prod()):
        assert set(settings.webhook_bases) == set(OUTSIDE_PARTIES)


def test_a_stage_that_calls_nobody_has_no_bases() -> None:
    assert settings_of("dev").webhook_bases == settings_of("test").webhook_bases == {}


def test_the_function_is_told_the_bases_of_its_stage(stage: Synthesized) -> None:
    told = stage.functions["ActionsCallWebhook"]["Environment"]["Variables"]["WEBHOOK_BASES"]

    assert json.loads(told) == dict(stage.settings.webhook_bases)
    if stage.settings.stage == "local":
        assert set(json.loads(told).values()) == {NOBODY_URL}
