#!/bin/sh
# Makes a virtual environment with the programs compared with. Usage: setup.sh FOLDER
set -eu
python3 -m venv "$1"
"$1/bin/pip" --quiet install "prophet==1.5.0" "statsforecast"
