# The commands of this repository. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
STAGE ?= dev

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := UV_PYTHON=$(PYTHON) UV_PYTHON_DOWNLOADS=never .tools/bin/uv
RUN := .venv/bin/python
# A worker per core; tests/conftest.py decides which tests share one.
PARALLEL := --numprocesses=auto --dist=loadgroup --no-loadscope-reorder
CDK := $(RUN) -m infra.cdk
# The app has one stage: its product, its operations, and its front where the stage has one.
STACKS = --all

# Keep bytecode whatever the shell's settings: without it a synth takes twice as long.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup owned engine chromium callers run stop test slow unit thorough check format compile diagram texts openapi settings permissions screenshots bench faults crowd upgrade-test pipeline audit release new-stage synth cost print-deploy-role impact deploy mail-domain diff smoke diff-contract redrive restore migrate-orders copy-back verify-history begin-history erase-history reconcile reconcile-payments rebuild check-orders export-invoices export-person erase-person rotate-front users order destroy clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 20

run: setup ## start everything on this machine and follow an order through it; QUEUE names its queue
	@$(RUN) -m infra.local run $(if $(QUEUE),--queue $(QUEUE))

stop: ## stop what `make run` started
	@if [ -x $(RUN) ]; then $(RUN) -m infra.local stop; fi

test: setup chromium callers ## run the tests that need no AWS account, but for the slow ones
	@$(RUN) -m pytest $(PARALLEL) -m "not slow"

slow: setup chromium callers ## run the slow tests: those that deploy, destroy or synthesize again and again
	@$(RUN) -m pytest $(PARALLEL) -m slow

unit: setup ## run the tests that need no engine and no browser, on all cores
	@$(RUN) -m pytest $(PARALLEL) tests/unit

thorough: setup chromium callers ## run all tests, slow ones too, with twenty times the examples per property, and the model checks in full
	@$(RUN) -m pytest $(PARALLEL) --hypothesis-profile=thorough

check: setup ## check lint, format, types, import arrows, names and prose, compiled and drawn queues, translations, the OpenAPI document and the page of settings
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(RUN) -m tests.style
	@$(RUN) -m statemachines --check
	@$(RUN) -m statemachines.diagram --check
	@$(RUN) -m infra.generate.texts --check
	@$(RUN) -m infra.generate.openapi --check
	@$(RUN) -m infra.generate.settings_page --check

format: setup ## format the code and apply the linter's fixes
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

compile: setup ## compile queues to state machines, and print their price per order; STAGES=folder is yours
	@$(RUN) -m statemachines

diagram: setup ## draw the queues into docs/queues
	@$(RUN) -m statemachines.diagram

texts: setup ## bring translations up to date with the texts for buyers, and compile them
	@$(RUN) -m infra.generate.texts

openapi: setup ## write docs/openapi.json from the methods of the API
	@$(RUN) -m infra.generate.openapi

settings: setup ## write docs/settings.md from the settings of a stage
	@$(RUN) -m infra.generate.settings_page

permissions: setup ## write docs/permissions.md from the roles of a stage
	@$(RUN) -m infra.generate.permissions_page

screenshots: setup chromium ## take pictures of every page of the forms, of the desk with 1,000 orders, and of an invoice, into docs/screenshots
	@$(RUN) -m tests.browser.screenshots
	@$(RUN) -m tests.browser.desk_screenshots
	@$(RUN) -m tests.browser.invoice_screenshots

bench: setup ## measure the budgets of docs/decisions.md
	@$(RUN) -m tests.bench

faults: setup ## kill processes at named points of real orders; fails if anything is lost or done twice
	@$(RUN) -m tests.faults

crowd: setup ## send ORDERS=200 orders at once, with cancels, declines and webhooks in every order; fails if a number or a cent is missing
	@$(RUN) -m tests.flow.money.crowd $(if $(ORDERS),--orders $(ORDERS)) $(if $(SEED),--seed $(SEED))

