"""`make mail-domain STAGE=dev`: has SES know the stage's mail domain, and says what is still to be done for it.

An identity belongs to the account and region and not to a stage: stages share a domain, it may be known already, and no stage
that is taken down may take it away. So no stack makes it; `make deploy` runs this first, and nothing ever deletes it.
"""

import argparse
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from infra.account import because
from infra.local.engine_process import EngineError
from infra.operate.mail_identity import make_known
from infra.operate.reach import client_options
from infra.stages.settings import StageError, settings_of

_REFUSALS = (BotoCoreError, ClientError, EngineError, StageError)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Have SES know the stage's mail domain.")
    parser.add_argument("--stage", required=True)
    stage = parser.parse_args(arguments).stage
    try:
        sys.stdout.write(f"{make_known(settings_of(stage).mail_domain, client_options(stage))}\n")
    except _REFUSALS as error:
        sys.stderr.write(f"{because(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
