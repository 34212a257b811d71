"""The front of a stage: `OrderQueues-<stage>-Front`, a CloudFront distribution that has the public domain.

It passes every request on as it came, caches nothing, and adds two headers: the viewer's address, and the secret that proves both
(lambdas/runtime/front.py). The origin is the regional address of the API's domain. That domain bears the same name, so the doors
see the host that the browser asked for.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
"""

from aws_cdk import App, CfnOutput, Duration, Fn, Stack, Tags
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets

from infra.doors.domain import OwnDomain, add_records
from infra.front import FIREWALL_REGION
from infra.front.firewall import OUTPUT
from infra.front.settings import Front
from infra.stages.settings import StageSettings
from lambdas.runtime.front import PROOF

_ORIGIN_SECONDS = 30  # API Gateway gives up then


class FrontStack(Stack):
    """`own`: the domain of the API, with the secret of its front."""

    def __init__(self, app: App, *, settings: StageSettings, front: Front, own: OwnDomain) -> None:
        firewall, name = settings.front_stack_names
        super().__init__(
            app,
            name,
            description=f"Order queues, stage {settings.stage}: the front of {settings.domain}",
            termination_protection=settings.keep_data,
            suppress_template_indentation=True,
        )
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{settings.domain}, stage {settings.stage}",
            domain_names=[settings.domain],
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", front.certificate),
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=Fn.get_stack_output(firewall, OUTPUT, FIREWALL_REGION),
            default_behavior=_behavior(own),
        )
        if settings.hosted_zone:
            add_records(self, settings, route53.RecordTarget.from_alias(targets.CloudFrontTarget(distribution)))
        if own.secret:
            CfnOutput(self, "FrontSecretArn", value=own.secret.secret_arn)
        CfnOutput(self, "DistributionId", value=distribution.distribution_id)
        CfnOutput(self, "DistributionDomain", value=distribution.distribution_domain_name)
        Tags.of(self).add("project", "order-queues")
        for key, value in {**settings.tags, "stage": settings.stage}.items():
            Tags.of(self).add(key, value)


def _behavior(own: OwnDomain) -> cloudfront.BehaviorOptions:
    if own.secret is None:
        raise ValueError("a front needs the secret that proves it")
    origin = origins.HttpOrigin(
        own.regional_name,
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        read_timeout=Duration.seconds(_ORIGIN_SECONDS),
        custom_headers={PROOF: own.secret.secret_value_from_json("sent").unsafe_unwrap()},
    )
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_2022,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        compress=True,
    )
