# What one does with this project. `make` alone lists it.
# Cargo builds never run side by side here: they would wait for each other's lock and share two cores.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run dev test soak fuzz check fmt bench site icons pictures clean

XTASK := cargo run --package xtask --

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: site ## build everything and serve the demo community (the server prints the address and how to sign in)
	cargo run --release --package server --bin watchlog -- serve --demo

dev: ## the same, quick to rebuild: unoptimised site and server
	@.ci/setup
	$(XTASK) site --dev
	cargo run --package server --bin watchlog -- serve --demo

test: ## every test, browser included; the last line sums them up
	@.ci/setup test
	@.ci/test

soak: ## a million cases for every decoder and for apply, and the twenty devices of server/tests/oracle through 500 seeds
	@.ci/setup
	@mkdir -p target/site
	WATCHLOG_CASES=1000000 cargo test --release --package domain --test log --test organisation -- decoders:: stories::
	WATCHLOG_SEEDS=500 cargo test --package server --test oracle -- --nocapture

fuzz: ## every reader and apply against libFuzzer, a minute each (FUZZ_SECONDS=60); needs cargo-fuzz
	@command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
	@for target in command apply wire; do \
	  mkdir -p app/fuzz/corpus/$$target && \
	  (cd app && RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
	    -max_total_time=$(or $(FUZZ_SECONDS),60) -max_len=20000 -print_final_stats=1) || exit 1; \
	done

check: ## format, lints, documentation and the rules about files; what CI runs beside the tests
	@.ci/setup
	@mkdir -p target/site # the server embeds this folder and does not compile without it
	cargo fmt --all --check
	cargo clippy --package xtask --all-targets -- -D warnings
	cargo clippy --package domain --all-targets -- -D warnings
	cargo clippy --package app --all-targets -- -D warnings
	cargo clippy --package app --features ssr -- -D warnings
	cargo clippy --package server --all-targets -- -D warnings
	cargo clippy --package server --features test-clock -- -D warnings
	.ci/wasm-cargo clippy --package frontend --target wasm32-unknown-unknown -- -D warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --package domain --all-features
	RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --package app --features ssr
	RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --package server
	$(XTASK) purity
	find .ci end2end frontend/assets -name node_modules -prune -o \( -name '*.js' -o -name '*.mjs' \) -print | xargs -n 1 node --check

fmt: ## format the Rust sources
	cargo fmt --all

bench: site ## measure the numbers we hold ourselves to: server, then browser
	@.ci/setup test
	cargo build --release --package server --bin watchlog
	cargo run --release --package server --example load
	node end2end/bench.mjs

site: ## only what the browser loads: target/site
	@.ci/setup
	$(XTASK) site

icons: ## draw the PNG icons from frontend/assets/icon.svg again
	@.ci/setup test
	node .ci/icons.mjs

pictures: site ## take the README's pictures again: end2end/pictures
	@.ci/setup test
	cargo build --package server --bin watchlog
	node end2end/pictures.mjs

clean: ## remove what was built, never what was written (data/)
	cargo clean
	rm -rf end2end/node_modules end2end/report
