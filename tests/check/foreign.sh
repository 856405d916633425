#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make foreign records each of its programs whole, and no name of this machine's.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "kanary: foreign: $*" >&2
	exit 1
}

strace -o /dev/null true 2>/dev/null || { echo "kanary: foreign: strace may trace nothing here: skipped" >&2; exit 77; }
make --no-print-directory -s user BUILD="$build"
tools/foreign/record "$build/kanary" "$work/foreign.rec"
"$build/kanary" info --json "$work/foreign.rec" >"$work/info"
jq -e '[.. | objects | .paths? // 0] | add == 0' "$work/info" >/dev/null || fail "paths were recorded: $(cat "$work/info")"
! grep -qaE '/(etc|root|home|usr|proc)/[a-z]' "$work/foreign.rec" || fail "names are in it: $(grep -aoE '/(etc|root|home)/[a-z]+' "$work/foreign.rec" | head -n 3)"

# A service that reads and writes knows none of them: whole programs all raise a warning.
mkdir "$work/service"
for process in $(seq 60); do
	awk -v seed="$process" 'BEGIN { srand(seed); split("read write read epoll_wait read close", call)
		for (i = 0; i < 640; i++) print call[int(rand() * 6) + 1] }' >"$work/service/$process.txt"
done
"$build/kanary" import names "$work/service" -o "$work/service.rec" --period 64 >/dev/null
"$build/kanary" train "$work/service.rec" -o "$work/model" --hidden 0 --against "$work/foreign.rec" --json \
	>"$work/summary" 2>/dev/null
jq -e --argjson programs "$(find tools/foreign/programs -type f | wc -l)" \
	'.against | .programs == $programs and .alone.alerts > 0.99 and .fourth.alerts > 0.5' "$work/summary" >/dev/null ||
	fail "the model sees $(jq -c .against "$work/summary")"
