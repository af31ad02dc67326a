"""What a stack without jobs costs a month. docs/cost.md has the sources, and the cost of jobs."""


def fixed_costs(parameters: dict[str, str]) -> dict[str, float]:
    """Return the monthly dollars of each part, at list prices, without free tiers.

    `parameters` are those of the template.
    """
    costs = {"the sweeper, every minute": 0.21, "the metrics of one job type": 2.70}
    if parameters["WorkerMinPollers"] == "0":
        costs["Lambda's polls of the idle queue"] = 0.26
    if parameters["Monitoring"] == "true":
        # "Amazon CloudWatch Pricing": each account has ten alarms and three dashboards free.
        costs |= {"the alarms": 0.70, "the dashboard": 3.00}
    if parameters["KmsKeyArn"]:
        costs["your KMS key"] = 1.00  # "AWS Key Management Service pricing"
    if parameters["Console"] == "true":
        costs["the console's secret"] = 0.40  # "AWS Secrets Manager pricing"
    return costs


def printed(parameters: dict[str, str]) -> str:
    costs = fixed_costs(parameters)
    costs["a month without jobs; docs/cost.md says what jobs cost"] = sum(costs.values())
    shown = [f"  ${dollars:5.2f}  {what}" for what, dollars in costs.items()]
    if parameters["WorkerMinPollers"] != "0":
        pollers = parameters["WorkerMinPollers"]
        shown.append(f"  and {pollers} pollers, by the hour (AWS Lambda Pricing, Provisioned mode)")
    return "\n".join(shown)
