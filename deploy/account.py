"""An AWS account and region, and a stack in it."""

from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# A check must not hang where a network drops packets.
PATIENCE = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 2})


class Stack(NamedTuple):
    """`parameters` are those of the last deploy."""

    status: str
    parameters: dict[str, str]
    outputs: dict[str, str]


class Account:
    def __init__(self, region: str | None = None) -> None:
        self.session = boto3.session.Session(region_name=region)

    @property
    def region(self) -> str | None:
        return self.session.region_name

    def client(self, service: str) -> Any:
        return self.session.client(service, config=PATIENCE)  # type: ignore[call-overload]

    def stack(self, name: str) -> Stack | None:
        """Return the stack, or None if it does not exist. Raises: ClientError, BotoCoreError.

        A stack whose first change set failed or was not executed does not exist yet: SAM creates it.
        """
        try:
            [found] = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        if found["StackStatus"] == "REVIEW_IN_PROGRESS":
            return None
        return Stack(
            found["StackStatus"],
            {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])},
            {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])},
        )
