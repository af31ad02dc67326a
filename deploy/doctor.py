"""What could make a deploy fail, or a deployed stack not work, and what to do about it."""

import shutil
import subprocess
from collections.abc import Iterator
from typing import Literal, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from deploy.account import Account
from deploy.stages import Stage

# "Configuring scaling behavior for SQS event source mappings": of a provisioned poller.
WORKERS_OF_A_POLLER = 10
# Amazon Bedrock API Reference, Converse, "Errors": a later call may work.
PASSING = {
    "InternalServerException",
    "ModelTimeoutException",
    "ServiceUnavailableException",
    "ThrottlingException",
}


class Finding(NamedTuple):
    """`stop` prevents a deploy, `note` does not."""

    level: Literal["ok", "note", "stop"]
    text: str

    def __str__(self) -> str:
        return f"{self.level:<4}  {self.text}"


Findings = Iterator[Finding]


def examine(stage: Stage, account: Account) -> Findings:
    """Yield what each check finds. The checks of AWS need a region and credentials."""
    yield from check_interpreter(stage)
    identity = list(check_identity(account))
    yield from identity
    if all(found.level == "ok" for found in identity):
        for check in (check_stack, check_concurrency, check_models, check_key):
            try:
                yield from check(stage, account)
            except (ClientError, BotoCoreError) as error:
                # Credentials that may deploy need not be allowed to look.
                yield Finding("note", f"{check.__name__.replace('_', ' ')}: not possible: {error}")


def check_interpreter(stage: Stage) -> Findings:
    runtime = stage.parameters["Runtime"]
    found = shutil.which(runtime)
    # A shim of pyenv can be there, and fail.
    if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
        yield Finding("ok", f"{runtime} compiles the bytecode for Lambda")
        return
    yield Finding(
        "stop",
        f"The build needs {runtime} on PATH, to compile the bytecode for Lambda. Install it, or set Runtime "
        f"in the stage {stage.name} of samconfig.toml to an installed version.",
    )


def check_identity(account: Account) -> Findings:
    try:
        identity = account.client("sts").get_caller_identity()
    except NoRegionError:
        yield Finding("stop", "No region is chosen. Give REGION=eu-central-1, or set AWS_DEFAULT_REGION.")
    except NoCredentialsError:
        yield Finding("stop", "No AWS credentials. Run `aws sso login`, or set AWS_PROFILE.")
    except (ClientError, BotoCoreError) as error:
        yield Finding("stop", f"AWS does not accept the credentials: {error}")
    else:
        yield Finding("ok", f"account {identity['Account']}, as {identity['Arn']}")
        yield Finding("ok", f"region {account.region}")


def check_stack(stage: Stage, account: Account) -> Findings:
    name, stack = stage.stack_name, account.stack(stage.stack_name)
    if stack is None:
        yield Finding("ok", f"the stack {name} is new")
        yield from _retained(name, account)
    elif stack.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
        yield Finding(
            "stop",
            f"The stack {name} is in {stack.status}, and cannot be updated. Read its events, delete it with "
            f"`sam delete --stack-name {name}`, and deploy again.",
        )
    elif stack.status == "UPDATE_ROLLBACK_FAILED":
        yield Finding(
            "stop",
            f"The stack {name} is in {stack.status}, and cannot be updated. Read its events, and run `aws "
            f"cloudformation continue-update-rollback --stack-name {name}`.",
        )
    elif stack.status.endswith("_IN_PROGRESS"):
        yield Finding("stop", f"The stack {name} is in {stack.status}. Wait until that has ended.")
    else:
        yield Finding("ok", f"the stack {name} is in {stack.status}")
        for parameter, value in stage.kept(stack.parameters).items():
            yield Finding(
                "note",
                f"{parameter} keeps the stack's value {value!r}, because the stage {stage.name} of "
                f"samconfig.toml has none. The template's default is {stage.parameters[parameter]!r}.",
            )


def _retained(stack_name: str, account: Account) -> Findings:
    """Find what a deleted stack of this name has kept."""
    pages = account.client("dynamodb").get_paginator("list_tables").paginate()
    found = [name for page in pages for name in page["TableNames"] if name.startswith(f"{stack_name}-Table-")]
    buckets = account.client("s3").list_buckets(Prefix=f"{stack_name}-bucket-")["Buckets"]
    found += [bucket["Name"] for bucket in buckets]
    if found:
        yield Finding(
            "note",
            f"An earlier stack has kept {', '.join(found)}. The new stack begins empty. To continue with the "
            f"old data, see 'Adopt a retained table' in docs/operations.md.",
        )


def _values(stage: Stage, account: Account) -> dict[str, str]:
    """Return the parameters that the deploy will have."""
    stack = account.stack(stage.stack_name)
    return stage.parameters | (stage.kept(stack.parameters) if stack else {})


def check_concurrency(stage: Stage, account: Account) -> Findings:
    values = _values(stage, account)
    limit = account.client("lambda").get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    if values["WorkerMinPollers"] == "0":
        parameter, each = "WorkerMaxConcurrency", 1
    else:
        parameter, each = "WorkerMaxPollers", WORKERS_OF_A_POLLER
    workers, most = int(values[parameter]) * each, limit // 2
    if workers <= most:
        yield Finding("ok", f"{workers} workers leave {limit - workers} of {limit} executions to the API")
        return
    yield Finding(
        "stop",
        f"{workers} workers could take most of the {limit} concurrent executions that this account has in "
        f"{account.region}, and the API would return 503. Request more in Service Quotas (AWS Lambda, "
        f"Concurrent executions), or set {parameter} in the stage {stage.name} of samconfig.toml to at most "
        f"{max(most // each, 2)}.",
    )


def check_models(stage: Stage, account: Account) -> Findings:
    for name, model in _values(stage, account).items():
        if not name.endswith("ModelId"):
            continue
        if not model:
            yield Finding("note", f"{name} is empty. The app's README says what does not work without it.")
            continue
        try:
            _ask(account, model)
        except ClientError as error:
            if "not authorized to perform" in str(error):
                raise  # by IAM, which says nothing about the worker's access
            if error.response["Error"]["Code"] in PASSING:
                yield Finding("note", f"{name}: Bedrock did not answer for {model} just now: {error}.")
                continue
            yield Finding(
                "stop",
                f"{name}: Bedrock refuses {model} in {account.region}: {error.response['Error']['Message']} "
                f"Set it in the stage {stage.name} of samconfig.toml to a model or inference profile of this "
                f"region that the account has access to.",
            )
        else:
            yield Finding("ok", f"{name}: {model} answers")


def _ask(account: Account, model: str) -> None:
    """Ask for one token, which costs less than a cent. Nothing else shows that the account has access."""
    account.client("bedrock-runtime").converse(
        modelId=model,
        messages=[{"role": "user", "content": [{"text": "Answer with one word."}]}],
        inferenceConfig={"maxTokens": 1},
    )


def check_key(stage: Stage, account: Account) -> Findings:
    arn = _values(stage, account)["KmsKeyArn"]
    if not arn:
        return
    key = account.client("kms").describe_key(KeyId=arn)["KeyMetadata"]
    if (key["KeyState"], key["KeySpec"]) == ("Enabled", "SYMMETRIC_DEFAULT"):
        yield Finding("ok", "KmsKeyArn: the key is enabled")
    else:
        yield Finding(
            "stop",
            f"KmsKeyArn: the key is {key['KeyState']}, {key['KeySpec']}. Choose an enabled, symmetric key.",
        )
