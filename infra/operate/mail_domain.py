"""`make mail-domain STAGE=dev`: registers the domains of the stage's mails with SES, and prints the DNS records still needed.

An identity belongs to the account and region, not to a stage. Stages may share a domain, and taking one stage down must not stop
the mail of the others. So no stack creates it. `make deploy` runs this command first, and nothing ever deletes the identity.
Exits with 1 if SES cannot be asked.
"""

import argparse
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import client_options
from infra.operate.mail_identity import register_identity
from infra.stages.errors import StageError
from infra.stages.settings import settings_of

_REFUSALS = (BotoCoreError, ClientError, EngineError, StageError)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Register the domains of the stage's mails with SES.")
    parser.add_argument("--stage", required=True)
    stage = parser.parse_args(arguments).stage
    try:
        for domain in settings_of(stage).mail_domains:
            sys.stdout.write(f"{register_identity(domain, client_options(stage))}\n")
    except _REFUSALS as error:
        sys.stderr.write(f"{reason_of(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
