#!/bin/sh
# Runs `aura-bench churn-parity` and the Python peers on the same folds and judges the result.
#
#   compare.sh AURA_BENCH DIR [WORK]
#
# AURA_BENCH is the built program, DIR what churn-parity takes, WORK a folder for the Python environment and results.
# `made_sets.py FOLDER` makes awkward sets for DIR: few rows, many categories, missing values, rare churn, wrong labels.
set -eu
bench=$1
data=$2
work=${3:-$(mktemp -d)}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work"
if [ ! -x "$work/venv/bin/python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet -r "$here/requirements.txt"
fi
python=$work/venv/bin/python
"$python" "$here/churn_peers.py" folds "$data" "$work/folds.csv"
"$bench" churn-parity "$data" --folds "$work/folds.csv" --json >"$work/results.jsonl"
OMP_NUM_THREADS=1 "$python" "$here/churn_peers.py" run "$data" "$work/folds.csv" --json >>"$work/results.jsonl"
"$python" "$here/churn_peers.py" judge "$work/results.jsonl"
