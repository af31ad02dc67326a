# Every command first creates or updates .venv.

# Not the default shell: make 3.81, which macOS has, would run simple lines without one and without the PATH below.
SHELL   := /bin/bash
PYTHON  := $(shell command -v python3)
VERSION := $(shell python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
TOOLS   := .venv/tools-$(VERSION)
READY   := .venv/ready-$(VERSION)
INDEX   := apps/index.py
PINNED  := $(wildcard apps/*/requirements/*.txt)
UV      := uv==0.13.9
SYNC    := UV_PROJECT_ENVIRONMENT=.venv uv sync -q --frozen --python .venv/bin/python

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONPATH := layers/engine:.
export SAM_CLI_TELEMETRY := 0
# pytest's workers, and the functions that tests start, share compiled modules.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help check test slow soak explore studies apps lint types validate audit inventory app schemas template demo dev up down reset job logs key keys disable freeze credits secret delete screenshots transcript bench cost simulate doctor deploy smoke adopt build lock clean

# As they were given: for make, a dollar is the start of a variable.
override INPUT := $(value INPUT)
override LABEL := $(value LABEL)
export INPUT LABEL

# Stops a command without one of its arguments, and shows an example.
needs = $(foreach name,$(1),$(if $($(name)),,echo '$(name) is missing. Example: make $@ $(2)' >&2; exit 1;))

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s  %s\n", $$1, $$2}' Makefile

# Runs the audit beside a command, because it waits more than it computes. Fails if one of them fails. The second
# argument has options of the audit.
with_audit = log=$$(mktemp); $(MAKE) -s audit $(2) > $$log 2>&1 & $(1); tests=$$?; wait $$!; audit=$$?; \
	cat $$log; rm $$log; exit $$((tests ? tests : audit))

check: apps lint types ## check the apps, style, types and templates, and run the quick tests
	@$(call with_audit,pytest -q -n logical tests/unit tests/contract/test_memory.py clients/python/tests console/tests \
		$(wildcard apps/*/tests) --ignore-glob='*/e2e/*' --ignore-glob='*/tests/integration/*')

test: apps lint types ## check the apps, style, types and templates, and run all tests
	@# One of the tests validates the template, too.
	@$(call with_audit,pytest -n auto,-o validate)

slow: $(INDEX) ## run all tests, and list the ten slowest
	@pytest -n auto --durations=10

studies: $(INDEX) ## test the studies behind the docs
	@pytest -n auto studies

soak: $(INDEX) ## run the largest tests and kill the functions of a stack at work, then repeat the property tests with new examples: [MINUTES=10]
	@rm -rf .local/soak
	@pytest -q -m soak --junitxml=.local/soak/kills.xml
	@end=$$(($$(date +%s) + 60 * $(or $(MINUTES),10))); \
	while seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); \
		HYPOTHESIS_PROFILE=fresh pytest -q -m hypothesis --show-capture=no --hypothesis-seed=$$seed \
			--junitxml=.local/soak/$$seed.xml || { \
			echo "Replay with: HYPOTHESIS_PROFILE=fresh pytest -m hypothesis --hypothesis-seed=$$seed" >&2; exit 1; }; \
		[ $$(date +%s) -lt $$end ]; do :; done
	@python -m studies.proof soaked

apps: $(READY) ## check the apps: import them as Lambda will
	@python -m claimcheck.build check

# Other bounds print their numbers, and leave those of the page.
explore: $(INDEX) ## explore all histories of small scenarios, for docs/proof.md: [SCENARIOS=a_retry] [PREEMPTIONS=1] [FAULTS=1]
	@python -m tests.exploration $(or $(PREEMPTIONS),1) $(or $(FAULTS),1) $(SCENARIOS)
	@$(if $(PREEMPTIONS)$(FAULTS),,python -m studies.proof explored)

lint: $(READY) ## check style
	@ruff check
	@ruff format --check

types: $(INDEX) ## check types
	@mypy -n auto functions layers apps local deploy clients console tests bench studies conftest.py

CHECKOV := --from checkov==3.3.30

validate: $(READY)
	@sam validate --lint --region us-east-1

audit: validate ## check the templates with SAM, cfn-lint and Checkov
	@cfn-lint .github/aws-role.yaml
	@uvx -q $(CHECKOV) python -c '' 2>/dev/null || \
		{ echo 'Checkov did not look at the templates: PyPI, where it comes from, could not be reached.'; exit $(if $(GITHUB_ACTIONS),1); }; \
	uvx -q $(CHECKOV) checkov --config-file .checkov.yaml

