# The suite from source: `make demo` shows it, `make test` proves it. See README.md.
.DEFAULT_GOAL := build
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

release := swift build -c release --static-swift-stdlib
products := ecrm acquisition retention expansion channel-integration performance-measurement
formatted := Package.swift Plugins Shared Services Clients Tests Bench
comments := swift package dump-symbol-graph --minimum-access-level internal >/dev/null

.PHONY: build demo test soak lint contract data bench clean setup formatting

## Installs what is missing on a Debian machine.
setup:
	@Setup/packages.sh

## Release binaries: .build/release/ecrm and the five services beside it, with Swift's libraries inside, as in the image.
build: setup
	@for product in $(products); do $(release) --product $$product; done

## The public data sets that the demo and the tests read.
data: setup
	@Services/Tool/Datasets/fetch.sh

## Builds, starts the suite, loads real data and prints what it found. The suite stays up until `ecrm down`.
demo: build data
	@.build/release/ecrm up --detach
	@.build/release/ecrm demo

## All tests. The contracts are compared with the code's own comments, which the compiler writes out first.
test: setup data formatting
	@swift build --build-tests
	@$(comments)
	@swift test --skip-build
	@Clients/TypeScript/test
	@Tests/Faults/run
	@Tests/Console/run

## The fault tests that take longer than two minutes.
soak: setup data
	@Setup/packages.sh testssl.sh
	@swift build
	@Tests/Faults/run -m soak

## Formatting and house rules.
lint: setup formatting
	@swift build --build-tests
	@$(comments)
	@swift test --skip-build --filter HouseRules

formatting:
	@swift format lint --strict --recursive $(formatted)

## Writes the contracts anew, from code, comments and executed examples; and the client, from the contracts.
contract: setup
	@swift build --build-tests
	@$(comments)
	@ECRM_RECORD_CONTRACT=1 swift test --skip-build --filter 'ContractTests.(Contract|Client)Tests'

## Ratios against honest peers, in one run, on a suite of its own; the last line names the file of the table.
bench: build data
	@for product in echo-bench fit-bench json-bench; do $(release) --product $$product; done
	@Setup/packages.sh golang-go golang-github-jackc-pgx-v4-dev
	@GO111MODULE=off GOPATH=/usr/share/gocode go build -o .build/release/lookup-peer ./Bench/LookupPeer
	@Bench/run

clean:
	@rm -rf .build
