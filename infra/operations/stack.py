"""The stack of operations of a stage: `OrderQueues-<stage>-Operations`. It reads the product's stack and gives it nothing.

The embedded engine knows no dashboards, saved queries or documents, so the stage `local` has no such stack.
"""

from aws_cdk import App, CfnOutput, Stack, Tags

from infra.functions.function import boundary_of
from infra.operations.alarms.constructs import Alarms
from infra.operations.alarms.topic import AlarmTopic
from infra.operations.budget import add_budget
from infra.operations.dashboards import Dashboards, desk_widgets
from infra.operations.queries import SavedQueries
from infra.operations.runbooks import RunbookDocuments
from infra.operations.subjects import subjects_of
from infra.stages.settings import StageSettings


class OperationsStack(Stack):
    """Alarms with their topic, dashboards, saved queries, runbooks. `product`: the stack that they look at."""

    def __init__(self, app: App, *, settings: StageSettings, product: Stack) -> None:
        super().__init__(
            app,
            settings.operations_stack_name,
            description=f"Order queues, stage {settings.stage}: alarms, dashboards, queries, runbooks",
            permissions_boundary=boundary_of(settings),
            suppress_template_indentation=True,
        )
        subjects = subjects_of(product)
        topic = AlarmTopic(self, "AlarmTopic", settings=settings)
        alarms = Alarms(self, "Alarms", settings=settings, subjects=subjects)
        for alarm in (alarms.composite, *alarms.by_name.values()):
            topic.notify(alarm)
        Dashboards(self, "Dashboards", settings=settings, subjects=subjects, alarms=alarms, desk=desk_widgets(subjects))
        add_budget(self, settings)
        SavedQueries(self, "Queries", settings=settings, subjects=subjects)
        runbooks = RunbookDocuments(self, "Runbooks", settings=settings, subjects=subjects)
        CfnOutput(
            self, "RunbookRoleArn", value=runbooks.role.role_arn
        )  # who starts a runbook must be allowed to pass it
        CfnOutput(self, "AlarmTopicArn", value=topic.topic.topic_arn)
        Tags.of(self).add("project", "order-queues")
        for key, value in {**settings.tags, "stage": settings.stage}.items():
            Tags.of(self).add(key, value)
