"""Secrets in AWS Systems Manager Parameter Store and in AWS Secrets Manager."""

from collections.abc import Callable
from functools import cache

from botocore.exceptions import ClientError

from claimcheck.aws.calls import Service, code_of
from claimcheck.domain.errors import Unavailable


class AwsSecretStore:
    """`connect` makes a service by its name. A client is made for the first secret that lies there."""

    def __init__(self, connect: Callable[[str], Service]) -> None:
        self._connect = cache(connect)

    def read(self, arn: str) -> str:
        name = arn.split(":")[2]
        service = self._connect(name)
        try:
            if name == "ssm":
                found = service.call(service.client.get_parameter, Name=arn, WithDecryption=True)["Parameter"]
                return str(found["Value"])
            return str(service.call(service.client.get_secret_value, SecretId=arn)["SecretString"])
        except ClientError as error:
            raise Unavailable(code_of(error)) from error
        except KeyError:
            raise Unavailable("The secret is binary and must be text.") from None
