# What there is to do: `make help`.

export REINS_CACHE ?= $(HOME)/.cache/reins
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))

# bash reads this file before each command below; scripts/setup writes it.
SHELL := bash
export BASH_ENV := $(REINS_CACHE)/env


# Where the binary finds its client when cargo-leptos does not start it.
SITE := LEPTOS_OUTPUT_NAME=reins LEPTOS_HASH_FILES=true LEPTOS_SITE_ADDR=127.0.0.1:8600 \
	LEPTOS_SITE_PKG_DIR=pkg LEPTOS_SITE_ROOT="$(CURDIR)/target/site"

.PHONY: help run dev test test-rust torture retail e2e lint bench retention pairs cedar fuzz conformance prepare freeze setup
.NOTPARALLEL:

help: ## List what there is to do
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name what; do printf '%-10s %s\n' "$$name" "$$what"; done

run: ## Build Reins and run it with demonstration data
	@scripts/setup build
	@echo "run: building; the first time takes several minutes"
	cargo leptos build
	@$(SITE) "$(TARGET)/demo/reins" demo

dev: ## The same, building anew after each change
	@scripts/setup build
	cargo leptos watch -- demo

test: test-rust e2e lint ## All that has to hold before a change is good

test-rust: ## Only the Rust tests, on a scratch PostgreSQL
	@scripts/setup test
	@echo "test-rust: building and testing domain, governance, app and server"
	DATABASE_URL="$$(scripts/postgres start)" cargo nextest run --cargo-profile demo --workspace --exclude frontend --exclude bench

torture: ## The heavy tests of how the stop is reached: thousands of callers and connections
	@scripts/setup test
	DATABASE_URL="$$(scripts/postgres start)" cargo nextest run --cargo-profile demo -p server --run-ignored only -E 'test(torture)'

retail: ## Run the 500 tasks of examples/retail with a reviewer, and print what came of them
	@scripts/setup test
	DATABASE_URL="$$(scripts/postgres start)" cargo nextest run --cargo-profile demo -p server --no-capture -E 'test(retail)'

e2e: ## Only the browser tests
	@scripts/setup test
	@echo "e2e: building the server and its client"
	cargo leptos build
	@echo "e2e: testing in a browser, with its scripts and without them side by side, each in a shop of its own"
	cd end2end && export $(SITE) REINS_BINARY="$(TARGET)/demo/reins"; \
	REINS_E2E_PORT=8700 npx playwright test --project=without-javascript >"$(TARGET)/plain.log" 2>&1 & plain=$$!; \
	trap "kill $$plain 2>/dev/null" EXIT; \
	npx playwright test --project=with-javascript; scripted=$$?; \
	wait $$plain; plain=$$?; cat "$(TARGET)/plain.log"; exit $$((scripted + plain))

lint: ## Only format, clippy and cargo-deny
	@scripts/setup build
	cargo fmt --all --check
	cargo clippy --profile demo --workspace --exclude frontend --all-targets -- -D warnings
	cargo clippy --profile wasm-demo --package frontend --target wasm32-unknown-unknown -- -D warnings
	@if ! command -v cargo-deny >/dev/null; then echo "cargo-deny: skipped (not installed)"; \
	elif ! timeout 120 cargo deny fetch >/dev/null 2>&1; then echo "cargo-deny: skipped (its data cannot be fetched)"; \
	else cargo deny check; fi

bench: ## Measure the decision, requests under load, pages of a full shop (10 GB in /var/tmp), and the size of the client
	@scripts/setup release
	cargo bench --package bench --bench decision --bench request
	cargo leptos build --release --precompress
	@cd target/site/pkg && wc -c *.wasm *.wasm.br *.js.br *.css.br
	cargo run --release --package bench -- "$(TARGET)/release/reins"
	cargo run --release --package bench -- pages "$(TARGET)/release/reins"

retention: ## Measure decisions while ENTRIES old entries (a million) are deleted
	@scripts/setup release
	cargo build --release --package server
	cargo run --release --package bench -- retention "$(TARGET)/release/reins" $${ENTRIES:-1000000}

pairs: ## Measure this tree and the commit BEFORE in ten pairs that take turns, both as release builds
	@scripts/setup release
	rm -rf "$(TARGET)/before" && git worktree prune && git worktree add --force --detach "$(TARGET)/before" $${BEFORE:?names a commit}
	cargo build --release --package server
	cd "$(TARGET)/before" && CARGO_TARGET_DIR="$(TARGET)/before/target" cargo build --release --package server
	cargo run --release --package bench -- "$(TARGET)/release/reins" "$(TARGET)/before/target/release/reins" \
		"$(TARGET)/before/examples/retail/agent.toml"

cedar: ## Judge 100,000 made-up requests by Reins and by its Cedar export; takes minutes
	@scripts/setup build
	cargo nextest run --cargo-profile demo --package bench --test cedar

fuzz: ## Try made-up permission files, request bodies and forms for ten minutes, also as WebAssembly
	@scripts/setup test
	cargo build --profile wasm-demo --package islands --example judge --no-default-features --features hydrate \
		--target wasm32-unknown-unknown
	wasm-bindgen --target nodejs --out-dir "$(TARGET)/judge" "$(TARGET)/wasm32-unknown-unknown/wasm-demo/examples/judge.wasm"
	FUZZ_SECONDS=$${FUZZ_SECONDS:-200} REINS_JUDGE="$(TARGET)/judge/judge.js" \
		cargo nextest run --cargo-profile demo --package islands --test fuzz --no-capture

conformance: ## Check the agent API by a Python client made from its description and by schemathesis; needs PyPI
	@scripts/setup build
	cargo build --profile demo --package server --bin reins
	@if [ end2end/conformance/requirements.txt -nt "$(REINS_CACHE)/conformance/ready" ]; then \
		python3 -m venv "$(REINS_CACHE)/conformance" && \
		"$(REINS_CACHE)/conformance/bin/pip" install --quiet --requirement end2end/conformance/requirements.txt && \
		touch "$(REINS_CACHE)/conformance/ready"; fi
	"$(REINS_CACHE)/conformance/bin/python" end2end/conformance/run.py "$(TARGET)/demo/reins"

prepare: ## Check the queries against the migrations and store the answers in governance/.sqlx
	@scripts/setup build
	@rm -rf "$(TARGET)/sqlx" && mkdir -p "$(TARGET)/sqlx" && touch governance/src/lib.rs
	url=$$(scripts/postgres fresh reins_prepare migrations/*.sql) && SQLX_OFFLINE=false \
		SQLX_OFFLINE_DIR="$(TARGET)/sqlx" DATABASE_URL="$$url" cargo check --profile demo --package governance --all-targets
	@rm -rf governance/.sqlx && mv "$(TARGET)/sqlx" governance/.sqlx

freeze: ## For a release: freeze the migrations that are there, and keep a shop on them for the tests
	@scripts/setup test
	cd migrations && { [ ! -s frozen ] || sha256sum --check --strict --quiet frozen; }
	DATABASE_URL="$$(scripts/postgres start)" REINS_KEEP_DUMP=yes cargo nextest run --cargo-profile demo -p server \
		-E 'test(a_shop_that_has_lived_for_two_months)'
	cd migrations && sha256sum [0-9]*.sql >frozen

setup: ## Install what all of these need
	@scripts/setup test