upgrade-test: setup ## deploy the working tree over the last release while orders stand and walk (ORDERS=200 of them); fails if any is lost or doubled
	@$(RUN) -m tests.upgrade $(if $(RELEASE),--release $(RELEASE)) $(if $(ORDERS),--orders $(ORDERS))

pipeline: setup ## run the steps of the workflow `check` in its order
	@$(RUN) -m infra.delivery.steps

audit: setup ## look for known faults of locked dependencies in a public database; fails if that does not know one of them
	@$(UV) export --locked --quiet --no-emit-project --format requirements-txt --output-file .local/locked.txt
	@$(UV) tool run --quiet pip-audit@2.10.1 --strict --disable-pip --requirement .local/locked.txt

release: setup ## write the notes, sources and checksums of TAG into .local/release
	@$(RUN) -m infra.delivery.release --tag "$(TAG)"

new-stage: setup ## ask a few questions and write the file of a new stage; STAGES=folder is yours
	@$(RUN) -m infra.stages.new_stage

synth: setup owned ## write the CloudFormation template of STAGE into cdk.out; no account needed
	@$(CDK) synth --quiet -c "stage=$(STAGE)"

cost: setup ## print the list price of STAGE a month, and per 1,000 orders; no account needed
	@$(RUN) -m infra.operate.cost --stage "$(STAGE)"

print-deploy-role: setup ## print the policies for who deploys STAGE to ACCOUNT and REGION, and who only compares, and a permissions boundary
	@$(RUN) -m infra.permissions.deploy_role --stage "$(STAGE)" --account "$(ACCOUNT)" --region "$(REGION)"

impact: setup owned ## show what a deploy of STAGE does to orders in progress; exits with 1 if it would harm one
	@$(RUN) -m infra.operate.impact --stage "$(STAGE)"

deploy: impact mail-domain ## deploy STAGE to AWS with your ordinary credentials; APPROVED=1 asks nobody about permissions that widen
	@$(CDK) deploy $(STACKS) $(if $(APPROVED),--require-approval never) -c "stage=$(STAGE)"

mail-domain: setup ## register the mail domain of STAGE with SES, and print its DNS records
	@$(RUN) -m infra.operate.mail_domain --stage "$(STAGE)"

diff: setup ## show what a deploy of STAGE would change; METHOD=template needs only the right to read
	@$(CDK) diff $(STACKS) $(if $(METHOD),--method $(METHOD)) -c "stage=$(STAGE)"
	@$(RUN) -m infra.operate.machine_diff --stage "$(STAGE)"

smoke: setup ## check a deployed stage and send one order through it; exits with 1 if anything is wrong
	@$(RUN) -m infra.operate.smoke --stage "$(STAGE)"

diff-contract: setup ## compare ORDER with its signed contract; exits with 1 if they differ
	@$(RUN) -m infra.operate.diff_contract --stage "$(STAGE)" $(ORDER)

redrive: setup ## send dead letters of order changes to their readers again; exits with 1 while any remains
	@$(RUN) -m infra.operate.redrive --stage "$(STAGE)"

restore: setup ## bring tables back to a moment (AT=2026-11-27T03:10:00Z) into new tables; EXECUTE=tables makes and compares, EXECUTE=fix fixes
	@$(RUN) -m infra.operate.restore --stage "$(STAGE)" --at "$(AT)" --execute "$(EXECUTE)" $(ORDERS)

migrate-orders: setup ## write orders again that are stored in another version than this release writes; EXECUTE=1 writes, else counts
	@$(RUN) -m infra.operate.migrate --stage "$(STAGE)" $(if $(EXECUTE),--execute)

copy-back: setup ## copy lost or unreadable orders back from a recovered table (FROM=table); EXECUTE=1 writes, else a plan
	@$(RUN) -m infra.operate.copy_back --stage "$(STAGE)" --source "$(FROM)" $(if $(EXECUTE),--execute) $(ORDERS)

verify-history: setup ## prove the history of all orders, or of ORDERS="1001 1002"; exits with 1 if an item was changed or is missing
	@$(RUN) -m infra.operate.verify_history --stage "$(STAGE)" $(ORDERS)

