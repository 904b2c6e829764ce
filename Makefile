.PHONY: help generate test check benchmark

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

generate: ## write action.yml and the tables of the documents from the interface
	.venv/bin/python scripts/generate.py

test: ## set up this machine and run all tests
	tests/run

check: ## run what CI runs
	.ci/run

benchmark: ## print the ratios of tests/benchmarks
	cd tests && ../.venv/bin/python -m benchmarks.upgrade
	cd tests && ../.venv/bin/python -m benchmarks.rollback_test
	cd tests && ../.venv/bin/python -m benchmarks.scaling
	cd tests && ../.venv/bin/python -m benchmarks.tracker_cost
