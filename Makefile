# Everything real is in scripts/; without make, call the same lines.
PYTHON ?= python3

.PHONY: run test lint bench faults studio clean

run:     ## make what is missing, then start the web and the worker
	@$(PYTHON) scripts/run.py

test:    ## all tests, from nothing
	@$(PYTHON) scripts/test.py

lint:    ## ruff, mypy, import-linter, eslint, prettier, tsc
	@$(PYTHON) scripts/lint.py

bench:   ## all benchmarks; the figures go to bench/results/latest.json
	@$(PYTHON) scripts/bench.py

faults:  ## 2,000 random kills over a running workload, for the night; exit code 1 if history is not whole
	@$(PYTHON) scripts/faults.py

studio:  ## build the studio if its sources changed
	@$(PYTHON) scripts/studio.py

clean:   ## forget what was built and installed; var/ with your data stays
	rm -rf .venv web/studio/node_modules web/static/studio .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
