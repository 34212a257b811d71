"""The environment of a function as one frozen model. A missing variable is named before anything runs."""

import os
from typing import Self

from pydantic import ValidationError

from lambdas.runtime.models import Frozen


class SettingsError(RuntimeError):
    """A function was deployed without a variable that it needs."""


class Settings(Frozen):
    """Base of each function's settings: field `order_table` is read from `ORDER_TABLE`, and so on."""

    @classmethod
    def from_environment(cls) -> Self:
        values = {name: os.environ[name.upper()] for name in cls.model_fields if name.upper() in os.environ}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            wrong = ", ".join(sorted({str(problem["loc"][0]).upper() for problem in error.errors()}))
            raise SettingsError(f"environment variables missing or wrong: {wrong}; infra/ sets them") from None


class TableSettings(Settings):
    """Settings of every function that reads or writes orders and records.

    `gateway`: the payment provider's adapter. `other_gateways`: JSON of GatewayChoice, where a stage has several.
    """

    order_table: str
    record_table: str
    gateway: str
    other_gateways: str = "{}"
    currency: str
