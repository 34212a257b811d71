"""Two synths for the whole folder: `prod`, filled in, under cdk-nag, and `local`. Neither needs a network or made wheels."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from infra.actions import ACTIONS
from infra.app import ROOT, add_stack, new_app
from infra.doors.docs import SHIPPED, SWAGGER_UI
from infra.stages.settings import StageSettings, settings_of
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized

SAMPLE_MACHINE = """{
  "QueryLanguage": "JSONata",
  "StartAt": "Bill",
  "States": {
    "Bill": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {
        "FunctionName": "${generate_invoice}",
        "Payload": {"order_id": "{% $states.context.Execution.Input.order_id %}"}
      },
      "TimeoutSeconds": 60,
      "Output": {},
      "Next": "Finish"
    },
    "Finish": {
      "Type": "Task",
      "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem",
      "Arguments": {
        "TableName": "${OrderTable}",
        "Key": {"pk": {"S": "{% $states.context.Execution.Input.order_id %}"}, "sk": {"S": "order"}}
      },
      "TimeoutSeconds": 60,
      "Output": {},
      "End": true
    }
  }
}
"""


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small repository: what goes into the code asset, what must stay out, a sample queue and every real one."""
    root = tmp_path_factory.mktemp("sources")
    files = {
        "lambdas/__init__.py": "",
        "lambdas/api/handler.py": "",
        "lambdas/watch/anchor.py": "",
        "lambdas/desk/handler.py": "",
        "lambdas/desk/widget/actor.py": "",
        "lambdas/desk/widget/reader.py": "",
        "lambdas/bulk/worker.py": "",
        "lambdas/docs/handler.py": "",
        "lambdas/documents/handler.py": "",
        "lambdas/documents/fonts/Sans.ttf": "",
        "lambdas/docs/page.html": "<p>",
        "docs/openapi.json": "{}",
        "docs/decisions.md": "",
        "node_modules/other/index.js": "",
        **{f"{SWAGGER_UI}/{name}": name for name in (*SHIPPED, "swagger-ui-bundle.js.map", "index.html")},
        "lambdas/forms/handler.py": "",
        "lambdas/intake/handler.py": "",
        "lambdas/sandbox_provider/handler.py": "",
        "lambdas/catalog/plans.toml": "sample = true",
        "lambdas/catalog/taxes.toml": "sample = true",
        "lambdas/catalog/sellers.toml": "sample = true",
        "lambdas/catalog/brands.toml": "sample = true\n"
        + "".join(f'[[brands]]\nbrand_id = {brand}\nname = "Brand {brand}"\n' for brand in (1, 2)),
        "lambdas/intake/webhook.py": "",
        "lambdas/webhooks/handler.py": "",
        "lambdas/webhooks/worker.py": "",
        "lambdas/forms/page.html": "<p>",
        "lambdas/notices/handler.py": "",
        "lambdas/notices/reminders.py": "",
        "lambdas/notices/staff/digests.py": "",
        "lambdas/notices/invoices/handler.py": "",
        "lambdas/notices/staff/handler.py": "",
        "lambdas/outbox/announcer.py": "",
        "lambdas/outbox/relay.py": "",
        "lambdas/runbooks/handler.py": "",
        "lambdas/watch/check.py": "",
        "lambdas/watch/holds.py": "",
        "lambdas/watch/sweeper.py": "",
        "lambdas/watch/stopped_executions.py": "",
        **{f"lambdas/actions/{module}.py": "" for module in ACTIONS},
        "lambdas/api/__pycache__/handler.cpython-314.pyc": "compiled",
        "lambdas/.DS_Store": "noise",
        "statemachines/compiler.py": "",
        "statemachines/modules.json": "{}",
        "statemachines/teams.toml": "",
        "statemachines/sample/queue.toml": "order_queue_id = 9001\n",
        "statemachines/sample/form.toml": "",
        "statemachines/sample/machine.asl.json": SAMPLE_MACHINE,
        "infra/app.py": "",
        "README.md": "",
        ".venv/lib/lambdas/stray.py": "",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for machine in (ROOT / "statemachines").glob("*/machine.asl.json"):
        shutil.copytree(machine.parent, root / "statemachines" / machine.parent.name)
    return root


@pytest.fixture(scope="session")
def prod(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    return synthesize(filled_in_prod(), sources=sources, into=tmp_path_factory.mktemp("prod"))


@pytest.fixture(scope="session")
def operations(prod: Synthesized) -> Synthesized:
    """The stack of alarms, dashboards and queries beside `prod`."""
    return replace(prod, stack=prod.settings.operations_stack_name)


@pytest.fixture(scope="session")
def local(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    return synthesize(settings_of("local"), sources=sources, into=tmp_path_factory.mktemp("local"))


@pytest.fixture(params=["prod", "local"])
def stage(request: pytest.FixtureRequest) -> Synthesized:
    """For rules that hold on every stage."""
    synthesized: Synthesized = request.getfixturevalue(request.param)
    return synthesized


def synthesize(settings: StageSettings, *, sources: Path, into: Path) -> Synthesized:
    layer = into / "layer"
    (layer / "python").mkdir(parents=True)
    (layer / "python" / "stub.py").write_text("")
    app = new_app(outdir=into / "out")
    add_stack(app, settings=settings, layer=layer, document_layer=layer, payment_layer=layer, sources=sources)
    app.synth()
    return Synthesized(settings=settings, outdir=into / "out", sources=sources)
