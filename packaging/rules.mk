# `sam build` runs this for each function and layer (BuildMethod: makefile), at the project's root. SAM passes
# neither the runtime nor the architecture, but resolves the template's parameters in ContextPath. So it starts
# packaging/<runtime>-<architecture>/Makefile, and the folder's name is the target.

target       := $(notdir $(patsubst %/,%,$(dir $(firstword $(MAKEFILE_LIST)))))
version      := $(patsubst python%,%,$(firstword $(subst -, ,$(target))))
architecture := $(patsubst arm64,aarch64,$(lastword $(subst -, ,$(target))))
python       := python$(version)
uv           := $(or $(wildcard .venv/bin/uv),uv)

# Amazon Linux 2023, the base of every runtime since python3.12, has glibc 2.34.
wheels := --python-version $(version) --python-platform $(architecture)-manylinux_2_28 --only-binary :all:

build-SubmitJob:     source := functions/submit_job
build-GetJob:        source := functions/get_job
build-Worker:        source := functions/worker
build-Sweeper:       source := functions/sweeper
build-EngineLayer:   source := layers/engine
build-AppsLayer:     source := apps
build-ServeConsole:  source := console

functions := build-SubmitJob build-GetJob build-Worker build-Sweeper build-ServeConsole
layers    := build-EngineLayer build-AppsLayer

# Lambda puts /opt/python on a function's path.
$(functions): root = $(ARTIFACTS_DIR)
$(functions): mount := /var/task
$(layers):    root = $(ARTIFACTS_DIR)/python
$(layers):    mount := /opt/python

# The sources' folder below that, their content for Lambda, and their packages. Of each app all subfolders and
# modules are copied, except those in `apart`. The index is written below.
destination     = $(root)
content        := .
apart          := tests requirements README.md app.toml schemas.json demo.py __pycache__
build-AppsLayer: destination = $(root)/apps
build-AppsLayer: content = $(shell cd $(source) && find . -mindepth 2 -maxdepth 2 $(apart:%=! -name %))
build-ServeConsole: destination = $(root)/console
build-ServeConsole: content = $(shell cd $(source) && find . -mindepth 1 -maxdepth 1 ! -name __main__.py ! -name pyproject.toml $(apart:%=! -name %))
build-EngineLayer: pinned := layers/engine/requirements.txt
build-ServeConsole: pinned := console/requirements.txt
build-AppsLayer:   pinned := $(wildcard apps/*/requirements/layer.txt)
build-Worker:      pinned := $(wildcard apps/*/requirements/worker.txt)

.PHONY: $(functions) $(layers) interpreter
.SILENT:

$(functions) $(layers): interpreter
	mkdir -p $(destination)
	[ -z "$(content)" ] || tar -C $(source) --exclude=__pycache__ --exclude=requirements.txt -cf - $(content) | \
		tar -C $(destination) -xf -
	$(requirements)
	$(extra)
	$(compile)

# Only wheels with the hashes of `make lock`: no package runs code here. Lambda needs no record of the installation.
define requirements
if [ -n "$(strip $(pinned))" ]; then \
	$(uv) pip install -q --no-deps --require-hashes --link-mode copy $(wheels) --target $(root) $(pinned:%=-r %) && \
	rm -rf $(root)/bin $(root)/.lock $(root)/*.dist-info && \
	find $(root) \( -name '*.pyi' -o -name py.typed \) -delete; \
fi
endef

# SAM zips with dates of 1980, so Lambda would compile every module again on each cold start. Unchecked bytecode
# ignores its source's date. Bytecode belongs to one minor version of Python. Its paths are those on Lambda. One process
# compiles: to start several takes about as long as they save.
define compile
$(python) -m compileall -q --invalidation-mode unchecked-hash -s $(root) -p $(mount) $(root)
endef

interpreter:
	$(python) -c '' 2>/dev/null || { echo 'Building for $(target) needs $(python) on PATH to compile bytecode. Install it, or choose another version: sam build --parameter-overrides Runtime=...' >&2; exit 1; }

# The build writes the index of apps, and the API's description, with this Python and the packages that ship. Before
# that it checks the apps, for which it also needs the AWS SDK, which Lambda provides, and PyYAML. SAM builds layers
# first, so a problem of an app stops all. Local builds have another command: HERE in local/deploy.py.
shipped := layers/engine/requirements.txt $(wildcard apps/*/requirements/*.txt)
CLAIMCHECK_BUILD ?= PYTHONPATH=layers/engine:. PYTHONDONTWRITEBYTECODE=1 \
	$(uv) run -q --no-project --isolated --no-build --python $(python) --with boto3 --with pyyaml \
	$(shipped:%=--with-requirements %) python -m claimcheck.build

build-AppsLayer: extra = $(CLAIMCHECK_BUILD) check $(destination)/index.py
build-GetJob: extra = $(CLAIMCHECK_BUILD) openapi > $(destination)/openapi.json