# The packages of all artifacts, in an environment of their own.
SHIPPED := layers/engine/requirements.txt console/requirements.txt $(PINNED)

inventory: $(READY) ## list the packages that ship to Lambda, their licences and vulnerabilities, in .local/inventory
	@uv venv -q --clear --python .venv/bin/python .local/inventory/packages
	@uv pip install -q --no-deps --require-hashes --python .local/inventory/packages $(SHIPPED:%=-r %)
	@PYTHONWARNINGS=ignore uvx -q --from cyclonedx-bom==7.5.0 cyclonedx-py environment --pyproject pyproject.toml \
		--output-reproducible -o .local/inventory/sbom.cdx.json .local/inventory/packages
	@uvx -q pip-licenses@5.5.5 --python .local/inventory/packages/bin/python --format markdown --with-urls \
		--output-file .local/inventory/licences.md
	@# Its last line also counts packages that it says it could not look up.
	@uvx -q pip-audit@2.10.1 --disable-pip --require-hashes $(SHIPPED:%=-r %)

app: $(READY) ## create an app: NAME=billing
	@$(call needs,NAME,NAME=billing)
	@python -m claimcheck.build app "$$NAME"

schemas: $(READY) ## record the inputs of the released job types, which make check keeps valid
	@python -m claimcheck.build schemas

template: $(READY) ## update the apps' blocks in template.yaml
	@python -m claimcheck.build template

demo: $(INDEX) ## run the demo on a stack of its own
	@python -m local demo

dev: $(INDEX) ## run the local stack here: deploy each saved file, and print the logs
	@python -m local dev

up: $(INDEX) ## start the local stack in the background, or give it the newest code
	@python -m local up

# Without a stack there is nothing to stop, so no .venv is needed.
down: $(if $(wildcard .local/stack.json),$(READY)) ## stop the local stack, and keep its data
	@[ ! -e .local/stack.json ] && echo 'The local stack is not running.' || python -m local down

reset: down ## stop the local stack, and delete its data
	@rm -rf .local/data
	@echo 'The data of the local stack are deleted.'

job: $(INDEX) ## run one handler in the terminal, for breakpoint(): TYPE=billing INPUT='{"name": "Ada"}' or INPUT=@file.json
	@$(call needs,TYPE INPUT,TYPE=billing INPUT=@file.json)
	@python -m local job "$$TYPE" "$$INPUT"

logs: $(READY) ## print the local stack's logs: [JOB=<job id>] [REQUEST=<request id>]
	@python -m local logs $(if $(or $(JOB),$(REQUEST)),"$${JOB:-$$REQUEST}")

# The admin command, for the local stack, or with STACK=<name> for a stack on AWS.
ADMIN = env $(if $(REGION),AWS_DEFAULT_REGION="$$REGION") $(if $(STACK),,$$(python -m local environ)) python -m claimcheck $(if $(STACK),--stack "$$STACK")

key: $(INDEX) ## create an API key: ORG=acme [PLAN= LIMIT= DAILY= SCOPES= DIALECT= LABEL= EXPIRES=<days>] [STACK=]
	@$(call needs,ORG,ORG=acme)
	@$(ADMIN) key --org "$$ORG" $(if $(PLAN),--plan "$$PLAN") $(if $(LIMIT),--limit "$$LIMIT") \
		$(if $(DAILY),--daily "$$DAILY") $(if $(SCOPES),--scopes "$$SCOPES") $(if $(DIALECT),--dialect "$$DIALECT") $(if $(LABEL),--label "$$LABEL") \
		$(if $(EXPIRES),--expires "$$EXPIRES")

keys: $(INDEX) ## list an org's API keys: ORG=acme [STACK=]
	@$(call needs,ORG,ORG=acme)
	@$(ADMIN) keys --org "$$ORG"

disable: $(INDEX) ## disable an API key, and pause the schedules that it stored: ID=<key id> [STACK=]
	@$(call needs,ID,ID=<key id>)
	@$(ADMIN) disable --id "$$ID"

freeze: $(INDEX) ## disable all API keys of an org, pause its schedules and cancel its bulk jobs: ORG=acme [STACK=]
	@$(call needs,ORG,ORG=acme)
	@$(ADMIN) freeze --org "$$ORG"

credits: $(INDEX) ## show or add an org's credits: ORG=acme [ADD=500] [STACK=]
	@$(call needs,ORG,ORG=acme)
	@$(ADMIN) credits --org "$$ORG" $(if $(ADD),--add "$$ADD")

