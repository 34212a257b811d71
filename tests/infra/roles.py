"""The roles of a synthesized stage as IAM would read them: every name in its place."""

from typing import Any

from infra.local.engine.iam.policy import Statement
from tests.infra.template import Synthesized

REGION, ACCOUNT = "eu-west-1", "111122223333"
_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
}
# What a resource is called in an ARN, by its type; its name is its plain logical id.
_RESOURCES = {
    "AWS::DynamoDB::Table": "dynamodb:{place}:table/{name}",
    "AWS::Events::EventBus": "events:{place}:event-bus/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::Lambda::Function": "lambda:{place}:function:{name}",
    "AWS::Logs::LogGroup": "logs:{place}:log-group:{name}:*",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::SNS::Topic": "sns:{place}:{name}",
    "AWS::SQS::Queue": "sqs:{place}:{name}",
    "AWS::SecretsManager::Secret": "secretsmanager:{place}:secret:{name}-AbCdEf",
    "AWS::StepFunctions::StateMachine": "states:{place}:stateMachine:{name}",
}


def arn(stage: Synthesized, name: str) -> str:
    """The ARN of a resource by its plain logical id."""
    form = _RESOURCES[stage.resources[name]["Type"]]
    return "arn:aws:" + form.format(place=f"{REGION}:{ACCOUNT}", account=ACCOUNT, name=name)


def statements(stage: Synthesized, role: str) -> list[Statement]:
    """What a role may do, with every ARN written out."""
    (policy,) = stage.properties(role)["Policies"]
    found = written_out(stage, policy["PolicyDocument"]["Statement"])
    assert isinstance(found, list)
    return found


def written_out(stage: Synthesized, value: Any) -> Any:
    by_logical_id = {logical_id: plain for plain, logical_id in stage.logical_ids.items()}
    match value:
        case {"Ref": name} if name in _PSEUDO:
            return _PSEUDO[name]
        case {"Ref": target}:
            # Of a state machine and a secret, the ARN; of all others here, the name.
            plain = by_logical_id[target]
            by_arn = stage.resources[plain]["Type"] in (
                "AWS::StepFunctions::StateMachine",
                "AWS::SecretsManager::Secret",
                "AWS::SNS::Topic",
            )
            return arn(stage, plain) if by_arn else plain
        case {"Fn::GetAtt": [target, "Arn"]}:
            return arn(stage, by_logical_id[target])
        case {"Fn::GetAtt": [target, "StreamArn"]}:
            return arn(stage, by_logical_id[target]) + "/stream/2026-01-01T00:00:00.000"
        case {"Fn::Join": [joint, parts]}:
            return joint.join(written_out(stage, part) for part in parts)
        case dict():
            return {key: written_out(stage, inner) for key, inner in value.items()}
        case list():
            return [written_out(stage, inner) for inner in value]
    return value
