"""The same service, built from AWS's public guidance, as a baseline for the engine.

`202 Accepted` and a job to poll: a REST API, an authorizer function, a function to submit, one to read, one
to list, a queue, a worker, a function on the dead-letter queue, tables for jobs, API keys and idempotency,
and a one-time schedule for each delayed job. Only the work of its one job type is shared with the engine,
so that both do the same. The pages that it follows:

- AWS Prescriptive Guidance, "Process events asynchronously with Amazon API Gateway, Amazon SQS, and AWS
  Fargate" and its twin with AWS Lambda; AWS Lambda Operator Guide, "Using service integrations and
  asynchronous processing": the parts, a job's row that its worker updates and its caller polls, and a
  function that marks a job whose processing failed.
- API Gateway Developer Guide, "Use API Gateway Lambda authorizers": a TOKEN authorizer that reads a database
  and returns a policy for the whole API, kept for the default of 300 seconds ("AuthorizerResultTtlInSeconds"
  of AWS::ApiGateway::Authorizer).
- Powertools for AWS Lambda (Python): "Logger", "Event Source Data Classes", "Batch Processing";
  "Idempotency", with payload validation for requests, and integrated with the batch processor for messages.
- AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping": a visibility
  timeout of six times the function's, at least five receives, partial batch responses.
- AWS Compute Blog, "Automatically delete schedules upon completion with Amazon EventBridge Scheduler".

Where the pages leave a choice it is made in the tutorial's favour: no Tracer, no Metrics, one log line an
invocation, eventually consistent reads, the input in the message and not in the row, an index by owner with
the status alone projected and none on the status, a request without an `Idempotency-Key` that costs nothing
for it. The Prescriptive Guidance's own samples go further still, and have API Gateway itself call SQS and
DynamoDB with mapping templates, behind IAM: fewer functions, but no API keys, no owners and no idempotency,
so that they are another service.
"""
