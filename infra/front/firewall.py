"""The firewall of a stage's front: `OrderQueues-<stage>-Firewall`, in us-east-1, where CloudFront's firewalls are.

AWS's managed rules only count at first: texts of orders, files and programs without a name trip some of them. Those that would
always do so count in either case. Requests are not sampled, because a sample shows who sent it.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import App, CfnOutput, Environment, Stack, Tags
from aws_cdk import aws_wafv2 as waf

from infra.front import FIREWALL_REGION
from infra.front.settings import Front
from infra.stages.settings import StageSettings

OUTPUT = "FirewallArn"
_WINDOW_SECONDS = 300


@dataclass(frozen=True)
class _Managed:
    """A group of AWS's rules. `counted`: rules that honest requests trip."""

    name: str
    counted: tuple[str, ...] = ()


_GROUPS = (
    _Managed("AWSManagedRulesAmazonIpReputationList"),
    _Managed("AWSManagedRulesKnownBadInputsRuleSet"),
    _Managed(
        "AWSManagedRulesCommonRuleSet",
        # Files and long orders; programs without a name; addresses and markup in what clients write.
        (
            "SizeRestrictions_BODY",
            "NoUserAgent_HEADER",
            "GenericRFI_BODY",
            "CrossSiteScripting_BODY",
            "EC2MetaDataSSRF_BODY",
        ),
    ),
)


class FirewallStack(Stack):
    """Its output is the firewall's ARN, which the front reads across regions."""

    def __init__(self, app: App, *, settings: StageSettings, front: Front) -> None:
        super().__init__(
            app,
            settings.front_stack_names[0],
            env=Environment(region=FIREWALL_REGION),
            description=f"Order queues, stage {settings.stage}: firewall of the front",
            termination_protection=settings.keep_data,
            suppress_template_indentation=True,
        )
        firewall = waf.CfnWebACL(
            self,
            "Firewall",
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            description=f"Before the doors of {settings.domain}",
            rules=[_rate_rule(front), *_managed_rules(front)],
            visibility_config=_counted("Firewall"),
        )
        CfnOutput(self, OUTPUT, value=firewall.attr_arn)
        Tags.of(self).add("project", "order-queues")
        for key, value in {**settings.tags, "stage": settings.stage}.items():
            Tags.of(self).add(key, value)


def _rate_rule(front: Front) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name="RequestsOfSource",
        priority=0,
        action=waf.CfnWebACL.RuleActionProperty(block={}),
        statement=waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=front.requests_of_source, evaluation_window_sec=_WINDOW_SECONDS
            )
        ),
        visibility_config=_counted("RequestsOfSource"),
    )


def _managed_rules(front: Front) -> Sequence[waf.CfnWebACL.RuleProperty]:
    action: dict[str, Any] = {"none": {}} if front.managed_rules == "block" else {"count": {}}
    return [
        waf.CfnWebACL.RuleProperty(
            name=group.name,
            priority=number,
            override_action=waf.CfnWebACL.OverrideActionProperty(**action),
            statement=waf.CfnWebACL.StatementProperty(
                managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                    vendor_name="AWS",
                    name=group.name,
                    rule_action_overrides=[
                        waf.CfnWebACL.RuleActionOverrideProperty(
                            name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                        )
                        for rule in group.counted
                    ]
                    or None,
                )
            ),
            visibility_config=_counted(group.name),
        )
        for number, group in enumerate(_GROUPS, start=1)
    ]


def _counted(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
