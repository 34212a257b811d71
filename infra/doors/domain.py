"""The domain of the API, by the setting `domain`, and the secret of the front that stands before it.

API Gateway's own address is closed where there is a domain: behind a front it would be a way around the firewall.
The domain's regional address stays open, so the doors refuse what comes without the front's proof (lambdas/runtime/front.py).
"""

from aws_cdk import Stack
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.functions.function import removal_of
from infra.stages.settings import StageSettings

_PROOF_LENGTH = 64


class OwnDomain(Construct):
    """`regional_name`: where API Gateway takes requests for the domain. `secret`: None without a front."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StageSettings,
        http_api: apigw.HttpApi,
        stage: apigw.CfnStage,
        secret: secretsmanager.ISecret | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = secret
        domain = apigw.DomainName(
            self,
            "Name",
            domain_name=settings.domain,
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", settings.certificate),
            security_policy=apigw.SecurityPolicy.TLS_1_2,
        )
        mapping = apigw.CfnApiMapping(
            self, "Mapping", api_id=http_api.api_id, domain_name=domain.name, stage=stage.stage_name
        )
        mapping.add_resource_dependency(stage)
        self.regional_name = domain.regional_domain_name
        if settings.hosted_zone and not settings.front:
            alias = targets.ApiGatewayv2DomainProperties(domain.regional_domain_name, domain.regional_hosted_zone_id)
            add_records(self, settings, route53.RecordTarget.from_alias(alias))


def front_secret(stack: Stack, settings: StageSettings) -> secretsmanager.Secret | None:
    """The secret that proves the front of the stage. `accepted` is a second value, which is valid beside the one that is sent."""
    if not settings.front:
        return None
    return secretsmanager.Secret(
        stack,
        "FrontSecret",
        description=f"Proves the front of {settings.domain}, stage {settings.stage}",
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template='{"accepted": ""}',  # noqa: S106 - no value yet
            generate_string_key="sent",
            password_length=_PROOF_LENGTH,
            exclude_punctuation=True,
        ),
        removal_policy=removal_of(settings),
    )


def add_records(scope: Construct, settings: StageSettings, target: route53.RecordTarget) -> None:
    """The domain's addresses, in the zone that the stage names."""
    zone = route53.HostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id=settings.hosted_zone, zone_name=settings.domain
    )
    route53.ARecord(scope, "Ipv4", zone=zone, target=target)
    route53.AaaaRecord(scope, "Ipv6", zone=zone, target=target)
