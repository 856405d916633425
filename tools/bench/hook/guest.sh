#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the guest: getppid() with nothing, an empty kprobe, Kanary counting, Kanary monitoring;
# openat() with nothing, Kanary counting, Kanary looking at its path.
# Prints lines "NAME MEDIAN AVERAGE", in instructions a call.
set -euo pipefail

PERIOD=1024
STRIDE=16
# Of 40 bytes, and not there: the same work each time, and no file to close.
ABSENT=/srv/kanary/bench/directory/no-file.conf
cgroup=/sys/fs/cgroup/bench
mkdir "$cgroup"

# In a cgroup and a pid namespace of its own, as a container is.
measure() {
	local name=$1 result

	shift
	result=$(
		echo "$BASHPID" >"$cgroup/cgroup.procs"
		exec unshare --pid --fork --mount-proc ./getppid $PERIOD $STRIDE "$@"
	)
	echo "$name $result"
}

# A counter of kanary status
counter() {
	./kanary status --json | jq ".counters.$1"
}

[ ${#ABSENT} -eq 40 ] || { echo "the path has ${#ABSENT} bytes" >&2; exit 1; }
measure baseline
measure baseline_openat $ABSENT
insmod empty_kprobe.ko
measure empty_kprobe
rmmod empty_kprobe
insmod kanary.ko paths=1
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
result=$(./getppid $PERIOD $STRIDE $ABSENT)
echo "kanary_outside_openat $result"
counted=$(counter paths_counted)
measure kanary_paths_openat $ABSENT
[ "$(counter paths_counted)" -gt "$((counted + PERIOD))" ] || { echo "no paths were counted" >&2; exit 1; }
rmmod kanary
insmod kanary.ko paths=0
measure kanary_counting_openat $ABSENT
result=$(./getppid $PERIOD $STRIDE $ABSENT)
echo "kanary_outside_openat_paths_off $result"
rmmod kanary
