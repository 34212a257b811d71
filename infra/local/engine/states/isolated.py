"""`TestState` of a task in JSONata gives the service the task's arguments.

AWS: a state is tested as it would run, in the query language it names.
The engine reads `Parameters` only, so that the service is called with the state's input.

https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
"""

from ministack.services import stepfunctions

from infra.local.engine.patching import rewrite

_PARAMETERS = "effective = _apply_parameters(state_def, effective, ctx)\n"
_BY_LANGUAGE = """if _state_query_language(state_def, ctx) == "JSONata":
                effective = _apply_jsonata_arguments(state_def, input_data, ctx)
            else:
                effective = _apply_parameters(state_def, effective, ctx)
"""


def apply() -> None:
    """Test states in both languages."""
    rewrite(stepfunctions, "_test_state", (_PARAMETERS, _BY_LANGUAGE))