secret: $(INDEX) ## create a signing secret for an org's callbacks: ORG=acme [STACK=]
	@$(call needs,ORG,ORG=acme)
	@$(ADMIN) secret --org "$$ORG"

delete: $(INDEX) ## delete everything that is stored for an org: ORG=acme YES=1 [STACK=]
	@$(call needs,ORG,ORG=acme)
	@$(ADMIN) delete --org "$$ORG" $(if $(YES),--yes)

screenshots: $(INDEX) ## take the pictures of docs/howto/console.md, with Chromium
	@python -m console.tests.screenshots

transcript: $(INDEX) ## run the demo and write its output to docs/demo.md
	@python -m local transcript

bench: $(INDEX) ## run all benchmarks, and write docs/benchmarks.md and docs/cost.md (takes minutes)
	@command -v valgrind >/dev/null || { echo 'make bench needs valgrind to count instructions. Install it.' >&2; exit 1; }
	@python -m bench
	@python -m studies.cost

cost: $(INDEX) ## compute the cost of jobs at list prices, and write docs/cost.md
	@python -m studies.cost

simulate: $(INDEX) ## simulate a day at 10, 1,000 and 100,000 jobs a second, and write docs/scale.md
	@python -m studies.growth

CHOSEN = --stage "$(or $(STAGE),dev)" $(if $(REGION),--region "$$REGION")

doctor: $(READY) ## look for what could make a deploy fail, and say what to do: [STAGE=dev] [REGION=]
	@python -m deploy doctor $(CHOSEN)

deploy: $(INDEX) ## check, build and deploy a stage to AWS: [STAGE=dev] [REGION=] [ORG=<for a first key>]
	@python -m deploy deploy $(CHOSEN) $(if $(ORG),--org "$$ORG")

smoke: $(INDEX) ## walk through a stack and say which promises it keeps: [STACK=] [REGION=] [URL=] [CALLBACK=<URL>] [WAIT=no]
	@python -m deploy smoke $(if $(STACK),--stack "$$STACK") $(if $(REGION),--region "$$REGION") \
		$(if $(URL),--url "$$URL") $(if $(CALLBACK),--callback "$$CALLBACK") $(if $(filter no,$(WAIT)),--no-wait)

adopt: $(READY) ## write .local/adopt.json, which gives a new stack the table and the bucket of a deleted one: [STAGE=dev]
	@mkdir -p .local
	@python -m deploy adopt --stage "$(or $(STAGE),dev)" > .local/adopt.json

build: $(READY) ## build a stage for AWS: [STAGE=dev]
	@sam build --config-env "$(or $(STAGE),dev)"

lock: $(TOOLS) ## pin the packages of pyproject.toml and the apps, and install them
	@uv lock
	@uv export -q --frozen --only-group engine --no-header --no-annotate -o layers/engine/requirements.txt
	@uv export -q --frozen --only-group console --no-header --no-annotate -o console/requirements.txt
	@python -m claimcheck.build lock
	@$(MAKE) --no-print-directory $(READY)

clean: ## stop the local stack and delete all generated files
	@[ ! -e .local/stack.json ] || $(MAKE) --no-print-directory down
	@rm -rf .venv .aws-sam .local .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One for each minor version of python3. Another version recreates .venv.
$(TOOLS): pyproject.toml uv.lock
	@[ -n "$(PYTHON)" ] && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Claimcheck needs Python 3.11 or newer as python3.' >&2; exit 1; }
	@echo 'Setting up .venv for Python $(VERSION): about a minute the first time.' >&2
	@.venv/bin/python$(VERSION) -m pip --version >/dev/null 2>&1 || { rm -rf .venv && "$(PYTHON)" -m venv .venv; }
	@.venv/bin/python -m pip install -q --disable-pip-version-check $(UV)
	@$(SYNC)
	@touch $@

# With the apps' packages, and without those that no app needs any more.
$(READY): $(TOOLS) $(PINNED)
	@$(SYNC)
	@[ -z "$(PINNED)" ] || uv pip install -q --python .venv/bin/python $(PINNED:%=-r %) || \
		{ echo 'If packages of apps do not fit together, pin them again: make lock' >&2; exit 1; }
	@touch $@

# The index of apps of this working copy. A file that is deleted changes the time of its folder.
$(INDEX): $(READY) $(CURDIR)/apps $(shell find apps -name app.toml -o -name job_types -o -name handlers \
		-o -path '*/job_types/*.py' -o -path '*/handlers/*.py')
	@python -m claimcheck.build index $@
	@touch $@
