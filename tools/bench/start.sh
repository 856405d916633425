#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Instructions from the start of a command to its --help: most of them link libraries.
#
#	tools/bench/start.sh [BUILD_DIR]
#
# valgrind counts them: the same number on any machine with these libraries.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=${1:-build}
command -v valgrind >/dev/null || { echo "kanary: start.sh: install valgrind" >&2; exit 1; }
make --no-print-directory -s user BUILD="$build"

# instructions COMMAND...: of kanary itself and of the program that it executes
instructions() {
	local log

	log=$(mktemp)
	valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$log" \
		"$build/kanary" "$@" >/dev/null
	awk '/ refs: / { gsub(",", "", $NF); sum += $NF } END { print sum }' "$log"
	rm -f "$log"
}

# program NAME COMMAND: valgrind sees one program at a time, so the two are added
program() {
	local own=0 log

	if [ "$1" != kanary ]; then
		log=$(mktemp)
		(exec -a "$2" valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$log" \
			"$build/$1" --help >/dev/null 2>&1) || :
		own=$(awk '/ refs: / { gsub(",", "", $NF); print $NF }' "$log")
		rm -f "$log"
	fi
	printf '%-10s %-14s %8.2f M instructions\n' "$2" "$1" \
		"$(($(instructions --version) + own))e-6"
}

program kanary status
program kanary-model train
program kanary-import import
program kanary-bench bench
