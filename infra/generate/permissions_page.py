"""`make permissions` writes docs/permissions.md, a table of role, resource and actions, from a synthesized stage."""

import sys
from itertools import groupby
from pathlib import Path

from infra.generate.generated_file import write_or_compare
from infra.operate.cost import resources_by_id
from infra.permissions.grants import Grant, grants_of
from infra.stages.history_anchors import HistoryAnchors
from infra.stages.settings import StageSettings, settings_of

FILE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
_HEAD = """# Permissions

Every role of a stage, with all that it may do: on which resource, with which actions, and under which condition.
`make permissions` writes this page from the template of the stage `dev`, with anchors of history. No role has a managed
policy. A resource `*` stands only where AWS knows no resource of the action.

`make print-deploy-role STAGE=dev ACCOUNT=111122223333 REGION=eu-west-1` prints three policies as JSON. `deploy` is for who
deploys: it may assume the roles of the CDK's bootstrap, and read what our commands compare. `diff` is for who only compares: of
those roles it may assume the one that reads. `boundary` is a permissions
boundary with all actions below and no other: make a managed policy of it, and name that in `permissions_boundary` of the
stage. A release whose roles need a new action needs the boundary printed again first.
"""


def page() -> str:
    """The page, in Markdown."""
    grants = grants_of(resources_by_id(stage_of_the_page()))
    parts = [_section(role, list(found)) for role, found in groupby(grants, key=lambda grant: grant.role)]
    return "\n".join([_HEAD, *parts])


def stage_of_the_page() -> StageSettings:
    """A stage with everything that has a role."""
    anchors = HistoryAnchors(mode="governance", days=400)
    return settings_of("dev").changed(history_anchors=anchors, door_shift="canary")


def _in_code(text: str) -> str:
    return f"`{text}`" if text else ""


def _section(role: str, grants: list[Grant]) -> str:
    rows = "".join(
        f"| `{each.resource}` | {', '.join(each.actions)} | {_in_code(each.condition.replace('|', '/'))} |\n"
        for each in grants
    )
    return f"## {role}\n\n| resource | actions | only if |\n| --- | --- | --- |\n{rows}"


if __name__ == "__main__":
    sys.exit(write_or_compare(FILE, page(), sys.argv[1:], outdated=f"{FILE.name} is outdated: run `make permissions`"))
