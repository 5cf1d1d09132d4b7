#!/usr/bin/env bash
# The runs that the test script has no time for. Each prints its figures and its time; the first that fails ends the script.
#
#   scripts/long.sh              all runs
#   scripts/long.sh simulate     one of them
#
# DIEMBAO_SIM_SEED (default 100000) is the first seed, DIEMBAO_SIM_WORLDS the number of worlds: four outlet-months in three
# worlds, so that 7,500 worlds are 10,000 outlet-months.
set -euo pipefail
cd "$(dirname "$0")/.."

# Random worlds with known truth through the whole line: no false accusation, no lost evidence. Prints a table of verdicts by
# cause, and failing worlds as small scripts.
simulate() {
  DIEMBAO_SIM_SEED="${DIEMBAO_SIM_SEED:-100000}" DIEMBAO_SIM_WORLDS="${DIEMBAO_SIM_WORLDS:-7500}" \
    cargo test --release --locked --test simulation -- --nocapture random_worlds
}

# `notify` ended by SIGKILL at any moment: no notice arrives twice, none is lost. Needs the mail server that scripts/test.sh installs.
kill_notify() {
  DIEMBAO_KILLS="${DIEMBAO_KILLS:-500}" DIEMBAO_NOTICES="${DIEMBAO_NOTICES:-200}" \
    cargo test --release --locked --test outbox_kill -- --nocapture
}

runs=(simulate kill_notify)

[ $# -eq 0 ] || runs=("$@")
for run in "${runs[@]}"; do
  declare -F "$run" >/dev/null || { echo "there is no run \`$run\`" >&2; exit 2; }
  echo "== $run"
  began=$SECONDS
  "$run"
  echo "== $run: $((SECONDS - began)) s"
done
