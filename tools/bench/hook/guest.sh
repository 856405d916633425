#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the guest: getppid() with nothing, an empty kprobe, Kanary counting, Kanary monitoring;
# openat() with nothing, Kanary counting, Kanary looking at its path.
# Prints lines "NAME MEDIAN AVERAGE", in instructions a call.
set -euo pipefail

PERIOD=1024
STRIDE=16
# Of 40 bytes.
NAME=/srv/kanary/bench/directory/no-file.conf
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

# In no container.
outside() {
	local name=$1 result

	shift
	result=$(./getppid $PERIOD $STRIDE "$@")
	echo "$name $result"
}

# A counter of kanary status
counter() {
	./kanary status --json | jq ".counters.$1"
}

[ ${#NAME} -eq 40 ] || { echo "the path has ${#NAME} bytes" >&2; exit 1; }
measure baseline
measure baseline_openat $NAME
outside outside
outside outside_openat $NAME
insmod empty_kprobe.ko
measure empty_kprobe
rmmod empty_kprobe
insmod kanary.ko paths=1
measure kanary_counting
[ "$(counter dropped_unclaimed)" -gt 0 ] || { echo "nothing was counted" >&2; exit 1; }
# The price for everyone else: a task that is in no container.
outside kanary_outside
outside kanary_outside_openat $NAME
counted=$(counter paths_counted)
measure kanary_paths_openat $NAME
[ "$(counter paths_counted)" -gt "$((counted + PERIOD))" ] || { echo "no paths were counted" >&2; exit 1; }
./kanary load stride-16.model --container "$(stat -c %i "$cgroup")"
measure kanary_monitoring
scored=$(counter scored)
[ "$scored" -ge $((6 * STRIDE)) ] || { echo "only $scored vectors were scored" >&2; exit 1; }
# The same with the sequence head four times as often.
./kanary load stride-4.model --container "$(stat -c %i "$cgroup")"
measure kanary_stride_4
# And with the order of the calls judged, too, as by default; but no call comes as it was learned.
./kanary load order.model --container "$(stat -c %i "$cgroup")"
measure kanary_order
rmmod kanary
# As kanary_paths_openat, but for the paths: no model, either.
insmod kanary.ko paths=0
measure kanary_counting_openat $NAME
outside kanary_outside_openat_paths_off $NAME
rmmod kanary
