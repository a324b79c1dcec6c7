# Lưu Trữ: every target sets itself up (needs Python >= 3.11 with pip, git, make; no root). Plain `make` lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
# Recorded pages and texts that are no part of the repository; tests that need them are skipped without.
RECORDED := $(wildcard ../shared/data)
DATA := $(addprefix --data=,$(RECORDED))

# A night starts many processes; where this is set, each of them would compile the whole program again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test lint check drawn fuzz faults faults-quick quality month near verdicts attacks tables year pictures web search growth speed night-speed real-cms mutation sbom audit-deps licences fix lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it with make PYTHON=/path/to/python3"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(READY)

demo: $(READY)  ## three rehearsal nights over the replica portals, sealed and verified; again: the next night
	@$(BIN)/python -m replicas.demo

test: $(READY)  ## every test
	$(BIN)/python -m pytest $(DATA)

lint: $(READY)  ## format, lint, strict types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint  ## the same, and the fast tests
	$(BIN)/python -m pytest -m "not e2e" $(DATA)

drawn: $(READY)  ## the tests that draw their examples, with others than last time
	HYPOTHESIS_PROFILE=drawn $(BIN)/python -m pytest $$(grep -rl --include=test_*.py hypothesis tests)

faults: $(READY)  ## every fault of the catalogue against the real program, a line each (some minutes on two cores)
	@$(BIN)/python -m faults --jobs 2

faults-quick: $(READY)  ## a sample of the same, about a minute; the tests run the shortest rows of it
	@$(BIN)/python -m faults --quick --jobs 2

quality: $(READY)  ## what is kept and left of every kind of article in every family, beside trafilatura
	@$(if $(RECORDED),LUU_TRU_DATA=$(RECORDED) )$(BIN)/python -m bench.extraction

month: $(READY)  ## a month of nights over recorded articles: make month ARTICLES=file.csv ARCHIVE=var/month
	$(BIN)/python bench/months/month.py --articles $(ARTICLES) --from $(or $(FROM),2025-12-01) --to $(or $(TO),2025-12-31) \
	  --archive $(or $(ARCHIVE),var/month)

near: $(READY)  ## recall and precision of near-duplicates on labelled pairs: make near [ARTICLES=file.csv]
	@$(BIN)/python -m bench.dedup $(if $(ARTICLES),--articles $(ARTICLES))

attacks: $(READY)  ## docs/measurements/attacks.md: what `verify` reports of each attack on an archive
	@$(BIN)/python -m testing.attacks > docs/measurements/attacks.md

verdicts: $(READY)  ## detection and false alarms over simulated years, 20 seeds (some 10 minutes)
	@$(BIN)/python -m bench.verdicts.years --seed 101 --seeds 20

tables: $(READY)  ## docs/reference/families.md and docs/reference/portals.md from the code
	@$(BIN)/python -m crawler.catalog.docs

year: $(READY)  ## a composed year of nights over all replicas, with all that is planted in it found: make year [ARCHIVE=var/year]
	@$(BIN)/python -m bench.year --archive $(or $(ARCHIVE),var/year)

pictures: $(READY)  ## the pictures of the audit page: make pictures ARCHIVE=var/year
	@$(BIN)/python -m bench.web.screenshots --archive $(or $(ARCHIVE),var/demo)

web: $(READY)  ## pages a second and p95 of the audit page at 100,000 texts: make web [ARCHIVE=var/composed, kept]
	@$(BIN)/python -m bench.web.pages $(if $(ARCHIVE),--archive $(ARCHIVE))

search: $(READY)  ## how long finding takes at 100,000 texts, some 10 minutes: make search [ARCHIVE=var/composed, kept]
	@$(BIN)/python -m bench.web.search $(if $(ARCHIVE),--archive $(ARCHIVE))

growth: $(READY)  ## the index at 10,000, 100,000 and 1,000,000 documents (an hour or less)
	@$(BIN)/python -m bench.index.growth

speed: $(READY)  ## what an article costs, beside Scrapy alone and Scrapy with trafilatura, some 15 minutes: make speed [ROUNDS=3] [PEER=PYTHON with news-please] [PROFILE=py-spy]
	@$(BIN)/python -m bench.speed $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(PEER),--peer $(PEER)) $(if $(PROFILE),--profile $(PROFILE))

