# Everything a user or a developer does, by name. Each target does its own set-up: system packages, then the build; both
# are quick when nothing is missing. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build demo test fuzz bench soak fmt oracle install package clean

PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
CASES ?=
AGAIN ?=
SETUP := tools/setup.sh
RELEASE := build/release

help: ## this list
	@echo 'Sluice runs Flink SQL event jobs natively. Two commands to begin with:'
	@echo
	@echo '  make demo      a whole job on 200,000 events; needs nothing but this machine'
	@echo '  make test      everything that CI runs'
	@echo
	@echo 'All targets:'
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo 'Variables: PREFIX and DESTDIR (install), FUZZ_SECONDS (fuzz, test; now $(FUZZ_SECONDS)),'
	@echo '  SOAK_EVENTS (soak), CASES and AGAIN (oracle: make oracle CASES=tests/sql/casts AGAIN=1).'

build: ## the release binary, build/release/sluice
	@$(SETUP) build
	@tools/build.sh release sluice

demo: ## makes events, joins them with three tables of SQLite, shows the wide table
	@$(SETUP) build demo
	@tools/build.sh release sluice
	@tools/demo.sh

test: ## what CI runs: unit, golden SQL, end to end, rules, sanitizers, fuzzing, the package
	@$(SETUP) build test
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/run_tests.py

fuzz: ## each fuzz target for FUZZ_SECONDS
	@$(SETUP) build test
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/run_tests.py fuzz

bench: ## CPU time per event against the limit programs and Flink, in one run
	@$(SETUP) build bench
	@tools/build.sh release sluice bench_programs
	@bench/run.py

soak: ## long runs: 20 million events with memory watched, ten minutes of each fuzzer
	@$(SETUP) build demo test
	@tools/build.sh release sluice
	@tools/soak.sh

fmt: ## formats all C++ sources
	@$(SETUP) fmt
	@tools/fmt.sh

oracle: ## records the expected rows of tests/sql on a real Flink, or of CASES; AGAIN=1 also known ones
	@$(SETUP) oracle
	@for version in 1.20.3 2.3.0; do \
	  tools/oracle/run.sh --flink $$version $(if $(AGAIN),--all) $(CASES); \
	done

install: build ## installs to PREFIX below DESTDIR
	@cmake --install $(RELEASE) --prefix $(PREFIX)

package: ## dist/*.tar.gz and dist/*.deb
	@$(SETUP) build
	@tools/build.sh release sluice
	@tools/package.sh

clean: ## removes build/ and dist/
	rm -rf build dist