begin-history: setup ## record orders from before history as they stand, once; from then on no history may begin late
	@$(RUN) -m infra.operate.begin_history --stage "$(STAGE)"

erase-history: setup ## erase the person of CLIENT=101, or of ORDERS, from histories of orders; EXECUTE=1 erases, else a plan
	@$(RUN) -m infra.operate.erase_history --stage "$(STAGE)" $(if $(CLIENT),--client $(CLIENT)) $(if $(EXECUTE),--execute) $(ORDERS)

export-person: setup ## write all that is kept of CLIENT=101, or of EMAIL=ada@example.com, into a ZIP file; FILE=person.zip names it
	@$(RUN) -m infra.operate.person.export --stage "$(STAGE)" --client "$(CLIENT)" --email "$(EMAIL)" $(if $(FILE),--file "$(FILE)")

erase-person: setup ## erase what is kept of CLIENT=101, or of EMAIL; EXECUTE=1 erases, else a plan; YEARS=10 that invoices are kept
	@$(RUN) -m infra.operate.person.erase --stage "$(STAGE)" --client "$(CLIENT)" --email "$(EMAIL)" $(if $(YEARS),--years "$(YEARS)") $(if $(EXECUTE),--execute)

reconcile: setup ## bring STAGE in line with a restored order table
	@$(if $(DAY),echo "a DAY of payments is compared by make reconcile-payments; reconcile writes and knows no day" >&2; exit 2)
	@$(RUN) -m infra.operate.reconcile --stage "$(STAGE)"

reconcile-payments: setup ## compare a DAY (2026-11-26, UTC) of the payment provider of STAGE with ours; exits with 1 if they differ
	@$(RUN) -m infra.operate.payments.reconcile --stage "$(STAGE)" --day "$(DAY)"

rebuild: setup ## write the read models of STAGE (worklist, search) again from its orders; START=1 begins again after an interruption
	@$(RUN) -m infra.operate.rebuild --stage "$(STAGE)" $(if $(START),--start)

check-orders: setup ## hold STAGE's orders, counts and numbers to their promises; exits with 1 if any is broken
	@$(RUN) -m infra.operate.check_orders --stage "$(STAGE)"

export-invoices: setup ## export invoices and credit notes of STAGE from FROM to TO (2026-01-31) as CSV, pages and PDF, with proof that none is missing
	@$(RUN) -m infra.operate.export --stage "$(STAGE)" --from "$(FROM)" --to "$(TO)" $(if $(FILE),--file "$(FILE)")

rotate-front: setup ## replace the secret that proves the front of STAGE, while callers continue
	@$(RUN) -m infra.front.rotate --stage "$(STAGE)"

users: setup ## manage users of the API of STAGE: make users STAGE=dev ARGS="add NAME --role supervisor"
	@$(RUN) -m infra.operate.users --stage "$(STAGE)" $(ARGS)

order: setup ## orders of a stage from a terminal, as .venv/bin/order: make order ARGS="worklist --mine"
	@$(RUN) -m infra.operate.order $(ARGS)

destroy: setup ## take STAGE down; refused while orders are in progress (STOP=1 ends them)
	@$(RUN) -m infra.operate.before_destroy --stage "$(STAGE)" $(if $(STOP),--stop)
	@$(CDK) destroy $(STACKS) -c "stage=$(STAGE)"

setup: .local/setup.stamp

# Queues and catalog of a folder of one's own are held to the rules that `make check` holds ours to.
owned: setup
	@$(if $(STAGES),$(RUN) -m statemachines --check)

engine: .local/setup.stamp ## install the embedded engine's environment

chromium: ## install the browser for the tests of the pages, if there is none
	@sh tests/chromium.sh

callers: ## install PHP, Ruby and Go for the tests of callers, if they are missing
	@sh tests/callers.sh

# uv and Node come from PyPI like everything else; Node brings the CDK command line.
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
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: name one with PYTHON=")'
	@$(PYTHON) -m venv --clear .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

clean: stop ## remove what is not checked in
	@rm -rf .local .venv .venv-engine .venv-ubersmith-api .tools node_modules cdk.out
