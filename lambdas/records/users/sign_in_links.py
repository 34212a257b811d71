"""Links that sign in once, for trying the desk out on one's own machine. Deployed stages have none (infra/doors/desk.py)."""

import hashlib
import secrets

from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUser
from lambdas.runtime.items import from_item, to_item

LASTS_SECONDS = 1800
PATH = "/desk/enter"


class SignInLinks:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def make(self, user: ApiUser, user_token: str, now: int) -> str:
        """The path of a link for this user, good for one sign-in. Raises ValueError if it is no token of the user."""
        token_id = user.token_id_of(user_token)
        if token_id is None:
            raise ValueError("this is no token of the user")
        text = secrets.token_urlsafe(32)
        self._table.put_new({**_key(text), "user": user.name, "token_id": token_id, "expires_at": now + LASTS_SECONDS})
        return f"{PATH}/{text}"

    def use(self, text: str, now: int) -> tuple[str, str] | None:
        """The user's name and the id of their token. None: there is no such link, or it was used or is too old."""
        client = self._table.client
        try:
            answer = client.delete_item(
                TableName=self._table.name,
                Key=to_item(_key(text)),
                ConditionExpression="expires_at > :now",
                ExpressionAttributeValues=to_item({":now": now}),
                ReturnValues="ALL_OLD",
            )
        except client.exceptions.ConditionalCheckFailedException:
            return None
        found = from_item(answer["Attributes"])
        return str(found["user"]), str(found["token_id"])


def _key(text: str) -> dict[str, str]:
    return {"pk": f"sign_in_link#{hashlib.sha256(text.encode()).hexdigest()}", "sk": "sign_in_link"}
