#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the guest: getppid() with nothing, an empty kprobe, Kanary counting, Kanary monitoring.
# Prints lines "NAME MEDIAN AVERAGE", in instructions a call.
set -euo pipefail

PERIOD=1024
STRIDE=16
cgroup=/sys/fs/cgroup/bench
mkdir "$cgroup"

# In a cgroup and a pid namespace of its own, as a container is.
measure() {
	local result

	result=$(
		echo "$BASHPID" >"$cgroup/cgroup.procs"
		exec unshare --pid --fork --mount-proc ./getppid $PERIOD $STRIDE
	)
	echo "$1 $result"
}

# A counter of kanary status
counter() {
	./kanary status --json | jq ".counters.$1"
}

measure baseline
insmod empty_kprobe.ko
measure empty_kprobe
rmmod empty_kprobe
insmod kanary.ko
measure kanary_counting
[ "$(counter dropped_unclaimed)" -gt 0 ] || { echo "nothing was counted" >&2; exit 1; }
./kanary load stride-16.model --container "$(stat -c %i "$cgroup")"
measure kanary_monitoring
scored=$(counter scored)
[ "$scored" -ge $((6 * STRIDE)) ] || { echo "only $scored vectors were scored" >&2; exit 1; }
# The same with the sequence head four times as often, as kanary train has it by default.
./kanary load stride-4.model --container "$(stat -c %i "$cgroup")"
measure kanary_stride_4
# The price for everyone else: a task that is in no container.
result=$(./getppid $PERIOD $STRIDE)
echo "kanary_outside $result"
rmmod kanary
