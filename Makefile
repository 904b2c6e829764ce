.PHONY: help generate test check corpus benchmark

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

generate: ## write action.yml and the tables of the documents from the interface
	.venv/bin/python scripts/generate.py

test: ## set up this machine and run all tests
	tests/run

check: ## run what CI runs
	.ci/run

corpus: ## prove public histories on every database, and apply their scripts (an hour on a busy machine)
	ALEMBIC_CI_TESTS_CORPUS_WITH_ROWS=1 tests/run tests/corpus

benchmark: ## print the ratios of tests/benchmarks
	cd tests && ../.venv/bin/python -m benchmarks.upgrade
	cd tests && ../.venv/bin/python -m benchmarks.rollback_test
	cd tests && ../.venv/bin/python -m benchmarks.pytest_alembic
	cd tests && ../.venv/bin/python -m benchmarks.scaling
	cd tests && ../.venv/bin/python -m benchmarks.tracker_cost
	cd tests && ../.venv/bin/python -m benchmarks.sql
	cd tests && ../.venv/bin/python -m benchmarks.statements
	cd tests && ../.venv/bin/python -m benchmarks.repair
