"""`make pipeline`: runs the steps of the workflow `check` on this machine, in its order, until one fails.

The steps are read from the workflow, so both run the same. Steps that bring tools or credentials to a fresh machine are left out.
Exits with the code of the step that fails.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"


@dataclass(frozen=True)
class Step:
    """`command`: for a shell."""

    name: str
    command: str


def steps_of(workflow: str, job: str) -> Iterator[Step]:
    """The steps of a job that run a command."""
    jobs = yaml.safe_load((WORKFLOWS / f"{workflow}.yml").read_text("utf-8"))["jobs"]
    for step in jobs[job]["steps"]:
        if "run" in step:
            yield Step(step["name"], step["run"])


def main() -> int:
    for step in steps_of("check", "check"):
        sys.stdout.write(f"\n== {step.name}: {step.command}\n")
        sys.stdout.flush()
        done = subprocess.run(["/bin/sh", "-ec", step.command], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
