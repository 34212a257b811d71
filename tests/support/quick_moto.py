"""moto as it is, without work that answers nothing: a third of the unit tests' processor time.

* Each `mock_aws` forgets boto3's session, so the next client reads botocore's models from disk again. Here the session stays.
* Each `mock_aws`, and each request, goes through the addresses of all services moto has. Here only those that are used.
* Each attribute value of DynamoDB is asked for all ten types, under three names each. Here for the one it has.
"""

from typing import Any

from botocore.model import StructureShape
from moto import backend_index
from moto.core.config import default_user_config
from moto.core.serialize import BaseJSONSerializer

from tests.support.quick_dynamodb import answer_from_within
from tests.support.quick_writes import write_with_less_ado

SERVICES = frozenset(
    {"dynamodb", "dynamodbstreams", "events", "s3", "secretsmanager", "ses", "sesv2", "sqs", "stepfunctions", "sts"}
)


def make_moto_quick() -> None:
    """For this process, once."""
    default_user_config["core"]["reset_boto3_session"] = False
    backend_index.backend_url_patterns[:] = [
        (service, pattern) for service, pattern in backend_index.backend_url_patterns if service in SERVICES
    ]
    quick: Any = BaseJSONSerializer
    quick._serialize_type_structure = _only_members_it_has(BaseJSONSerializer._serialize_type_structure)
    answer_from_within()
    write_with_less_ado()


def _only_members_it_has(serialize: Any) -> Any:
    def serialized(self: Any, into: Any, value: Any, shape: StructureShape, key: str) -> None:
        if shape.name != "AttributeValue" or not key or not isinstance(value, dict):
            serialize(self, into, value, shape, key)
            return
        typed: dict[str, Any] = {}
        for name, content in value.items():
            member: Any = shape.members[name]
            member.parent = shape
            self._serialize(typed, content, member, name)
        self._default_serialize(into, typed, shape, key)

    return serialized
