"""Grants mean something on AWS: each names resources by which its action is judged, and is the same on every stage."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint

from infra.local.engine.iam.policy import several
from tests.infra.roles import statements
from tests.infra.template import Synthesized

# Their tests hold them word for word: tests/infra/stages/test_history_anchors.py and tests/infra/doors/test_shifts.py.
ONLY_PROD = {"AnchorsAnchorRole", "ShiftsRole"}
# Tried on AWS for https://github.com/aws/aws-cdk/pull/8486, against the reference: judged by the machine that waits.
BY_MACHINE = {"states:SendTaskSuccess", "states:SendTaskFailure"}


@cache
def reference() -> dict[str, Any]:
    """The Service Authorization Reference, as cfn-lint brings it along."""
    return dict(json.loads((Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json").read_text()))


def roles(stage: Synthesized) -> list[str]:
    return list(stage.of_type("AWS::IAM::Role"))


def test_every_grant_names_resources_of_the_kind_that_its_action_is_judged_by(stage: Synthesized) -> None:
    """Without a fitting resource IAM takes the policy and refuses every call."""
    wrong = [
        (role, action, resource)
        for role in roles(stage)
        for statement in statements(stage, role)
        for action in several(statement["Action"])
        for resource in several(statement["Resource"])
        if action not in BY_MACHINE and not fits(action, resource)
    ]

    assert wrong == []


def fits(action: str, resource: str) -> bool:
    service, _, name = action.partition(":")
    known = reference()[service]
    kinds = known["Actions"][name.lower()].get("Resources", [])
    if not kinds or resource == "*":
        return resource == "*" and not kinds
    forms = {kind.lower(): found["ARNFormats"] for kind, found in known["Resources"].items()}
    patterns = [re.sub(r"\$\{\w+\}", "[^:]*", form) for kind in kinds for form in forms[kind.lower()]]
    return any(re.fullmatch(pattern, resource) for pattern in patterns)


def test_roles_of_all_stages_say_the_same_word_for_word(prod: Synthesized, local: Synthesized) -> None:
    """So what the engine judged on the local stage is judged for the others too.

    But one grant, which no other stage has: the desk uses up links that sign in, for trying it out on this machine. And two
    roles, which that stage does not have: its history is anchored nowhere, and its doors come to new code at once.
    """
    found = [
        {
            role: sorted(
                json.dumps(statement, sort_keys=True)
                .replace(each.settings.mail_domain, "DOMAIN")
                .replace(f":execution:{each.settings.stage}-", ":execution:STAGE-")
                for statement in statements(each, role)
            )
            for role in roles(each)
        }
        for each in (prod, local)
    ]
    of_prod, of_local = found
    assert of_prod.keys() - of_local.keys() == ONLY_PROD
    of_prod = {role: said for role, said in of_prod.items() if role not in ONLY_PROD}
    signs_in = [(role, one) for role, said in of_local.items() for one in said if "sign_in_link" in one]
    ((role, statement),) = signs_in
    assert json.loads(statement)["Action"] == "dynamodb:DeleteItem"
    of_local[role].remove(statement)

    assert of_prod == of_local
