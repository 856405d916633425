#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A model depends on recordings, options and seed: not on the clock, the load or the CPUs.
#
#	[BUILD=DIR] tests/check/clock.sh
#
# One model is trained on all CPUs, the same on one that a busy loop has, too, with other numbers
# of jobs. The work limit cuts both: that is where a clock would show.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=$(realpath -m "${BUILD:-build}")
make --no-print-directory -s user BUILD="$build"
work=$(mktemp -d)
busy=
trap '[ -z "$busy" ] || kill $busy; rm -rf "$work"' EXIT

fail() {
	echo "kanary: clock: $*" >&2
	exit 1
}

# Processes that go round and round their calls, each from another place, and stumble at times.
mkdir "$work/traces"
awk -v folder="$work/traces" 'BEGIN {
	calls = split("read write poll futex close openat fstat mmap", name, " ")
	srand(1)
	for (file = 0; file < 12; file++)
		for (i = file; i < file + 1600; i++)
			print name[1 + (rand() < 0.1 ? int(rand() * calls) : int(i / 7) % calls)] \
				> (folder "/" file)
}'
"$build/kanary" import names "$work/traces" -p 32 -o "$work/rec" >/dev/null

# train MODEL OPTION...: what it says of cuts goes to MODEL.said
train() {
	local model=$1

	shift
	"$build/kanary" train "$work/rec" -o "$work/$model" --name clock --hidden 8 --steps 4 \
		--work-limit 20k "$@" 2>"$work/$model.said" >/dev/null ||
		fail "train $*: $(cat "$work/$model.said")"
}

train idle
grep -q 'work limit ended the training of [1-9]' "$work/idle.said" ||
	fail "nothing was cut, or it was not said: $(cat "$work/idle.said")"
cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
taskset -c "$cpu" sh -c 'while :; do :; done' &
busy=$!
for jobs in 1 5; do
	taskset -c "$cpu" nice -n 3 "$build/kanary" train "$work/rec" -o "$work/busy-$jobs" --name clock \
		--hidden 8 --steps 4 --work-limit 20k --jobs "$jobs" --quiet ||
		fail "train beside a busy loop with --jobs $jobs"
	cmp "$work/idle" "$work/busy-$jobs" || fail "another model with --jobs $jobs beside a busy loop"
done
train seed --seed 2
! cmp -s "$work/idle" "$work/seed" || fail "the seed makes no difference: the test sees nothing"
