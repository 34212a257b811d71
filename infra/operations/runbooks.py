"""Runbooks: Systems Manager Automation documents `<stack>-<verb>`, one a row of lambdas/runbooks/catalog.py."""

from aws_cdk import Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.functions.function import allow, own_role
from infra.operations.documents import document
from infra.operations.subjects import Subjects
from infra.stages.settings import StageSettings
from lambdas.runbooks.catalog import RUNBOOKS

_SERVICE = "runbooks"  # of the function


class RunbookDocuments(Construct):
    """`role`: what a document runs as. It may call the function, and nothing else."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings, subjects: Subjects) -> None:
        super().__init__(scope, construct_id)
        function = subjects.functions[_SERVICE].function_arn
        stack = Stack.of(self)
        automation = stack.format_arn(service="ssm", resource="automation-execution", resource_name="*")
        self.role = own_role(
            self,
            service="ssm.amazonaws.com",
            description="Calls the function of runbooks",
            statements=[allow("lambda:InvokeFunction", on=[function])],
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": automation},
            },
        )
        for runbook in RUNBOOKS:
            ssm.CfnDocument(
                self,
                "".join(word.capitalize() for word in runbook.verb.split("-")),
                name=runbook.document_name(settings.stack_name),
                document_type="Automation",
                document_format="JSON",
                update_method="NewVersion",  # the default is to replace it, which takes its history along
                content=document(runbook, function=function, role=self.role.role_arn),
            )
