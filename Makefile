MAKEFLAGS += --no-print-directory
.PHONY: help setup run test bench lock

help: ## Diese Übersicht
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## Alles einrichten, was der Dienst braucht (ein zweiter Lauf tut nichts)
	@bin/setup

run: setup ## Einrichten, Demo-Stadt laden und den Dienst starten (Strg-C beendet ihn)
	@exec .venv/bin/itsm up

test: setup ## Die ganze Prüfung; eine Datei mit: make test T=tests/org
	@bin/check $(T)

bench: setup ## Antwortzeiten, Geräte, Wochenplaner, Bezirke und Suche messen; ein Teil mit: make bench T=web
	@bin/bench $(T)

lock: setup ## Die Lock-Dateien erneuern
	@bin/lock
