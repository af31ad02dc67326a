"""What a role of the template allows, by the documented rules.

The emulator does not know `dynamodb:LeadingKeys`, so it cannot judge most of what a role refuses. This reads
the template's statements and evaluates them as these pages say: "IAM JSON policy elements: Condition
operators", "Using IAM policy conditions for fine-grained access control", "Using IAM with DynamoDB
transactions". For a transaction, they do not say whether the leading keys of a part are its own or those of
all parts. So a part must be allowed in both readings.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.kit.deployment import properties

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Context = dict[str, frozenset[str]]

LEADING_KEYS = "dynamodb:LeadingKeys"
ENCLOSING = "dynamodb:EnclosingOperation"
PARTS = {"Put": "Item", "Update": "Key", "Delete": "Key"}


class Access(NamedTuple):
    """An action on a resource, such as `Table.Arn/index/by_org`, with the values of condition keys."""

    action: str
    resource: str
    context: Context


class Grant(NamedTuple):
    """The part of a statement that allows one action on one resource."""

    action: str
    resource: str
    conditions: Mapping[str, Mapping[str, frozenset[str]]]

    def allows(self, access: Access) -> bool:
        return (
            access.action == self.action
            and fnmatchcase(access.resource, self.resource)
            and all(
                _holds(operator, access.context.get(key, frozenset()), patterns)
                for operator, keys in self.conditions.items()
                for key, patterns in keys.items()
            )
        )

    @property
    def prefixes(self) -> frozenset[str]:
        """The leading keys that it allows. Any, if it is not about the table."""
        return self.conditions.get("ForAllValues:StringLike", {}).get(LEADING_KEYS, frozenset({"*"}))

    def is_used(self, prefix: str, by: list[Access]) -> bool:
        """Return whether it allows an access to a key of this prefix, perhaps with keys of others."""
        used = (each.context.get(LEADING_KEYS) or {""} for each in by if self.allows(each))
        return any(fnmatchcase(key, prefix) for keys in used for key in keys)


def grants(function: str) -> list[Grant]:
    """Return what a function's role allows, without what depends on a parameter."""
    [policy] = properties(f"{function}Role")["Policies"]
    return [
        Grant(action, _name(resource), conditions)
        for statement in policy["PolicyDocument"]["Statement"]
        if "Fn::If" not in statement
        for conditions in [_conditions(statement.get("Condition", {}))]
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    ]


def refusals(allowed: list[Grant], accesses: list[Access]) -> list[Access]:
    return [each for each in accesses if not any(grant.allows(each) for grant in allowed)]


def accesses(service: str, operation: str, params: Mapping[str, Any]) -> list[Access]:
    """Return what a call needs, once for each reading of the documentation."""
    if service == "s3":
        # "To use HEAD, you must have the s3:GetObject permission" (Amazon S3 API Reference, "HeadObject").
        actions = ["GetObject" if operation == "HeadObject" else operation]
        actions += ["PutObjectTagging"] if operation == "PutObject" and "Tagging" in params else []
        return [Access(f"s3:{action}", f"Bucket.Arn/{params['Key']}", {}) for action in actions]
    if operation == "TransactWriteItems":
        return list(_parts(params))
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    return [Access(f"dynamodb:{operation}", f"Table.Arn{index}", {LEADING_KEYS: _keys(operation, params)})]


def _parts(params: Mapping[str, Any]) -> Iterator[Access]:
    items = [item for each in params["TransactItems"] for item in each.items()]
    parts = [(kind, part[PARTS[kind]]["pk"]["S"]) for kind, part in items]
    for kind, own in parts:
        for keys in ({own}, {key for _, key in parts}):
            context = {LEADING_KEYS: frozenset(keys), ENCLOSING: frozenset({"TransactWriteItems"})}
            yield Access(f"dynamodb:{kind}Item", "Table.Arn", context)


def _keys(operation: str, params: Mapping[str, Any]) -> frozenset[str]:
    if operation == "BatchGetItem":
        [asked] = params["RequestItems"].values()
        return frozenset(key["pk"]["S"] for key in asked["Keys"])
    if operation == "Query":
        # The partition comes first in each of our conditions.
        value = next(iter(params["ExpressionAttributeValues"].values()))
        return frozenset(value.values())
    return frozenset({params.get("Key", params.get("Item"))["pk"]["S"]})


def _holds(operator: str, values: frozenset[str], patterns: frozenset[str]) -> bool:
    """Evaluate an operator. An absent key has no values: `ForAllValues` is then true."""
    quantifier, _, compare = operator.partition(":")
    matches = [
        any(fnmatchcase(value, each) if compare == "StringLike" else value == each for each in patterns)
        for value in values
    ]
    match quantifier:
        case "ForAllValues":
            return all(matches)
        case "ForAnyValue":
            return any(matches)
    raise ValueError(f"an operator that this does not know: {operator}")


def _conditions(found: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, frozenset[str]]]:
    return {
        operator: {key: frozenset(map(str, _list(values))) for key, values in keys.items()}
        for operator, keys in found.items()
    }


def _name(resource: Any) -> str:
    match resource:
        case {"Fn::GetAtt": [logical, attribute]}:
            return f"{logical}.{attribute}"
        case {"Fn::Sub": text}:
            return str(text).replace("${", "").replace("}", "")
    return str(resource)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
