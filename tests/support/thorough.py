"""How much the properties are tried: a little on each run, much by `make thorough`.

Both are profiles of hypothesis. A property says how many examples it is worth on each run; a search without examples asks
`is_thorough` how far it goes.
"""

import os

from hypothesis import HealthCheck, settings

THOROUGH = "thorough"
_EACH_RUN = "each_run"
_TIMES = 20  # as many examples


def load_profiles() -> None:
    """Make both known, and the lean one the default; pytest's option takes the other one later."""
    settings.register_profile(
        _EACH_RUN,
        deadline=None,
        derandomize="CI" in os.environ,  # there, what fails has to be the change's doing
        max_examples=40,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.register_profile(THOROUGH, settings.get_profile(_EACH_RUN), derandomize=False, max_examples=60 * _TIMES)
    settings.load_profile(_EACH_RUN)


def is_thorough() -> bool:
    """Whether this is `pytest --hypothesis-profile=thorough`."""
    return settings.get_current_profile_name() == THOROUGH


def examples(on_each_run: int) -> int:
    """For `max_examples` of a property that is not worth as many as others."""
    return on_each_run * _TIMES if is_thorough() else on_each_run
