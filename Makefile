# `make report`: the table of the whole space, then the main job on the embedded benchmark. `make test`: the tests. `make check`: all of CI, the gate
# (`make gate`: have the proxies kept their quality?) included.
# `make docs`: the documentation site, in runs/site/html.
# `make speed`: is it as fast as it was? DATA is a folder with images, a table and an official archive.
PYTHON ?= python3
DATA ?= ../shared/data
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
# a file to a process, and files that take long first
PYTEST = $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

report: $(READY)
	$(BIN)/harness atlas
	$(BIN)/harness run --benchmark mini --cells stratified:200 --out runs/mini

test: $(READY)
	$(PYTEST)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(PYTEST)
	$(MAKE) gate
	$(MAKE) docs

gate: $(READY)
	$(BIN)/harness run --benchmark mini --cells stratified:120 --out runs/gate > /dev/null
	$(BIN)/harness compare runs/gate --baseline tests/baseline.json --out runs/gate

docs: $(READY)
	$(BIN)/python -m pip install --quiet -c constraints.txt --editable ".[docs]"
	$(BIN)/python -m studies.site runs/site

speed: $(READY)
	$(BIN)/python -m studies.speed --data $(DATA)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt --editable ".[test]"
	touch $(READY)

clean:
	rm -rf $(VENV) runs .pytest_cache .mypy_cache .ruff_cache

.PHONY: report test check gate docs speed clean
