# Everything a person types. `make` alone lists the commands.
.DEFAULT_GOAL := help
SHELL := /bin/sh
STAGE ?= dev

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := UV_PYTHON=$(PYTHON) UV_PYTHON_DOWNLOADS=never .tools/bin/uv
RUN := .venv/bin/python
# A worker per core; tests/conftest.py says what comes to the same one.
PARALLEL := --numprocesses=auto --dist=loadgroup --no-loadscope-reorder
CDK := $(RUN) -m infra.cdk

# Tools of ours keep their bytecode, whatever the shell says: without it a synth takes twice as long.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup engine chromium callers run stop test unit thorough check format compile diagram openapi screenshots bench synth impact deploy diff sender smoke diff-contract copy-back restored retell users destroy clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 15

run: setup ## bring everything up on this machine and play an order through it, of QUEUE if that is given
	@$(RUN) -m infra.local run $(if $(QUEUE),--queue $(QUEUE))

stop: ## end what `make run` started
	@if [ -x $(RUN) ]; then $(RUN) -m infra.local stop; fi

test: setup chromium callers ## all tests that need no AWS account
	@$(RUN) -m pytest $(PARALLEL)

unit: setup ## the tests that need no engine and no browser, on all cores
	@$(RUN) -m pytest $(PARALLEL) tests/unit tests/model

thorough: setup chromium callers ## all tests, with twenty times the examples of each property and the model checks in full
	@$(RUN) -m pytest $(PARALLEL) --hypothesis-profile=thorough

check: setup ## lint, format, types, import arrows, compiled and drawn queues, the OpenAPI document
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(RUN) -m statemachines --check
	@$(RUN) -m statemachines.diagram --check
	@$(RUN) -m infra.generate.openapi --check

format: setup ## put the code into shape
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

compile: setup ## queues -> state machines, with their price
	@$(RUN) -m statemachines

diagram: setup ## queues -> pictures, in docs/queues
	@$(RUN) -m statemachines.diagram

openapi: setup ## methods of the API -> docs/openapi.json
	@$(RUN) -m infra.generate.openapi

screenshots: setup chromium ## pictures of every page of the forms -> docs/screenshots
	@$(RUN) -m tests.browser.screenshots

bench: setup ## the budgets of docs/decisions.md, measured
	@$(RUN) -m tests.bench

faults: setup ## kills processes at named points of real orders; nothing may be lost or done twice
	@$(RUN) -m tests.faults

synth: setup ## the CloudFormation template of STAGE, into cdk.out; no account needed
	@$(CDK) synth --quiet -c stage=$(STAGE)

impact: setup ## what a deploy of STAGE would do to the orders under way; fails if it would harm any
	@$(RUN) -m infra.operate.impact --stage $(STAGE)

deploy: impact sender ## to AWS, with your ordinary credentials: make deploy STAGE=dev
	@$(CDK) deploy OrderQueues-$(STAGE) -c stage=$(STAGE)

sender: setup ## has SES know the mail domain of STAGE, which stages share and no stack owns
	@$(RUN) -m infra.operate.sender --stage $(STAGE)

diff: setup ## what a deploy of STAGE would change
	@$(CDK) diff OrderQueues-$(STAGE) -c stage=$(STAGE)

smoke: setup ## asks a deployed stage what only AWS can tell, and sends one order through it: make smoke STAGE=dev
	@$(RUN) -m infra.operate.smoke --stage $(STAGE)

diff-contract: setup ## any line of an order that was not signed: make diff-contract STAGE=dev ORDER=1001
	@$(RUN) -m infra.operate.diff_contract --stage $(STAGE) $(ORDER)

retell: setup ## passes on changes of orders that were set aside: make retell STAGE=dev
	@$(RUN) -m infra.operate.redrive --stage $(STAGE)

copy-back: setup ## what a recovery (FROM=table) has of lost and spoiled orders, back into STAGE; only shown without EXECUTE=1
	@$(RUN) -m infra.operate.copy_back --stage $(STAGE) --source "$(FROM)" $(if $(EXECUTE),--execute) $(ORDERS)

restored: setup ## goes on after rows of the order table of STAGE were restored to a moment (docs/operating.md)
	@$(RUN) -m infra.operate.restored --stage $(STAGE)

users: setup ## users of the API of STAGE: make users STAGE=dev ARGS="add NAME --role supervisor"
	@$(RUN) -m infra.operate.users --stage $(STAGE) $(ARGS)

destroy: setup ## take STAGE down, once no order is under way (STOP=1 ends them); docs/operating.md says what stays
	@$(RUN) -m infra.operate.leave --stage $(STAGE) $(if $(STOP),--stop)
	@$(CDK) destroy OrderQueues-$(STAGE) -c stage=$(STAGE)

setup: .local/setup.stamp

engine: .local/setup.stamp ## the embedded engine's environment

chromium: ## the browser of the tests of the pages, if there is none
	@sh tests/chromium.sh

callers: ## PHP, Ruby and Go for the tests of callers in these languages, those that are missing
	@sh tests/callers.sh

# uv comes from PyPI like everything else; Node comes with it, and brings the CDK command line.
.local/setup.stamp: uv.lock pyproject.toml package-lock.json .tools/uv-$(UV_VERSION)
	@echo "setting up: project environment"
	@$(UV) sync --locked --quiet --compile-bytecode
	@echo "setting up: engine environment"
	@UV_PROJECT_ENVIRONMENT=.venv-engine $(UV) sync --locked --quiet --compile-bytecode --only-group engine
	@echo "setting up: environment of the client ubersmith-api"
	@UV_PROJECT_ENVIRONMENT=.venv-ubersmith-api $(UV) sync --locked --quiet --compile-bytecode --only-group ubersmith_api
	@echo "setting up: CDK command line"
	@$(RUN) -m infra.cdk --install
	@echo "setting up: dependency layers of the functions"
	@$(RUN) -m infra.functions.layer
	@mkdir -p .local && touch $@

.tools/uv-$(UV_VERSION):
	@echo "setting up: uv $(UV_VERSION)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with PYTHON=")'
	@$(PYTHON) -m venv --clear .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

clean: stop ## remove what is not checked in
	@rm -rf .local .venv .venv-engine .venv-ubersmith-api .tools node_modules cdk.out
