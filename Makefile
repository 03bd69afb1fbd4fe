# Everything runs in a virtual environment in the checkout; the first target that needs it makes it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: dashboard test test-slow test-lowest lint bench fuzz pictures browser clean

dashboard: $(READY)  ## open the dashboard on the bundled sample
	$(BIN)/litexplorer serve

test: $(READY) browser  ## run every test, the browser's included
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(READY) browser  ## the checks that take longer
	$(BIN)/python -m pytest -m slow

test-lowest:  ## the core tests with the lowest versions that the ranges allow
	$(PYTHON) -m venv $(VENV)-lowest
	$(PYTHON) tests/lowest.py > $(VENV)-lowest/constraints.txt
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check -c $(VENV)-lowest/constraints.txt -e . pytest pytest-timeout hypothesis openpyxl duckdb nbclient
	$(VENV)-lowest/bin/python -m pytest -m "not slow and not browser" $$($(PYTHON) tests/lowest.py core)

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY) browser  ## every benchmark, with its peers in the same run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,bench]'
	$(BIN)/python -m benchmarks

fuzz: $(READY)  ## ten minutes of hostile files for each reader
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,fuzz]'
	cd tests && ../$(BIN)/python -m fuzz.readers -max_total_time=600 -rss_limit_mb=2048 -timeout=20

pictures: $(READY) browser  ## draw the README's pictures on the sample
	$(BIN)/python docs/pictures.py

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
	rm -rf $(VENV) $(VENV)-lowest .pytest_cache .mypy_cache .ruff_cache .hypothesis
