"""cfn-lint's schema of the Amazon States Language (its rule E3601), for definitions that are in no template.

The same schema that `tests/infra/test_app.py` lints the templates of shipped queues with, in the form cfn-lint gives it for
JSONata, without the template around it, which would cost three times as much.
https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
"""

from collections.abc import Mapping
from typing import Any

from cfnlint.jsonschema import StandardValidator
from cfnlint.rules.resources.stepfunctions.StateMachineDefinition import StateMachineDefinition

_validator = StandardValidator(StateMachineDefinition()._convert_schema_to_jsonata())


def schema_faults(definition: Mapping[str, Any]) -> list[str]:
    """Where the machine is no valid Amazon States Language, and why; nothing if it is."""
    assert definition.get("QueryLanguage") == "JSONata"
    return [f"{'/'.join(map(str, found.path))}: {found.message}" for found in _validator.iter_errors(definition)]
