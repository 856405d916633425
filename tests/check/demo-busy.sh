#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make demo-busy: the demo holds on a machine that has other things to do.
#
#	tests/check/demo-busy.sh [BUILD_DIR]
#
# Runs make demo with nice -n 19 beside two busy loops, each in a session of its own, as other users'
# jobs are. Prints the load of the machine before and after. A run takes 20 minutes to 2 hours, so it
# is not part of make check. Exit status 0 when the demo passed and its result says so, too.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=${1:-build}
loops=()

finish() {
	[ ${#loops[@]} -eq 0 ] || kill "${loops[@]}" 2>/dev/null || :
}
trap finish EXIT

for _ in 1 2; do
	setsid bash -c 'while :; do :; done' &
	loops+=($!)
done
echo "load before: $(cut -d ' ' -f 1-3 /proc/loadavg), $(nproc) cores, 2 busy loops begin"
status=0
nice -n 19 tools/demo/run "$build" || status=$?
echo "load after $SECONDS s: $(cut -d ' ' -f 1-3 /proc/loadavg)"
for loop in "${loops[@]}"; do
	kill -0 "$loop" 2>/dev/null || { echo "kanary: demo-busy.sh: a busy loop ended early" >&2; status=1; }
done
[ "$status" -eq 0 ] || exit "$status"
jq -e '.false_alarms == 0 and .not_carried_out == [] and (.attacks | length > 0 and all(.detected)) and
	.seen == .delivered + .scored + ([.dropped[]] | add)' "$build/demo/result.json" >/dev/null ||
	{ echo "kanary: demo-busy.sh: the demo passed, but not by $build/demo/result.json" >&2; exit 1; }
