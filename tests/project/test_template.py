"""The template's promises that an emulator cannot enforce."""

import itertools
import re
import subprocess
from collections.abc import Iterator
from typing import Any, cast

import pytest
import yaml

from claimcheck.authoring.catalog import MAX_DEADLINE, MAX_HORIZON, MAX_RETENTION
from claimcheck.aws.s3_files import TAG, UNUSED
from claimcheck.build.apps import Function, read_apps
from claimcheck.build.template import with_blocks
from claimcheck.domain.files import INPUT_FOLDERS, UPLOAD_LIFE, UPLOAD_TIME, upload_key
from claimcheck.domain.job import CALLBACK_HORIZON, DAY
from claimcheck.installed import load_catalog
from claimcheck.settings import Settings
from tests.kit.deployment import FUNCTIONS, LAYERS, PROJECT, RESOURCES, TEMPLATE, properties, variables

APPS = read_apps(PROJECT / "apps")
PLATFORM_VARIABLES = {
    "AWS_CA_BUNDLE",
    "BASE_PATH",
    "LOG_EXCEPTIONS",
    "LOG_LEVEL",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_SERVICE_NAME",
}
"""Read by the SDK, by Powertools, by our logs and by our paths, not by our settings."""
TRACE_PERMISSION = {
    "Effect": "Allow",
    "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    "Resource": "*",
}
KEY_PERMISSION = {
    "Effect": "Allow",
    "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
    "Resource": {"Ref": "KmsKeyArn"},
}


