"""The front's secret is replaced while callers continue, wherever the command is interrupted."""

import json
from copy import deepcopy
from typing import Any

import pytest
from rich.console import Console

from infra.front.rotate import NoFrontError, Rotation, rotation_of
from infra.stages.errors import StageError
from lambdas.runtime.front import KEPT_SECONDS, PROOF, FrontSecrets

OLD = "o" * 64


class InterruptedError_(RuntimeError):
    pass


class Cloud:
    """Secrets Manager and CloudFront of one stage, and a door that looks at both. `stops_at`: the call that is interrupted."""

    def __init__(self) -> None:
        self.text = json.dumps({"sent": OLD, "accepted": ""})
        self.config: dict[str, Any] = {
            "Origins": {"Items": [{"CustomHeaders": {"Items": [{"HeaderName": PROOF, "HeaderValue": OLD}]}}]}
        }
        self.served = [OLD]  # a value that some place of CloudFront sends now
        self.now = 0.0
        self.calls = 0
        self.stops_at = -1
        self.door = FrontSecrets("arn", client=self, now=lambda: self.now)

    def _call(self) -> None:
        """Somebody calls at each moment, through every place of CloudFront."""
        assert all(self.door.are_proven_by(proof) for proof in self.served)
        self.calls += 1
        if self.calls == self.stops_at:
            raise InterruptedError_

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        return {"SecretString": self.text}

    def put_secret_value(self, SecretId: str, SecretString: str) -> None:
        self._call()
        self.text = SecretString

    def get_distribution_config(self, Id: str) -> dict[str, Any]:
        self._call()
        return {"ETag": "e", "DistributionConfig": deepcopy(self.config)}

    def update_distribution(self, Id: str, IfMatch: str, DistributionConfig: dict[str, Any]) -> None:
        self._call()
        self.config = DistributionConfig
        self.served = [*self.served, self.sent]
        self._call()

    @property
    def sent(self) -> str:
        return str(self.config["Origins"]["Items"][0]["CustomHeaders"]["Items"][0]["HeaderValue"])

    def get_waiter(self, name: str) -> "Cloud":
        return self

    def wait(self, Id: str) -> None:
        self._call()
        self.served = [self.sent]

    def sleep(self, seconds: float) -> None:
        self._call()
        self.now += seconds

    def rotate(self) -> None:
        Rotation("arn", "E1", self, self, self.sleep).run(Console(quiet=True))


def test_the_old_value_counts_no_more_and_nobody_was_refused_on_the_way() -> None:
    cloud = Cloud()
    cloud.rotate()

    assert cloud.sent != OLD
    assert cloud.door.are_proven_by(cloud.sent)
    cloud.now += KEPT_SECONDS + 1
    assert cloud.door.are_proven_by(cloud.sent)
    assert not cloud.door.are_proven_by(OLD)
    assert not cloud.door.are_proven_by("")


@pytest.mark.parametrize("stops_at", range(1, 8))
def test_an_interrupted_rotation_is_continued_and_refuses_nobody(stops_at: int) -> None:
    cloud = Cloud()
    cloud.stops_at = stops_at
    with pytest.raises(InterruptedError_):
        cloud.rotate()
    cloud.now += KEPT_SECONDS + 1
    cloud.rotate()

    assert json.loads(cloud.text) == {"sent": cloud.sent, "accepted": ""}
    assert cloud.served == [cloud.sent]
    assert cloud.sent != OLD


def test_a_distribution_that_sends_no_proof_and_a_stage_without_a_front_are_named() -> None:
    cloud = Cloud()
    cloud.config["Origins"]["Items"][0] = {}
    with pytest.raises(NoFrontError, match=PROOF):
        cloud.rotate()
    with pytest.raises(StageError, match="has no front"):
        rotation_of("dev", {})
