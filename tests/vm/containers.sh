# SPDX-License-Identifier: GPL-2.0
# Real containers, made by a real runtime:
#
#	early    -------------------------------------   runs before insmod: found
#	asleep   ------X                                 so does this, without a call
#	           exec |--|                             a process that joins it
#	loop-1..8       |--| |--| |--| ...               start, 300 calls, end: all counted,
#	                                                 and nothing of what crun did before
#	crowd                             |-----|        more tasks than the table holds
. ./library.sh

# What only a runtime does: the programs in these containers never call them.
SETUP='["pivot_root","mount","umount2","setns","unshare","capset","sethostname","keyctl","chroot"]'

listed() {
	kanary containers --json | jq -e --argjson id "$1" '.containers[] | select(.cgroup == $id)'
}

gone() {
	! listed "$1" >/dev/null
}

moves() {
	[ "$(listed "$1" | jq .vectors)" -gt 0 ]
}

above() {
	[ "$(counter "$1")" -gt "$2" ]
}

bundle early sh -c 'while :; do /files/storm calls 100; done'
start early
bundle asleep /files/storm wait
start asleep
insmod kanary.ko period=64 queue_length=4096
early=$(identity early)
await 10 moves "$early"
pid=$(crun state early | jq .pid)
[ "$(listed "$early" | jq .pid)" = "$pid" ] ||
	fail "the list names pid $(listed "$early" | jq .pid) where crun says $pid"
# One that makes no call is there from the start.
[ "$(listed "$(identity asleep)" | jq .pid)" = "$(crun state asleep | jq .pid)" ] ||
	fail "the container that sleeps was not found: $(kanary containers --json)"
stop asleep
[ "$(listed "$early" | jq -r .name)" = early ] || fail "it is not called early: $(listed "$early")"

kanary record -o containers.rec --all 2>record.said &
recorder=$!
await 10 grep -q ready record.said
crun exec early /files/storm calls 7777 </dev/null
for n in $(seq 8); do
	bundle "loop-$n" /files/storm calls 300
	run "loop-$n" || fail "crun run loop-$n: status $?"
done
kill -INT "$recorder"
wait "$recorder" || fail "the recorder: $(cat record.said)"
[ "$(counter dropped_queue_full dropped_recorder_full dropped_no_memory)" = "0 0 0" ] ||
	fail "vectors were dropped: $(counter dropped_queue_full dropped_recorder_full dropped_no_memory)"
vectors containers.rec >containers.vectors

setup=$(jq -c --argjson setup "$SETUP" 'select(.counts | keys | any(IN($setup[])))' containers.vectors)
[ -z "$setup" ] || fail "the runtime's own calls were counted: $(head -n 1 <<<"$setup")"
# The calls of each process, by its container
sums=$(jq -s -c --argjson early "$early" '[group_by(.stream)[] | {cgroup: .[0].cgroup,
	calls: ([.[].counts.getppid // 0] | add)} | select(.calls >= 150)]' containers.vectors)
joined=$(jq -c --argjson early "$early" '[.[] | select(.cgroup == $early and .calls == 7777)] | length' <<<"$sums")
[ "$joined" = 1 ] || fail "the process that joined early did not make 7777 calls: $sums"
loops=$(jq -c --argjson early "$early" '[.[] | select(.cgroup != $early) | .calls]' <<<"$sums")
[ "$loops" = '[300,300,300,300,300,300,300,300]' ] || fail "300 calls each were made, counted: $loops"

stop early
await 10 gone "$early"
rmmod kanary

insmod kanary.ko max_tasks=64 period=64
bundle crowd sh -c 'for n in $(seq 120); do /files/storm wait & done; exec /files/storm calls 0'
start crowd
crowd=$(identity crowd)
await 60 above calls_table_full 0
tasks=$(counter tasks)
[ "$tasks" -le 64 ] || fail "$tasks tasks are in a table of 64"
balanced
stop crowd
await 20 gone "$crowd"
# The room is there again.
bundle after sh -c '/files/storm calls 0'
start after
after=$(identity after)
await 20 moves "$after"
stop after
balanced
