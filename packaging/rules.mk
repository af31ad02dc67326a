# What `sam build` runs for each function and layer (BuildMethod: makefile), at the
# project's root. SAM hands a makefile neither the runtime nor the architecture, but it
# resolves the template's parameters in ContextPath: it starts this through
# packaging/<runtime>-<architecture>/Makefile, and the folder's name is the target.

target       := $(notdir $(patsubst %/,%,$(dir $(firstword $(MAKEFILE_LIST)))))
version      := $(patsubst python%,%,$(firstword $(subst -, ,$(target))))
architecture := $(patsubst arm64,aarch64,$(lastword $(subst -, ,$(target))))
python       := python$(version)
uv           := $(or $(wildcard .venv/bin/uv),uv)

# Amazon Linux 2023, under every runtime from python3.12 on, has glibc 2.34.
wheels := --python-version $(version) --python-platform $(architecture)-manylinux_2_28 --only-binary :all:

build-SubmitJob:     source := functions/submit_job
build-GetJob:        source := functions/get_job
build-Worker:        source := functions/worker
build-Sweeper:       source := functions/sweeper
build-EngineLayer:   source := layers/engine
build-JobTypesLayer: source := layers/job_types

functions := build-SubmitJob build-GetJob build-Worker build-Sweeper
layers    := build-EngineLayer build-JobTypesLayer

# Lambda puts /opt/python on a function's path.
$(functions): destination = $(ARTIFACTS_DIR)
$(functions): mount := /var/task
$(layers):    destination = $(ARTIFACTS_DIR)/python
$(layers):    mount := /opt/python

.PHONY: $(functions) $(layers) interpreter
.SILENT:

$(functions) $(layers): interpreter
	mkdir -p $(destination)
	tar -C $(source) --exclude=__pycache__ --exclude=requirements.txt -cf - . | tar -C $(destination) -xf -
	$(requirements)
	$(extra)
	$(compile)

# Lambda needs the packages, not how they were installed.
define requirements
if [ -f $(source)/requirements.txt ]; then \
	$(uv) pip install -q --no-deps --link-mode copy $(wheels) --target $(destination) -r $(source)/requirements.txt && \
	rm -rf $(destination)/bin $(destination)/.lock $(destination)/*.dist-info && \
	find $(destination) \( -name '*.pyi' -o -name py.typed \) -delete; \
fi
endef

# SAM zips with dates of 1980, which would make Lambda compile every module again on each
# cold start: bytecode that never looks at its source's date does not mind. Bytecode belongs
# to one minor version of Python. The paths in it are those on Lambda.
define compile
$(python) -m compileall -q -j 0 --invalidation-mode unchecked-hash -s $(destination) -p $(mount) $(destination)
endef

interpreter:
	$(python) -c '' 2>/dev/null || { echo 'Building for $(target) needs a $(python) on PATH, to compile its bytecode. Install one, or build for another: sam build --parameter-overrides Runtime=...' >&2; exit 1; }

# The document of the API is made here, from the models, so that reading it needs none of them.
build-GetJob: extra = PYTHONPATH=layers/engine:layers/job_types PYTHONDONTWRITEBYTECODE=1 \
	$(uv) run -q --no-project --isolated --with-requirements layers/engine/requirements.txt \
	python -m claimcheck.openapi > $(destination)/openapi.json
