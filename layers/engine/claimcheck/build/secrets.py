"""The secrets that an app declares, as the template has them.

The worker's environment has where each secret lies, as an ARN, and never its value. An empty parameter means
the stack's own parameter in Parameter Store, so several stacks in one account have secrets of their own.
"""

from typing import Any, NamedTuple

from claimcheck.build.apps import App
from claimcheck.domain.ports import secret_variable

ARN = "(arn:[^:]+:(ssm|secretsmanager):[^:]+:[^:]+:(parameter/|secret:).+)?"


class Secret(NamedTuple):
    app: str
    name: str
    description: str

    @property
    def parameter(self) -> str:
        words = [*self.app.split("_"), *self.name.split("_"), "arn"]
        return "".join(word.capitalize() for word in words)

    @property
    def condition(self) -> str:
        return f"Has{self.parameter}"

    @property
    def variable(self) -> str:
        return secret_variable(self.app, self.name)

    @property
    def path(self) -> str:
        """The name of the stack's own parameter, below the stack's name."""
        return f"{self.app}/{self.name}"

    @property
    def declaration(self) -> dict[str, Any]:
        return {
            "Type": "String",
            "Default": "",
            "AllowedPattern": ARN,
            "ConstraintDescription": "must be the ARN of a parameter or a secret, or empty",
            "Description": f"{self.description} The ARN of its parameter in Parameter Store or its secret in "
            "Secrets Manager, which charges each secret. If empty, the parameter "
            f"/<stack's name>/{self.path}, without charge.",
        }

    @property
    def elsewhere(self) -> dict[str, Any]:
        return {"Fn::Not": [{"Fn::Equals": [f"!Ref {self.parameter}", ""]}]}

    @property
    def arn(self) -> dict[str, Any]:
        own = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${AWS::StackName}"
        return {"Fn::If": [self.condition, f"!Ref {self.parameter}", f"!Sub {own}/{self.path}"]}

    @property
    def permission(self) -> dict[str, Any]:
        # Each action applies to ARNs of its own service only.
        return {"Action": ["ssm:GetParameter", "secretsmanager:GetSecretValue"], "Resource": self.arn}


def secrets_of(app: App) -> list[Secret]:
    return [Secret(app.name, name, text) for name, text in app.declared.secrets.items()]
