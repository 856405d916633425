# SPDX-License-Identifier: GPL-2.0
# What kmemleak finds, of all that was done since the boot and of this:
#
#	insmod  containers, a recorder, models, alerts, queries | scan | rmmod | scan
#
# Last of all, on a kernel that has kmemleak.
. ./library.sh

LEAKS=/sys/kernel/debug/kmemleak

# It takes what is younger than 5 seconds for in use, and believes no first sight.
scan() {
	sleep 6
	echo scan >$LEAKS
	echo scan >$LEAKS
	[ ! -s $LEAKS ] || fail "leaked, $1: $(head -n 60 $LEAKS)"
}

above() {
	[ "$(counter "$1")" -gt "$2" ]
}

[ -e $LEAKS ] || fail "this kernel has no kmemleak"
if [ -z "${WITHOUT_MODULE:-}" ]; then
	insmod kanary.ko period=64
	kanary record -o leaks.rec --force --all 2>record.said &
	recorder=$!
	await 20 grep -q ready record.said
	yielding leaks storm forks 0 &
	yielding compat storm compat 0 &
	await 60 contained leaks
	model alarm.model 64 alarm
	for _ in 1 2 3; do
		kanary load alarm.model --container "$(identity leaks)"
	done
	await 60 above alerts 20
	kanary containers --json >/dev/null
	isolated leaks storm threads 100
	scan "the module being loaded"
	kill -INT "$recorder" || fail "the recorder has ended: $(cat record.said)"
	wait "$recorder" || fail "the recorder ended with status $?: $(cat record.said)"
	for cgroup in leaks compat; do
		echo 1 >"$CGROUPS/$cgroup/cgroup.kill"
	done
	rmmod kanary
fi
scan "the module being gone"
