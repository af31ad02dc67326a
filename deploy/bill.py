"""What a stack without jobs costs a month. docs/cost.md has the sources, and the cost of jobs."""

from typing import NamedTuple


class Line(NamedTuple):
    what: str
    dollars: float


def fixed_costs(parameters: dict[str, str]) -> list[Line]:
    """Return the costs at list prices, without free tiers, by the template's parameters."""
    lines = [Line("the sweeper, every minute", 0.21), Line("the metrics of one job type", 2.70)]
    if parameters["WorkerMinPollers"] == "0":
        lines.append(Line("Lambda's polls of the idle queue", 0.26))
    if parameters["Monitoring"] == "true":
        # "Amazon CloudWatch Pricing": each account has ten alarms and three dashboards free.
        lines += [Line("the alarms", 0.70), Line("the dashboard", 3.00)]
    if parameters["KmsKeyArn"]:
        lines.append(Line("your KMS key", 1.00))  # "AWS Key Management Service pricing"
    if parameters["Console"] == "true":
        lines.append(Line("the console's secret", 0.40))  # "AWS Secrets Manager pricing"
    return lines


def printed(parameters: dict[str, str]) -> str:
    lines = fixed_costs(parameters)
    total = sum(line.dollars for line in lines)
    lines.append(Line("a month without jobs; docs/cost.md says what jobs cost", total))
    shown = [f"  ${line.dollars:5.2f}  {line.what}" for line in lines]
    if parameters["WorkerMinPollers"] != "0":
        pollers = parameters["WorkerMinPollers"]
        shown.append(f"  and {pollers} pollers, by the hour (AWS Lambda Pricing, Provisioned mode)")
    return "\n".join(shown)
