"""Makes `Ref` of a secret its ARN, so that a policy with it matches.

AWS: `Ref` of `AWS::SecretsManager::Secret` is the ARN, with the six characters behind the name.
The engine gives the name, which no policy matches.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
"""

from ministack.services.cloudformation import provisioners

from infra.local.engine.patching import rewrite

_BY_NAME = "    secret = _sm._secrets.get(physical_id)\n"
_BY_ARN = "    secret = _sm._resolve(physical_id)[1]\n"


def apply() -> None:
    """Know secrets of a stack by their ARNs."""
    rewrite(
        provisioners,
        "_sm_secret_create",
        ('    return name, {"Id": arn, "Arn": arn}\n', '    return arn, {"Id": arn, "Arn": arn}\n'),
    )
    rewrite(provisioners, "_sm_secret_update", (_BY_NAME, _BY_ARN))
    rewrite(
        provisioners,
        "_sm_secret_delete",
        (_BY_NAME, _BY_ARN),
        ("_sm._purge_secret(physical_id, secret)", '_sm._purge_secret(secret["Name"], secret)'),
    )
