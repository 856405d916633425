# SPDX-License-Identifier: GPL-2.0
# Of every vector exactly one thing becomes true, whatever happens to its reader:
#
#	calls    --------------------------------------X
#	forks    --------------------------------------X     all three yield
#	threads  --------------------------------------X
#	burst                                        |-X     does not: a queue of 16 a CPU overflows
#	model            |-- scores the calls ---------------
#	recorder   |-- deaf -- KILL |-- STOP . CONT -- KILL |-- INT
#	balance    ^  ^  ^   ^  ^  ^  ^  ^  ^  ^  ^  ^  ^  ^  ^  ^ exact each time
. ./library.sh

alone() {
	[ "$(counter recorder_port)" = 0 ]
}

# above COUNTER N
above() {
	[ "$(counter "$1")" -gt "$2" ]
}

nobody() {
	[ "$(counter tasks)" = 0 ]
}

# record FILE: in the background; returns once it records
record() {
	rm -f "$1.said"
	kanary record -o "$1" --all --json >"$1.json" 2>"$1.said" &
	recorder=$!
	await 10 grep -q ready "$1.said"
}

insmod kanary.ko period=16 queue_length=16
yielding calls storm calls 0 &
yielding forks storm forks 0 &
yielding threads storm threads 0 &
hostile deaf 2>deaf.said &
recorder=$!
await 10 grep -q ready deaf.said
await 30 above dropped_recorder_full 100
balanced
kill -KILL "$recorder"
wait "$recorder" 2>/dev/null || :
await 10 alone
balanced

record first.rec
await 30 above delivered "$(($(counter delivered) + 1000))"
balanced
model quiet.model 16 quiet
kanary load quiet.model --container "$(identity calls)"
await 30 above scored 1000
balanced
kill -STOP "$recorder"
for _ in $(seq 10); do
	balanced
done
kill -CONT "$recorder"
for _ in $(seq 10); do
	balanced
done
kill -KILL "$recorder"
wait "$recorder" 2>/dev/null || :
await 10 alone
balanced
[ "$(counter dropped_unclaimed)" -gt 0 ] || await 10 above dropped_unclaimed 0

# One that was killed leaves a recording that can be read, and its place to the next.
vectors first.rec >first.vectors 2>first.damage || fail "$(cat first.damage)"
[ "$(wc -l <first.vectors)" -gt 100 ] || fail "only $(wc -l <first.vectors) vectors were recorded"
record second.rec
await 20 above delivered "$(counter delivered)"
kill -INT "$recorder"
wait "$recorder" || fail "the recorder ended with status $?: $(cat second.rec.said)"
[ "$(vectors second.rec | wc -l)" = "$(jq .vectors second.rec.json)" ] ||
	fail "the recorder counts $(jq .vectors second.rec.json) vectors, its file has $(vectors second.rec | wc -l)"

isolated burst sh -c 'storm calls 0 & storm calls 0' &
await 60 above dropped_queue_full 0
balanced
for cgroup in calls forks threads burst; do
	echo 1 >"$CGROUPS/$cgroup/cgroup.kill"
done
await 20 nobody
await 10 quiet
balanced
read -r seen full <<<"$(counter seen dropped_queue_full)"
echo "$seen vectors, $full of them found the queue full"
