# SPDX-License-Identifier: GPL-2.0
# One storm after the other; after each, every vector is accounted for, and nothing more
# is held than before the first:
#
#	forks      fork, exec, exit                      counted, bounded
#	threads    likewise
#	execs      threads that exec their process away  in mode enforce: killed
#	calls      on every CPU at once
#	numbers    every system call there is, most of them refused
#	crowd      four times as many tasks as the table takes, on debug kernels half as many again
#	deaf       alerts and vectors for readers that are stopped
#	hotplug    calls, forks, threads; CPU 1 goes and comes back, 12 times
#	containers the same; 5 real ones come and go
#	reload     the same; the module comes and goes, 20 times, CPU 1 too
. ./library.sh

PARAMETERS=(period=64 queue_length=64 max_tasks=256)
CPU=/sys/devices/system/cpu/cpu1/online

above() {
	[ "$(counter "$1")" -gt "$2" ]
}

nobody() {
	[ "$(counter tasks queued)" = "0 0" ]
}

# Who is refused is counted for a moment, but all of them are quiet in the end.
crowded() {
	[ "$(counter tasks)" -eq 256 ]
}

# What no load explains; the scratch memory of verdicts is there from the first on.
held() {
	counter memory_bytes
}

slab() {
	reclaim
	awk '/^Slab:/ { print $2 }' /proc/meminfo
}

unload_storms() {
	local cgroup

	for cgroup in "$CGROUPS"/storm-*/; do
		[ ! -e "$cgroup" ] || echo 1 >"$cgroup/cgroup.kill"
	done
	for cgroup in "$CGROUPS"/storm-*/; do
		[ ! -e "$cgroup" ] || await 20 rmdir "$cgroup" 2>/dev/null
	done
}

# calm NAME: the storm is over, and left nothing
calm() {
	unload_storms
	await 60 nobody
	balanced
	[ "$(held)" = "$before" ] || fail "$1: $before bytes were held before, $(held) are now"
	seen=$(counter seen)
	[ "$seen" -gt "$seen_before" ] || fail "$1: no storm, not one vector"
	echo "$1: $((seen - seen_before)) vectors"
	seen_before=$seen
}

# storms: calls, forks and threads until they are unloaded; all yield to what directs them
storms() {
	yielding storm-calls storm calls 0 &
	yielding storm-forks storm forks 0 &
	yielding storm-threads storm threads 0 &
}

insmod kanary.ko "${PARAMETERS[@]}"
model alarm.model 64 alarm
mkdir "$CGROUPS/judged"
kanary load alarm.model --container "$(identity judged)"
isolated judged storm calls 640
await 20 above scored 5
kanary unload --container "$(identity judged)"
await 20 nobody
before=$(held) seen_before=$(counter seen) slab_before=$(slab)

isolated storm-forks storm forks "${FORKS:-500}"
calm forks
isolated storm-threads storm threads "${FORKS:-500}"
calm threads

mkdir "$CGROUPS/storm-execs"
kanary load alarm.model --container "$(identity storm-execs)"
kanary mode "$(identity storm-execs)" enforce
execs=0
until [ "$(counter killed)" -gt 10 ]; do
	[ "$((++execs))" -le 200 ] || fail "of $execs processes $(counter killed) were killed"
	isolated storm-execs storm execs 20 || :
done
kanary unload --container "$(identity storm-execs)"
calm execs

for cpu in $(seq "$(nproc)"); do
	isolated "storm-calls-$cpu" storm calls "${CALLS:-100000}" &
done
wait
calm calls

isolated storm-numbers storm numbers "${NUMBERS:-40}"
calm numbers

# All are there before any of them goes on; who finds no room then is refused at each call.
full_before=$(counter calls_table_full)
yielding storm-crowd storm crowd "${CROWD:-1024}" &
await 60 above calls_table_full $((full_before + (${CROWD:-1024} - 256) * 50))
await 20 crowded
balanced
calm crowd

# Readers that do not read: nothing waits for them.
storms
kanary watch --json >/dev/null 2>watch.said &
watch=$!
await 20 grep -q ready watch.said
# The command's own socket takes 32 MiB, which a busy machine does not fill within a minute.
hostile deaf 2>deaf.said &
recorder=$!
await 20 grep -q ready deaf.said
await 20 contained storm-calls
kill -STOP "$watch" "$recorder"
await 60 above dropped_recorder_full 500
# Of what is judged the recorder would get copies, which have another fate.
kanary load alarm.model --container "$(identity storm-calls)"
await 60 above alerts $(($(counter alerts) + 1000))
balanced
kill -KILL "$watch" "$recorder"
wait "$watch" "$recorder" 2>/dev/null || :
kanary unload --container "$(identity storm-calls)"
calm deaf

if [ -e $CPU ]; then
	storms
	for _ in $(seq 12); do
		echo 0 >$CPU
		balanced
		echo 1 >$CPU
		balanced
	done
	calm hotplug
fi

storms
for n in 1 2 3 4 5; do
	bundle "storm-$n" /files/storm forks 40
	run "storm-$n" || fail "crun run storm-$n: status $?"
done
calm containers

storms
for n in $(seq "${ROUNDS:-20}"); do
	rmmod kanary
	[ ! -e $CPU ] || echo $((n % 2)) >$CPU
	insmod kanary.ko "${PARAMETERS[@]}"
	balanced
done
[ ! -e $CPU ] || echo 1 >$CPU
await 20 above seen 100
rmmod kanary
unload_storms
limit=$((SECONDS + 20 * PATIENCE))
until [ "$(slab)" -lt $((slab_before + 4000)) ]; do
	[ "$SECONDS" -lt "$limit" ] || fail "slab memory went from $slab_before to $(slab) KiB"
done
