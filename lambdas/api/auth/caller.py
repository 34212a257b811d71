"""The user who calls the API, with their call."""

from dataclasses import dataclass

from lambdas.access.acting_user import ActingUser
from lambdas.api.http.call import Call


@dataclass(frozen=True)
class Caller(ActingUser):
    """`method`: the method of the call."""

    call: Call
