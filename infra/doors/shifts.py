"""How callers of the doors come to new code: all at once, or by aliases that CodeDeploy shifts, and back if the API fails."""

from collections.abc import Mapping
from typing import cast

from aws_cdk import ArnFormat, CfnCodeDeployLambdaAliasUpdate, CfnUpdatePolicy, Duration, Stack
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions.function import allow, own_role
from infra.stages.subjects import DoorShift

ALIAS = "live"


# A tenth of the calls for five minutes and then all, or a tenth more each minute.
_CONFIGURATIONS: Mapping[DoorShift, codedeploy.ILambdaDeploymentConfig] = {
    "canary": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
    "linear": codedeploy.LambdaDeploymentConfig.LINEAR_10_PERCENT_EVERY_1_MINUTE,
}


def called_of(function: lambda_.Function, shift: DoorShift) -> lambda_.IFunction:
    """The function itself, or its alias if calls are shifted: whom the API calls."""
    if shift == "at_once":
        return function
    return lambda_.Alias(function, "Live", alias_name=ALIAS, version=function.current_version)


def shift_doors(scope: Construct, http_api: apigw.HttpApi, shift: DoorShift) -> None:
    """Let CodeDeploy shift the aliases of the doors that stand in the stack so far: call it after the last of them."""
    if shift != "at_once":
        Shifts(scope, "Shifts", http_api=http_api, shift=shift)


class Shifts(Construct):
    """CodeDeploy's group for the alias of each door. A function's event sources and machines call it without an alias."""

    def __init__(self, scope: Construct, construct_id: str, *, http_api: apigw.HttpApi, shift: DoorShift) -> None:
        super().__init__(scope, construct_id)
        aliases = [each for each in Stack.of(scope).node.find_all() if isinstance(each, lambda_.Alias)]
        self._application = codedeploy.LambdaApplication(self, "Doors").application_name
        self._role = _role(self, aliases)
        self._alarm = _alarm(self, http_api)
        for alias in aliases:
            cast(lambda_.CfnAlias, alias.node.default_child).cfn_options.update_policy = CfnUpdatePolicy(
                code_deploy_lambda_alias_update=CfnCodeDeployLambdaAliasUpdate(
                    application_name=self._application, deployment_group_name=self._group(_door_of(alias), shift).ref
                )
            )

    def _group(self, door: str, shift: DoorShift) -> codedeploy.CfnDeploymentGroup:
        group = codedeploy.CfnDeploymentGroup
        return codedeploy.CfnDeploymentGroup(
            self,
            door,
            application_name=self._application,
            service_role_arn=self._role.role_arn,
            deployment_config_name=_CONFIGURATIONS[shift].deployment_config_name,
            deployment_style=group.DeploymentStyleProperty(
                deployment_type="BLUE_GREEN", deployment_option="WITH_TRAFFIC_CONTROL"
            ),
            alarm_configuration=group.AlarmConfigurationProperty(
                enabled=True, alarms=[group.AlarmProperty(name=self._alarm.alarm_name)]
            ),
            auto_rollback_configuration=group.AutoRollbackConfigurationProperty(
                enabled=True,
                events=["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
            ),
        )


def _door_of(alias: lambda_.Alias) -> str:
    """`ApiHandler` for the alias at `Api/Handler/Function/Live`."""
    return "".join(alias.node.path.split("/")[1:-2])


def _alarm(scope: Construct, http_api: apigw.HttpApi) -> cloudwatch.Alarm:
    """In two of five minutes a call failed. All doors are behind the API, which answers 5xx for a function that fails too."""
    return cloudwatch.Alarm(
        scope,
        "Fails",
        alarm_description="New code of a door is rolled back while this alarm is on: the API answers with 5xx",
        metric=cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name="5xx",
            dimensions_map={"ApiId": http_api.api_id, "Stage": "$default"},
            statistic="Sum",
            period=Duration.minutes(1),
        ),
        threshold=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=5,
        datapoints_to_alarm=2,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def _role(scope: Construct, aliases: list[lambda_.Alias]) -> iam.IRole:
    """AWSCodeDeployRoleForLambdaLimited allows the same for all functions of the account. An alias is named here, not
    referred to, because it waits for its group, which waits for this role."""
    functions = [alias.lambda_.function_arn for alias in aliases]
    return own_role(
        scope,
        service="codedeploy.amazonaws.com",
        description="Shifts calls of the doors to new code",
        statements=[
            allow("lambda:GetAlias", "lambda:UpdateAlias", on=functions),
            allow("lambda:GetProvisionedConcurrencyConfig", on=[f"{function}:{ALIAS}" for function in functions]),
            allow("cloudwatch:DescribeAlarms", on=[_every_alarm(scope)]),
        ],
    )


def _every_alarm(scope: Construct) -> str:
    """CodeDeploy says nowhere how it asks for one."""
    return Stack.of(scope).format_arn(
        service="cloudwatch", resource="alarm", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
