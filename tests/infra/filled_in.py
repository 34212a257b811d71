"""`prod` as a customer fills it in: what is shipped, and what it asks for."""

import re
import shutil
from pathlib import Path

from infra.stages.owned_files import FOLDER
from infra.stages.settings import StageSettings, read_settings
from infra.stages.this_machine import OUTSIDE_PARTIES

# Play money, which needs no secret of the owner's. tests/infra/functions/test_payments.py tries Stripe.
FILLED_IN = """
gateway = "sandbox"
allow_sandbox = true
currency = "USD"
company = "Seaside Hosting"
mail_from = "orders@seaside.internal"
mail_documents = true
public_url = "https://orders.seaside.internal"
alarm_topic = "arn:aws:sns:eu-west-1:111122223333:operations"
contract_providers = ["docusign", "generic"]
preauthorize_contracts = true

[webhook_bases]
""" + "".join(f'{party} = "https://{party}.seaside.internal"\n' for party in OUTSIDE_PARTIES)


def shipped_prod() -> str:
    return (FOLDER / "prod.toml").read_text("utf-8")


def filled_in_prod() -> StageSettings:
    return read_settings("prod", shipped_prod() + FILLED_IN)


def by_paypal_alone(sources: Path, into: Path | None = None) -> Path:
    """The sources, or a copy of them, with forms of a stage whose only gateway is PayPal: none offers a card."""
    if into:
        shutil.copytree(sources, into)
    for form in (root := into or sources).glob("statemachines/*/form*.toml"):
        text = form.read_text("utf-8")
        form.write_text(re.sub(r"^payment = .*$", 'payment = ["paypal"]', text, flags=re.MULTILINE), "utf-8")
    return root