def statements(function: str) -> list[dict[str, Any]]:
    [policy] = properties(f"{function}Role")["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return [each for each in found if "Fn::If" not in each]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def grants(function: str) -> Iterator[tuple[str, str, Any]]:
    """Return the (action, resource, condition) grants, one of each."""
    for statement in statements(function):
        pairs = itertools.product(as_list(statement["Action"]), as_list(statement["Resource"]))
        for action, resource in pairs:
            yield action, str(resource), statement.get("Condition")


class Recorder(dict[str, str]):
    """An empty mapping that records the requested keys."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return default


def test_sam_accepts_the_template() -> None:
    done = subprocess.run(
        ["sam", "validate", "--lint", "--region", "us-east-1"], cwd=PROJECT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "[[" not in done.stdout + done.stderr


def test_every_worker_timeout_that_the_template_accepts_is_enough_for_every_job_type() -> None:
    shortest = TEMPLATE["Parameters"]["WorkerTimeout"]["MinValue"]

    assert load_catalog(shortest).names == load_catalog().names


def test_the_functions_are_the_folders() -> None:
    serverless = {n for n, r in RESOURCES.items() if r["Type"] == "AWS::Serverless::Function"}

    assert serverless == {*FUNCTIONS, "ServeConsole"}
    assert {p.name for p in (PROJECT / "functions").iterdir() if p.is_dir()} == set(FUNCTIONS.values())
    for name, folder in FUNCTIONS.items():
        assert properties(name)["CodeUri"] == f"functions/{folder}"
        assert variables(name)["POWERTOOLS_SERVICE_NAME"] == folder


def test_the_settings_read_exactly_what_the_template_sets() -> None:
    environ = Recorder()
    Settings.read(environ)

    apps = {name for app in APPS for variables in app.declared.environment.values() for name in variables}
    assert environ.asked == set().union(*map(variables, FUNCTIONS)) - PLATFORM_VARIABLES - apps


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_the_variables_that_apps_declare_for_it(function: str) -> None:
    declared = [app.declared.environment.get(cast("Function", FUNCTIONS[function]), {}) for app in APPS]

    assert {name for each in declared for name in each} <= variables(function).keys()


def test_the_apps_blocks_are_what_the_apps_ask_for() -> None:
    template = (PROJECT / "template.yaml").read_text()

    assert template == with_blocks(template, APPS), "run make template"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_logs_to_a_group_with_retention_and_to_no_other(function: str) -> None:
    logs = f"{function}Logs"

    assert properties(function)["LoggingConfig"]["LogGroup"] == {"Ref": logs}
    assert properties(logs)["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert {resource for action, resource, _ in grants(function) if action.startswith("logs:")} == {
        str({"Fn::GetAtt": [logs, "Arn"]})
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_names_every_action_and_resource(function: str) -> None:
    assert "ManagedPolicyArns" not in properties(f"{function}Role")
    for action, resource, _ in grants(function):
        assert "*" not in action
        # Amazon Translate has no resources (Service Authorization Reference, "Amazon Translate").
        assert resource != "*" or action == "translate:TranslateText"


def test_get_job_writes_nothing_but_rate_windows() -> None:
    reads = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "s3:GetObject"}
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}

    writes = [(action, condition) for action, _, condition in grants("GetJob") if action not in reads | logs]

    assert writes == [
        ("dynamodb:UpdateItem", {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["RATE#*"]}})
    ]


def test_the_functions_write_objects_below_their_prefix_and_delete_only_inputs() -> None:
    objects = {
        (function, action.removeprefix("s3:"), resource.partition("Arn}")[2].rstrip("'}"))
        for function in FUNCTIONS
        for action, resource, _ in grants(function)
        if action in ("s3:PutObject", "s3:DeleteObject")
    }

    assert objects == {
        (function, action, place)
        for function, action, name in (
            ("SubmitJob", "PutObject", "input"),
            ("Sweeper", "PutObject", "input"),
            ("Worker", "PutObject", "result"),
            ("SubmitJob", "DeleteObject", "input"),
            ("Sweeper", "DeleteObject", "input"),
            ("Worker", "DeleteObject", "input"),
        )
        # The second form is of version 0.1, which runs on while a deploy replaces it.
        for place in (f"/{name}/*", f"/*/{name}-*")
    } | {
        ("SubmitJob", "PutObject", "/uploads/*"),
        ("Worker", "PutObject", "/input/*"),  # of the retries that a bulk job makes
    }


def test_the_api_sends_reads_and_leftovers_to_get_job_and_the_rest_to_submit_job() -> None:
    def routes(function: str) -> set[str]:
        events = properties(function)["Events"].values()
        found = [e["Properties"] for e in events if e["Type"] == "HttpApi"]
        return {f"{p['Method']} {p['Path']}" if "Path" in p else "$default" for p in found}

    assert routes("SubmitJob") == {"POST /{proxy+}", "PUT /{proxy+}", "DELETE /{proxy+}"}
    assert routes("GetJob") == {"GET /{proxy+}", "$default"}


def test_the_console_is_off_unless_a_parameter_says_so_and_its_function_may_only_log() -> None:
    parts = {name: each for name, each in RESOURCES.items() if "Console" in name}
    [policy] = properties("ServeConsoleRole")["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]

    assert TEMPLATE["Parameters"]["Console"]["Default"] == "false"
    assert TEMPLATE["Conditions"]["HasConsole"] == {"Fn::Equals": [{"Ref": "Console"}, "true"]}
    assert len(parts) == 4
    assert {each["Condition"] for each in parts.values()} == {"HasConsole"}
    assert statement == {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": {"Fn::GetAtt": ["ServeConsoleLogs", "Arn"]},
    }
    assert properties("ServeConsoleLogs")["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    # Its logs have no URLs, and it sends no traces.
    assert properties("ServeConsole")["LoggingConfig"]["ApplicationLogLevel"] == "WARN"
    assert properties("ServeConsole")["Tracing"] == "PassThrough"
    assert "Layers" not in properties("ServeConsole")


def test_the_api_sends_the_console_s_pages_and_forms_to_its_function() -> None:
    events = [each["Properties"] for each in properties("ServeConsole")["Events"].values()]

    assert {(each["Method"], each["Path"]) for each in events} == {
        (method, path) for method in ("GET", "POST") for path in ("/console", "/console/{proxy+}")
    }


def test_the_api_is_throttled() -> None:
    settings = properties("Api")["DefaultRouteSettings"]

    assert settings == {
        "ThrottlingRateLimit": {"Ref": "ThrottlingRate"},
        "ThrottlingBurstLimit": {"Ref": "ThrottlingBurst"},
    }


def test_a_worker_returns_failed_wake_ups_one_by_one_and_may_wake_itself() -> None:
    wake_up = properties("Worker")["Events"]["WakeUp"]["Properties"]

    assert wake_up["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert wake_up["ScalingConfig"]["Fn::If"][2] == {"MaximumConcurrency": {"Ref": "WorkerMaxConcurrency"}}
    assert TEMPLATE["Parameters"]["WorkerBatchSize"]["Default"] == 1
    assert properties("Worker")["RecursiveLoop"] == "Allow"


def test_pollers_of_your_own_replace_the_limit_of_workers() -> None:
    wake_up = properties("Worker")["Events"]["WakeUp"]["Properties"]
    own = {"MinimumPollers": {"Ref": "WorkerMinPollers"}, "MaximumPollers": {"Ref": "WorkerMaxPollers"}}

    assert wake_up["ProvisionedPollerConfig"]["Fn::If"] == ["HasPollers", own, {"Ref": "AWS::NoValue"}]
    assert wake_up["ScalingConfig"]["Fn::If"][:2] == ["HasPollers", {"Ref": "AWS::NoValue"}]
    assert TEMPLATE["Parameters"]["WorkerMinPollers"]["Default"] == 0


def test_a_wake_up_stays_hidden_as_long_as_a_worker_may_run() -> None:
    assert properties("Queue")["VisibilityTimeout"] == properties("Worker")["Timeout"]


def test_a_wake_up_that_fails_ten_times_is_kept() -> None:
    assert properties("Queue")["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]},
        "maxReceiveCount": 10,
    }


def test_the_sweeper_runs_every_minute_and_never_late_or_twice() -> None:
    tick = properties("Sweeper")["Events"]["Tick"]
    once = {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}

    assert tick["Type"] == "ScheduleV2"
    assert tick["Properties"]["ScheduleExpression"] == "rate(1 minute)"
    assert tick["Properties"]["RetryPolicy"] == once
    assert properties("Sweeper")["EventInvokeConfig"] == once


def test_each_waived_rule_of_checkov_has_a_reason() -> None:
    config = (PROJECT / ".checkov.yaml").read_text()
    waived = yaml.safe_load(config)["skip-check"]

    assert waived
    assert len(re.findall(r"^  - CKV\w+ # [^\n]{20,}$", config, re.MULTILINE)) == len(waived)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_built_for_the_architecture_that_it_lists(layer: str) -> None:
    """SAM warns if it does not know."""
    assert RESOURCES[layer]["Metadata"]["BuildArchitecture"] == {"Ref": "Architecture"}
    assert properties(layer)["CompatibleArchitectures"] == [{"Ref": "Architecture"}]


def test_the_api_refuses_no_generated_parameter() -> None:
    assert "FailOnWarnings" not in properties("Api")


def test_nothing_reserves_concurrency() -> None:
    for function in FUNCTIONS:
        assert "ReservedConcurrentExecutions" not in properties(function)


def test_the_table_survives_its_stack_and_can_be_restored() -> None:
    table = properties("Table")

    for kept in (RESOURCES["Table"], RESOURCES["Bucket"]):
        # A first deploy that fails keeps neither, so the next one can create them.
        assert kept["DeletionPolicy"] == "RetainExceptOnCreate"
        assert kept["UpdateReplacePolicy"] == "Retain"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "delete_at", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_table_and_the_bucket_can_be_protected_from_deletion() -> None:
    _, _, protection = properties("BucketPolicy")["PolicyDocument"]["Statement"]

    assert properties("Table")["DeletionProtectionEnabled"] == {"Fn::If": ["IsProtected", True, False]}
    assert protection["Fn::If"][0] == "IsProtected"
    assert (protection["Fn::If"][1]["Effect"], protection["Fn::If"][1]["Action"]) == (
        "Deny",
        "s3:DeleteBucket",
    )


def test_no_index_holds_what_changes_while_a_job_runs() -> None:
    for index in properties("Table")["GlobalSecondaryIndexes"]:
        assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
        assert "status" not in {key["AttributeName"] for key in index["KeySchema"]}


def test_the_bucket_is_private_and_encrypted() -> None:
    bucket = properties("Bucket")

    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["BucketEncryption"]
    tls, once, _ = properties("BucketPolicy")["PolicyDocument"]["Statement"]
    assert tls["Effect"] == "Deny"
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert once["Condition"] == {"Null": {"s3:if-none-match": "true"}}
    assert (once["Effect"], once["Action"]) == ("Deny", "s3:PutObject")
    assert once["Resource"] == {"Fn::Sub": "${Bucket.Arn}/uploads/*"}


def test_without_a_key_of_your_own_nothing_uses_kms() -> None:
    table, bucket = properties("Table"), properties("Bucket")
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    condition, own, free = table["SSESpecification"]["Fn::If"]
    # DynamoDB's own key is free. `SSEEnabled: true` alone would be the key of KMS, which charges its use.
    assert (condition, free) == ("HasKey", {"Ref": "AWS::NoValue"})
    assert own == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Ref": "KmsKeyArn"}}
    condition, own, free = rule["ServerSideEncryptionByDefault"]["Fn::If"]
    assert (condition, free) == ("HasKey", {"SSEAlgorithm": "AES256"})
    assert own == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Ref": "KmsKeyArn"}}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_use_your_key_and_send_traces_only_if_a_parameter_says_so(function: str) -> None:
    [policy] = properties(f"{function}Role")["Policies"]
    conditional = [each["Fn::If"] for each in policy["PolicyDocument"]["Statement"] if "Fn::If" in each]

    assert conditional == [
        ["HasKey", KEY_PERMISSION, {"Ref": "AWS::NoValue"}],
        ["IsTraced", TRACE_PERMISSION, {"Ref": "AWS::NoValue"}],
    ]


def test_no_function_is_traced_unless_a_parameter_says_so() -> None:
    everywhere = TEMPLATE["Globals"]["Function"]

    assert everywhere["Tracing"] == {"Fn::If": ["IsTraced", "Active", "PassThrough"]}
    assert TEMPLATE["Conditions"]["IsTraced"] == {"Fn::Equals": [{"Ref": "Tracing"}, "true"]}
    assert TEMPLATE["Parameters"]["Tracing"]["Default"] == "false"
    assert [name for name in FUNCTIONS if "Tracing" in properties(name)] == []


def test_a_deploy_switches_code_and_layers_together() -> None:
    everywhere = TEMPLATE["Globals"]["Function"]

    assert everywhere["AutoPublishAlias"] == "live"
    assert everywhere["AutoPublishAliasAllProperties"] is True


def test_only_the_functions_behind_the_api_start_from_snapshots() -> None:
    having = {name for name in FUNCTIONS if "SnapStart" in properties(name)}

    assert having == {"SubmitJob", "GetJob"}
    assert TEMPLATE["Parameters"]["SnapStart"]["Default"] == "None"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lambda_logs_no_line_for_an_invocation_that_succeeds(function: str) -> None:
    logging = properties(function)["LoggingConfig"]

    assert (logging["LogFormat"], logging["SystemLogLevel"]) == ("JSON", "WARN")
    # Our own level decides about our lines.
    assert logging["ApplicationLogLevel"] == "DEBUG"


def test_an_access_log_has_neither_query_nor_address() -> None:
    condition, logged, _ = properties("Api")["AccessLogSettings"]["Fn::If"]

    assert condition == "LogsAccess"
    assert TEMPLATE["Parameters"]["AccessLogs"]["Default"] == "false"
    assert not {"query", "sourceIp", "authorizer", "error"} & set(re.findall(r"\w+", logged["Format"]))


def rules() -> dict[str, Any]:
    return {rule["Id"]: rule for rule in properties("Bucket")["LifecycleConfiguration"]["Rules"]}


def test_a_payload_outlives_every_job_that_names_it() -> None:
    rule = rules()["payloads"]

    longest = MAX_HORIZON + MAX_DEADLINE + MAX_RETENTION + CALLBACK_HORIZON
    assert rule["ExpirationInDays"] * DAY > longest


def test_the_bucket_keeps_an_input_as_long_as_its_folder_says() -> None:
    *shorter, longest = INPUT_FOLDERS
    found = {
        rule["Prefix"]: rule["ExpirationInDays"]
        for name, rule in rules().items()
        if name.startswith("inputs-")
    }

    assert found == {f"{INPUT_FOLDERS[days]}/": days for days in shorter}
    assert rules()["payloads"]["ExpirationInDays"] == longest
    assert {rule["Status"] for rule in rules().values()} == {"Enabled"}


def test_unused_uploads_are_deleted_earlier() -> None:
    rule = rules()["unused-uploads"]

    assert rule["Prefix"] == upload_key("", "").partition("/")[0] + "/"
    assert rule["TagFilters"] == [{"Key": TAG, "Value": UNUSED}]
    assert rule["ExpirationInDays"] * DAY > UPLOAD_LIFE + UPLOAD_TIME


def test_every_target_of_a_build_is_a_folder() -> None:
    parameters = TEMPLATE["Parameters"]
    targets = itertools.product(
        parameters["Runtime"]["AllowedValues"], parameters["Architecture"]["AllowedValues"]
    )

    assert {"-".join(target) for target in targets} == {
        makefile.parent.name for makefile in (PROJECT / "packaging").glob("*/Makefile")
    }
