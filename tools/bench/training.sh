#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What kanary train costs: CPU time and memory without LSTM, and what a second CPU is worth.
#
#	tools/bench/training.sh RECORDING...
#
# For each recording: CPU seconds and resident memory with --hidden 0 --folds 1 --grams 0. That is
# what reading, features and names cost, and what a BESIDE without --grams does. Memory is also
# given as a multiple of the recording's bytes. Then wall time of a whole training without runs of
# calls, with one job and with two, taken in turn, and the factor between the medians. Variables: KANARY (build/kanary), BESIDE (another kanary, whose training without
# LSTM is measured in turn with ours, and the ratio printed), ROUNDS (3), WHOLE (0: only the first
# part; for a BESIDE without --jobs the second is ours alone).
#
# CPU seconds are the least of the rounds, which a busy machine disturbs least. Wall time is worth
# reading where two CPUs are idle. Lines for people on stderr, JSON on stdout.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
KANARY=${KANARY:-build/kanary}
ROUNDS=${ROUNDS:-3}
WHOLE=${WHOLE:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ $# -gt 0 ] || { echo "usage: tools/bench/training.sh RECORDING..." >&2; exit 2; }

# measure KANARY OPTION...: a line "cpu wall KiB"
measure() {
	local kanary=$1

	shift
	/usr/bin/env python3 - "$kanary" train "$@" -o "$work/model" --name bench --quiet <<'EOF'
import resource, subprocess, sys, time
begin = time.monotonic()
subprocess.run(sys.argv[1:], check=True)
wall = time.monotonic() - begin
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{used.ru_utime + used.ru_stime:.3f} {wall:.3f} {used.ru_maxrss}")
EOF
}

# round FILE KANARY OPTION...: a round more in FILE
round() {
	local file=$1

	shift
	measure "$@" >>"$work/$file"
}

# pick FILE COLUMN least|median
pick() {
	awk -v column="$2" '{ print $column }' "$work/$1" | sort -n |
		awk -v how="$3" '{ value[NR] = $1 } END { print value[how == "least" ? 1 : int((NR + 1) / 2)] }'
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'
}

for recording in "$@"; do
	rm -f "$work"/ours "$work"/beside "$work"/one "$work"/two
	for ((i = 0; i < ROUNDS; i++)); do
		round ours "$KANARY" "$recording" --hidden 0 --folds 1 --grams 0
		[ -z "${BESIDE:-}" ] || round beside "$BESIDE" "$recording" --hidden 0 --folds 1
		[ "$WHOLE" = 0 ] || round one "$KANARY" "$recording" --grams 0 --jobs 1
		[ "$WHOLE" = 0 ] || round two "$KANARY" "$recording" --grams 0 --jobs 2
	done
	bytes=$(stat -L -c %s "$recording")
	cpu=$(pick ours 1 least) memory=$(pick ours 3 median)
	line="{\"recording\": \"$(basename "$recording")\", \"bytes\": $bytes, \"cpu_seconds\": $cpu"
	line+=", \"resident_kib\": $memory, \"resident_to_bytes\": $(ratio "$((memory * 1024))" "$bytes")"
	if [ -n "${BESIDE:-}" ]; then
		before=$(pick beside 1 least) held=$(pick beside 3 median)
		line+=", \"beside_cpu_seconds\": $before, \"beside_resident_kib\": $held"
		line+=", \"cpu_to_beside\": $(ratio "$cpu" "$before")"
	fi
	if [ "$WHOLE" != 0 ]; then
		one=$(pick one 2 median) two=$(pick two 2 median)
		line+=", \"whole_cpu_seconds\": $(pick one 1 least), \"wall_one_job\": $one"
		line+=", \"wall_two_jobs\": $two, \"faster\": $(ratio "$one" "$two")"
	fi
	echo "$line}"
	echo "$line}" | jq -r 'to_entries | map("\(.key) \(.value)") | join(", ")' >&2
done
