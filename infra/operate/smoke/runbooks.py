"""Checks that the documents of runbooks are there."""

from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import ClientError

from infra.operate.smoke.findings import NO_SUCH_CALL, Finding, Verdict

ABOUT = "runbooks"


def ask_runbooks(ssm: Any, names: Sequence[str]) -> Iterator[Finding]:
    """`ssm`: a client of Systems Manager. `names`: the documents that there must be."""
    missing: list[str] = []
    for name in names:
        try:
            found = ssm.describe_document(Name=name)["Document"]
        except ClientError as refused:
            code = refused.response["Error"]["Code"]
            if code in NO_SUCH_CALL:
                yield Finding(ABOUT, Verdict.NOT_ASKED, "this engine has no documents of Systems Manager")
                return
            if code != "InvalidDocument":
                raise
            missing.append(name)
            continue
        if found.get("Status") != "Active":
            missing.append(f"{name} ({found.get('Status')})")
    if missing:
        text = f"not there, so nobody can start them: {', '.join(missing)}; deploy the stack of operations again"
        yield Finding(ABOUT, Verdict.WRONG, text)
    else:
        yield Finding(ABOUT, Verdict.RIGHT, f"{len(names)} documents are active")
