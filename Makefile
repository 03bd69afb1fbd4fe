# Everything runs in a virtual environment in the checkout; the first target that needs it makes it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Tests run in so many processes; those of a file in one, for they share servers and corpora.
PROCESSES ?= 2
# Those that use the browser wait for it and for kernels a third of their time.
BROWSERS ?= 3
# What fails is told, and run again alone: a test of servers, kernels and browsers can lose a race with a busy machine once, one that
# is broken fails twice.
UNITS := -m "not slow and not browser" --ignore tests/browser
IN_BROWSER := tests/browser -m "not slow"
AGAIN := --last-failed --last-failed-no-failures none
# Milliseconds that each message takes on its way to a kernel that is far away, and as many back.
FAR ?= 300
# The page's code is checked by tools that run in node, which the environment brings; make once fetches what package-lock.json names.
PAGE_READY := node_modules/.ready
NPM := PATH="$(abspath $(BIN)):$$PATH" npm --loglevel=error

.PHONY: dashboard test test-far test-slow test-lowest lint format coverage bench fuzz findings docs pictures browser clean

dashboard: $(READY)  ## open the dashboard on the bundled sample
	$(BIN)/litexplorer serve

test: $(READY) $(PAGE_READY) browser  ## run every test, the browser's included
	$(NPM) run --silent test
	$(BIN)/python -m pytest $(UNITS) -n $(PROCESSES) --dist loadfile --no-loadscope-reorder || { test $$? = 1 && $(BIN)/python -m pytest $(UNITS) $(AGAIN); }
	$(BIN)/python -m pytest $(IN_BROWSER) -n $(BROWSERS) --dist loadfile --no-loadscope-reorder || \
		{ test $$? = 1 && $(BIN)/python -m pytest $(IN_BROWSER) $(AGAIN); }

test-far: $(READY) browser  ## the browser's tests with a kernel that is far away, which shows those that do not wait for it
	LITEXPLORER_FAR=$(FAR) $(BIN)/python -m pytest $(IN_BROWSER) -n $(BROWSERS) --dist loadfile --no-loadscope-reorder

test-slow: $(READY) browser  ## the checks that take longer, and each property on all its examples
	LITEXPLORER_ALL_EXAMPLES=1 $(BIN)/python -m pytest -m "slow or hypothesis"

test-lowest:  ## the core tests with the lowest versions that the ranges allow
	$(PYTHON) -m venv $(VENV)-lowest
	$(PYTHON) tests/lowest.py > $(VENV)-lowest/constraints.txt
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check -c $(VENV)-lowest/constraints.txt -e . pytest pytest-timeout hypothesis openpyxl duckdb nbclient
	$(VENV)-lowest/bin/python -m pytest -m "not slow and not browser" $$($(PYTHON) tests/lowest.py core)

lint: $(READY) $(PAGE_READY)  ## style and types, of the page's code too
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NPM) run --silent types
	$(NPM) run --silent lint

format: $(READY) $(PAGE_READY)  ## write all code as the formatters do
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run --silent format

coverage: $(READY) $(PAGE_READY) browser  ## which lines the tests run: of JavaScript in node, of Python, of JavaScript in the browser
	$(NPM) run --silent coverage
	$(BIN)/python -m pytest -m "not slow and not browser" --cov --cov-report=term
	LITEXPLORER_PAGE_COVERAGE=1 $(BIN)/python -m pytest tests/browser -m "not slow"

bench: $(READY) browser  ## every benchmark, with its peers in the same run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,bench]'
	$(BIN)/python -m benchmarks

fuzz: $(READY)  ## ten minutes of hostile files for each reader
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,fuzz]'
	cd tests && ../$(BIN)/python -m fuzz.readers -max_total_time=600 -rss_limit_mb=2048 -timeout=20

findings:  ## each surprise about other software, shown again; needs the package registries
	@changed=; \
	for script in findings/*.sh; do \
		echo "== $$script"; \
		PYTHON="$(PYTHON)" bash "$$script" || changed="$$changed $$script"; \
	done; \
	echo "== $$(ls findings/*.sh | wc -l) findings, no longer so:$${changed:- none}"; \
	test -z "$$changed"

docs: $(READY)  ## the documentation site, into docs/site/; its pages ask no other machine for anything
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	$(BIN)/python -m sphinx -W --keep-going -q -b html -d docs/site/.doctrees docs docs/site
	@! grep -rlE '<(script|link|img|iframe)[^>]*(src|href)="(https?:)?//' --include='*.html' docs/site
	@echo "docs/site/index.html"

pictures: $(READY) browser  ## draw the README's pictures on the sample
	$(BIN)/python docs/pictures.py

$(PAGE_READY): package.json package-lock.json $(READY)
	$(NPM) ci --no-progress
	@touch $(PAGE_READY)

browser: $(READY)
	@$(BIN)/python tests/browser/find.py --install

$(READY): pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@$(BIN)/python -m compileall -q explorer  # as pip does with what it installs
	@touch $(READY)

clean:
	rm -rf $(VENV) $(VENV)-lowest node_modules docs/site docs/generated docs/jupyter_execute .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
