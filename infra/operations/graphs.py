"""Widgets of dashboards: a graph of metrics, a table that a query over logs fills."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.functions.function import metric_namespace
from infra.operations.queries import log_groups_of
from infra.operations.subjects import Subjects
from infra.stages.settings import StageSettings

WIDTH, HALF, THIRD = 24, 12, 8


@dataclass(frozen=True)
class Graphs:
    """Graphs of one stage's subjects."""

    settings: StageSettings
    subjects: Subjects

    def query(self, title: str, services: tuple[str, ...], *lines: str, width: int) -> cloudwatch.LogQueryWidget:
        return cloudwatch.LogQueryWidget(
            title=title,
            log_group_names=log_groups_of(self.subjects, services),
            query_lines=list(lines),
            view=cloudwatch.LogQueryVisualizationType.TABLE,
            width=width,
            height=6,
        )

    def graph(self, title: str, metrics: Sequence[cloudwatch.IMetric], *, width: int = HALF) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(
            title=title, left=list(metrics), left_y_axis=cloudwatch.YAxisProps(min=0), width=width, height=6
        )

    def ours(self, metric: str, service: str, label: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=metric_namespace(self.settings),
            metric_name=metric,
            dimensions_map={"service": service},
            statistic="Sum",
            period=Duration.minutes(5),
            label=label,
        )

    def api(self, metric: str, statistic: str = "Sum") -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name=metric,
            dimensions_map={"ApiId": self.subjects.api_id, "Stage": "$default"},
            statistic=statistic,
            period=Duration.minutes(5),
            label=metric,
        )

    def of_functions(self, metric: str, statistic: str) -> list[cloudwatch.IMetric]:
        return [
            each.metric(metric, statistic=statistic, label=service) for service, each in self.subjects.functions.items()
        ]