night-speed: $(READY)  ## a first and an idle night of 34 composed portals through the scheduler, some minutes: make night-speed [JOBS=4]
	@$(BIN)/python -m bench.speed.nights $(if $(JOBS),--jobs $(JOBS))

real-cms: $(READY)  ## three nights over real WordPress and NukeViet on loopback, compared with what they held: make real-cms [NUKEVIET=DIR] [SMALL=1] [SPIDER=family]
	@$(BIN)/python -m bench.real_cms $(if $(NUKEVIET),--nukeviet $(NUKEVIET)) $(if $(SMALL),--small) $(if $(SPIDER),--spider $(SPIDER))

# On top of the environment, whose packages it sees: what mutation testing needs is in no other lock.
$(VENV)-mutation/.installed: $(READY) bench/mutation/requirements.lock
	$(PYTHON) -m venv $(VENV)-mutation
	$(VENV)-mutation/bin/pip install --quiet --disable-pip-version-check --require-hashes -r bench/mutation/requirements.lock
	@site='import sysconfig; print(sysconfig.get_path("purelib"))'; \
	  $(abspath $(BIN))/python -c "$$site" > "$$($(VENV)-mutation/bin/python -c "$$site")/environment.pth"
	@touch $@

$(VENV)-fuzz/.installed: $(READY) fuzz/requirements.lock
	$(PYTHON) -m venv $(VENV)-fuzz
	$(VENV)-fuzz/bin/pip install --quiet --disable-pip-version-check --require-hashes -r fuzz/requirements.lock
	@site='import sysconfig; print(sysconfig.get_path("purelib"))'; \
	  $(abspath $(BIN))/python -c "$$site" > "$$($(VENV)-fuzz/bin/python -c "$$site")/environment.pth"
	@touch $@

fuzz: $(VENV)-fuzz/.installed  ## what a coverage-guided mutator finds in the readers, seconds for each target: make fuzz [TIME=60] [TARGETS="dates proof"]
	@$(VENV)-fuzz/bin/python -m fuzz $(if $(TIME),--seconds $(TIME)) $(TARGETS)

$(VENV)-supply/.installed: supply/requirements.lock
	$(PYTHON) -m venv $(VENV)-supply
	$(VENV)-supply/bin/pip install --quiet --disable-pip-version-check --require-hashes -r supply/requirements.lock
	@touch $@

sbom: $(VENV)-supply/.installed $(READY)  ## the locked packages with hashes and licences as CycloneDX, checked against its schema: make sbom [TO=var/sbom.json]
	@$(VENV)-supply/bin/python -m supply sbom --to $(or $(TO),var/sbom.json) \
	  --site "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"

audit-deps: $(VENV)-supply/.installed  ## known vulnerabilities of the locked packages; fails unless every one is known and clean: make audit-deps [LOCK=…] [SOURCE=osv]
	@$(VENV)-supply/bin/python -m supply audit $(if $(LOCK),--lock $(LOCK)) $(if $(SOURCE),--source $(SOURCE))

licences: $(READY)  ## docs/reference/licences.md: the licence of every locked package, held to those that are allowed
	@$(BIN)/python -m supply licences

mutation: $(VENV)-mutation/.installed  ## small changes to what decides what is kept or accepted, each noticed by a test: make mutation [MODULES="proof guard"]
	@$(VENV)-mutation/bin/python -m bench.mutation $(MODULES)

fix: $(READY)  ## mend format and lint
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Without any address of a package index, pip takes the named hashes from whichever index the machine uses.
lock: $(READY)  ## resolve every lock again, that of pyproject.toml and those of the tools, with hashes and without addresses
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet pip-tools
	$(VENV)-lock/bin/pip-compile --quiet --extra dev --extra postgresql --extra render --generate-hashes --strip-extras --allow-unsafe --no-header --no-emit-options \
	  -o requirements.lock pyproject.toml
	for tools in fuzz supply bench/mutation; do $(VENV)-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	  --no-emit-options --no-annotate -c requirements.lock -o $$tools/requirements.lock $$tools/requirements.in || exit; done
	rm -rf $(VENV)-lock

clean:  ## remove the environment and the caches; archives under var/ stay
	rm -rf $(VENV) $(VENV)-mutation $(VENV)-fuzz $(VENV)-supply .mypy_cache .ruff_cache .pytest_cache .hypothesis
