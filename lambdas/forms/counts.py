"""How forms do: FormStarted, FormReturned, FormSubmitted and FormRecovered, each at most once for an order."""

from dataclasses import dataclass

from aws_lambda_powertools.metrics import single_metric

from lambdas.forms.form import Form
from lambdas.records.table import RecordTable
from lambdas.runtime.observe import MetricUnit, logger

STARTED, RETURNED, SUBMITTED, RECOVERED = "FormStarted", "FormReturned", "FormSubmitted", "FormRecovered"


@dataclass(frozen=True)
class FormCounts:
    """What was counted for an order is kept beside it, so that a double click or a second device counts nothing twice."""

    records: RecordTable

    def started(self, form: Form, order_id: str) -> None:
        self._count(STARTED, form, order_id)

    def returned(self, form: Form, order_id: str) -> None:
        """Somebody came back to the order by a link."""
        self._count(RETURNED, form, order_id)

    def submitted(self, form: Form, order_id: str) -> None:
        """Submitted; recovered as well if somebody had come back to it by a link."""
        self._count(SUBMITTED, form, order_id)
        if self.records.get(f"order#{order_id}", f"count#{RETURNED}"):
            self._count(RECOVERED, form, order_id)

    def _count(self, what: str, form: Form, order_id: str) -> None:
        if not self.records.put_new({"pk": f"order#{order_id}", "sk": f"count#{what}"}):
            return
        with single_metric(name=what, unit=MetricUnit.Count, value=1) as metric:  # its dimension is no other metric's
            metric.add_dimension("form", form.name)
        logger.info("form counted", what=what, form=form.name, order_id=order_id)
