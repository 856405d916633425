# SPDX-License-Identifier: GPL-2.0
# The module comes and goes while containers work:
#
#	calls    ----------------------------------------------->  one task, system calls
#	forks    ----------------------------------------------->  fork, exec, exit
#	threads  ----------------------------------------------->  threads
#	insmod     |--|  |--|  |--|  |--|     ... 100 times, then with the other hooks
#	memory   ^                                          ^ the same
. ./library.sh

# Available memory and slabs, in KiB. What is free, but in a CPU's own list, is in neither number of
# the kernel's: up to 27 MB a CPU here.
memory() {
	reclaim
	awk '/^ *count:/ { lists += 4 * $2 } /^MemAvailable:/ { available = $2 } /^Slab:/ { slab = $2 }
		END { print available + lists, slab }' /proc/zoneinfo /proc/meminfo
}

counting() {
	[ "$(counter seen)" -gt 0 ]
}

# round HOOK NAME: load, be sure that it counts now and then, unload
round() {
	insmod kanary.ko "hook=$1" period=64
	# The first round has nothing to count.
	if [ $((++rounds % 10)) -eq 0 ] || [ "$1" != dispatcher ]; then
		await 10 counting
		[ "$(kanary status --json | jq -r .hook)" = "$2" ] ||
			fail "hook=$1 gives $(kanary status --json | jq -r .hook)"
		balanced
	fi
	rmmod kanary
}

# A leak of one table a round would be 50 MiB in the end, one of a queue of a CPU 25.
recovered() {
	after=$(memory)
	read -r available slab <<<"$before"
	read -r available_now slab_now <<<"$after"
	[ $((available - available_now)) -lt 10000 ] && [ $((slab_now - slab)) -lt 6000 ]
}

# exists CGROUP: with a process in it
exists() {
	grep -q "populated 1" "$CGROUPS/$1/cgroup.events"
}

gone() {
	! exists "$1"
}

rounds=0
# What is allocated once, by anyone, is there after this.
round dispatcher x64_sys_call
before=$(memory)
yielding calls storm calls 0 &
yielding forks storm forks 0 &
yielding threads storm threads 0 &
for _ in $(seq "${ROUNDS:-100}"); do
	round dispatcher x64_sys_call
done
for _ in 1 2 3 4 5; do
	round tracepoint sys_enter
done
# Hundreds of kprobes, each put on with all CPUs held: once will do.
round handlers handlers

for cgroup in calls forks threads; do
	exists "$cgroup" || fail "$cgroup did not survive it"
	echo 1 >"$CGROUPS/$cgroup/cgroup.kill"
	await 10 gone "$cgroup"
done
limit=$((SECONDS + 20 * PATIENCE))
until recovered; do
	[ "$SECONDS" -lt "$limit" ] || fail "available and slab memory went from $before to $after KiB"
done
! grep kanary /proc/slabinfo || fail "slab caches are still there"
[ ! -s /sys/kernel/debug/kprobes/list ] ||
	fail "kprobes are still there: $(head -n 3 /sys/kernel/debug/kprobes/list)"
! dmesg | grep -q "not loaded" || fail "$(dmesg | grep "not loaded")"
