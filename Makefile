# Every target is a thin call of a script in deploy/local; `make help` lists them.
export WAYBILL_BEGAN := $(shell LC_ALL=C bash -c 'echo $$EPOCHREALTIME')
local := deploy/local
instance := dev
services := $(shell sed -n 's/^\([a-z][a-z-]*\) .*/\1/p' $(local)/services.txt)
# `make scale order=3 product=2`: the services that were named on the command line
scaled := $(foreach s,$(services),$(if $(filter command%,$(origin $(s))),$(s)=$($(s))))

.DEFAULT_GOAL := help
.PHONY: help setup run stop status logs scale build test test-unit test-suite test-contract test-integration test-e2e \
        drill test-upgrade test-kubernetes test-containers chaos chaos-power asan tsan fuzz bench format lint demo clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo 'More in $(local)/README.md. WAYBILL_PORT_BASE moves the ports, WAYBILL_RUN_DIR the folder of an instance.'

setup:  ## install the Debian packages, Kafka and the web assets, turn the commit hook on
	@$(local)/setup.sh
	@git config core.hooksPath .githooks

run:  ## set up, build, start everything; returns when a write and a read went through the gateway
	@$(local)/setup.sh
	@$(local)/build.sh release platform
	@$(local)/platform.sh $(instance) up

stop:  ## stop the platform; its data stays
	@$(local)/platform.sh $(instance) down

status:  ## processes, health, instances and queues of the running platform
	@$(local)/platform.sh $(instance) status

logs:  ## what the services say; of one: make logs service=order (or kafka, postgres, rabbitmq, redis)
	@$(local)/platform.sh $(instance) logs $(service)

scale:  ## run more or fewer of a service: make scale order=3 product=2 (kept until changed)
	@$(local)/platform.sh $(instance) scale $(scaled)

build:  ## build everything in build/dev; another preset: make build preset=release
	@$(local)/setup.sh
	@$(local)/build.sh $(or $(preset),dev)

test:  ## all tests, with servers of their own; some of them: make test TEST=regex
	@$(local)/test.sh dev unit suite integration e2e

test-unit:  ## unit tests (no servers)
	@$(local)/test.sh dev unit

test-suite:  ## suites that every implementation of an interface must pass
	@$(local)/test.sh dev suite

test-contract:  ## the running API against /openapi.json: 5,000 generated requests; others: CASES=n
	@$(local)/schema.sh $(CASES)

test-integration:  ## libraries and services against real servers, migrations up and down
	@$(local)/test.sh dev integration

test-e2e:  ## the whole platform, with kills
	@$(local)/test.sh dev e2e

drill:  ## backup, loss and restore of an instance of its own, ending with the audit
	@$(local)/build.sh $(or $(preset),release) platform
	@$(local)/drill.sh $(or $(preset),release)

test-upgrade:  ## old and new programs together pass the end-to-end tests: make test-upgrade old=COMMIT
	@$(local)/build.sh $(or $(preset),dev)
	@$(local)/upgrade.sh $(old) $(or $(preset),dev)

test-kubernetes:  ## the manifests against the published schemas (kubectl or kustomize)
	@deploy/kubernetes/check.sh

test-containers:  ## docker-compose.yml for real, in a private Docker engine (root; docker.io, docker-compose, debootstrap)
	@$(local)/build.sh $(or $(preset),release) platform
	@deploy/docker/check.sh build/$(or $(preset),release)

chaos:  ## random faults under load, then the audit: SEED=n FAULTS=n; others: make chaos run='recovery'
	@$(local)/setup.sh
	@$(local)/build.sh $(or $(preset),dev)
	@$(local)/chaos.sh $(or $(preset),dev) $(or $(run),run $(if $(SEED),--seed $(SEED)) --faults $(or $(FAULTS),30))

chaos-power:  ## proof that the tests see: 14 known bugs are built in, one at a time; some: BUG='name…'
	@tests/chaos/planted.sh $(BUG)

asan:  ## unit, suite and integration tests under the address and undefined behaviour sanitizers
	@$(local)/test.sh asan unit suite integration

tsan:  ## the same under the thread sanitizer
	@$(local)/test.sh tsan unit suite integration

fuzz:  ## every fuzz target for FUZZ_SECONDS (60)
	@$(local)/fuzz.sh

bench:  ## orders and reads per second beside the machine's limits; options: make bench args='...'
	@$(local)/bench.sh $(args)

demo:  ## import a real day of a real shop into the running platform and compare what came out
	@$(local)/demo.sh $(instance) $(args)

format:  ## format all C++ files; only look: make format check=1
	@$(local)/format.sh $(if $(check),check)

lint:  ## clang-tidy on the C++ files changed since base (HEAD~1), shellcheck; everything: make lint all=1
	@$(local)/lint.sh $(if $(all),all,$(or $(base),HEAD~1))

clean:  ## stop all instances, remove build and .run; .deps too: make clean all=1
	@$(local)/clean.sh $(if $(all),all)
