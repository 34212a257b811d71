"""CDK entry: `python -m infra.app`, or any `cdk` command. The stage is `-c stage=…` or the variable STAGE."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.accepted_findings import acknowledge_findings, acknowledge_front_findings
from infra.account import AccountError
from infra.cdk import MEANT_ACCOUNT, MEANT_REGION
from infra.front.firewall import FirewallStack
from infra.front.stack import FrontStack
from infra.functions.layer import bundle_document_layer, bundle_layer, bundle_payment_layer
from infra.operations.stack import OperationsStack
from infra.stack import OrderQueuesStack
from infra.stages.errors import StageError
from infra.stages.owned_files import owned_files
from infra.stages.readiness import refuse_unready
from infra.stages.settings import StageSettings, settings_of
from lambdas.payments.gateways import STRIPE

ROOT = Path(__file__).resolve().parent.parent


def new_app(*, outdir: Path | None = None) -> App:
    """An app with the flags of cdk.json, which only the CDK CLI passes on: every way to synth gives one template."""
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return App(context=context, outdir=str(outdir) if outdir else None, analytics_reporting=False)


def add_stack(
    app: App,
    *,
    settings: StageSettings,
    layer: Path,
    document_layer: Path,
    payment_layer: Path | None = None,
    sources: Path = ROOT,
) -> OrderQueuesStack:
    """The stacks of a stage, held to the rules of cdk-nag on every stage but the local one. Return the product's.

    There the functions run on this machine's Python, which the rules would call old, and nobody else can reach them. The engine
    does not know what the stack of operations is made of, so the local stage has none.
    Raises StageNotReadyError for a stage that still says who nobody is.
    """
    refuse_unready(settings, sources)
    stack = OrderQueuesStack(
        app,
        settings=settings,
        sources=sources,
        layer=layer,
        document_layer=document_layer,
        payment_layer=payment_layer,
    )
    if settings.stage != "local":
        OperationsStack(app, settings=settings, product=stack)
        add_front(app, settings, stack)
        acknowledge_findings(stack, names=stack.construct_names)
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return stack


def add_front(app: App, settings: StageSettings, product: OrderQueuesStack) -> None:
    """CloudFront and its firewall, where the stage asks for them."""
    if settings.front and product.own_domain:
        firewall = FirewallStack(app, settings=settings, front=settings.front)
        front = FrontStack(app, settings=settings, front=settings.front, own=product.own_domain)
        front.add_stack_dependency(firewall, "the front reads the firewall's ARN")
        acknowledge_front_findings(front)


def refuse_another_account(environment: Mapping[str, str]) -> None:
    """Raise AccountError if the CDK found other credentials, or another region, than our own commands did."""
    for meant, found in ((MEANT_ACCOUNT, "CDK_DEFAULT_ACCOUNT"), (MEANT_REGION, "CDK_DEFAULT_REGION")):
        stated, theirs = environment.get(meant), environment.get(found)
        if stated and theirs and stated != theirs:
            raise AccountError(
                f"the CDK speaks to {theirs}, all other commands to {stated}: set AWS_PROFILE and AWS_REGION"
            )


def say_samples(stage: str) -> None:
    """Write to stderr what the owner's folder lacks, so that no sample of ours stands in for it unnoticed."""
    files = owned_files(stage)
    if files.missing:
        sys.stderr.write(f"samples stand in for what {files.folder} does not have: {', '.join(files.missing)}\n")


def main() -> int:
    # The CLI says where the assembly goes; without it, beside cdk.json, and not into a temporary folder.
    app = new_app(outdir=Path(os.environ.get("CDK_OUTDIR", ROOT / "cdk.out")))
    try:
        refuse_another_account(os.environ)
        settings = settings_of(app.node.try_get_context("stage") or os.environ.get("STAGE", "dev"))
        say_samples(settings.stage)
        paying = bundle_payment_layer(settings, root=ROOT) if STRIPE in settings.gateways else None
        add_stack(
            app,
            settings=settings,
            layer=bundle_layer(settings, root=ROOT),
            document_layer=bundle_document_layer(settings, root=ROOT),
            payment_layer=paying,
        )
    except StageError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
