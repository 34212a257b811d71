"""A door's share in the secret that proves the front: where it is, and that the door may read it. Nothing without a front."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager

from lambdas.runtime.front import SECRET


def environment_of(secret: secretsmanager.ISecret | None) -> dict[str, str]:
    return {SECRET: secret.secret_arn} if secret else {}


def permissions_of(secret: secretsmanager.ISecret | None) -> list[iam.PolicyStatement]:
    reads = (
        iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[secret.secret_arn])
        if secret
        else None
    )
    return [reads] if reads else []
