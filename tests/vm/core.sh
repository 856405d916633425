# SPDX-License-Identifier: GPL-2.0
# The whole of Kanary on one kernel, with a real container:
#
#	redis     ----- SET, GET ---------------- SET, GET ----X
#	insmod      |----------------------------------------|
#	record         |--------|
#	train, load              |--|------------------|
#	attack                                     tar /etc away
#	alert     . . . . . . . . . . . . . . . . . . . |
#
# The model is of this kernel: whether, for one, the time is a system call is up to the clock that
# the kernel has chosen. Leaves what it saw in /out/core.json.
. ./library.sh

ready() {
	[ "$(redis-cli ping 2>/dev/null)" = PONG ]
}

# What redis is used for. One client, so that its calls do not depend on how fast the kernel is.
use() {
	redis-benchmark -q -n "$1" -c 1 -d 32 -t set,get,incr,lpush >/dev/null
}

above() {
	[ "$(counter "$1")" -gt "$2" ]
}

alerts() {
	dmesg -t | grep -c "^kanary: alert container=redis cgroup=$container .* comm=$1 " || :
}

alerted() {
	[ "$(alerts "$1")" -gt 0 ]
}

bundle redis redis-server --bind 127.0.0.1 --save "" --logfile "" --jemalloc-bg-thread no
alter redis '.process.cwd = "/tmp"'
start redis
await 60 ready
insmod kanary.ko period=64 queue_length=4096
container=$(identity redis)
status=$(kanary status --json)
[ "$(jq -r .self_test <<<"$status")" = passed ] || fail "the self-test did not pass: $status"
use 200
await 20 above seen 10

kanary record -o core.rec --container "$container" 2>record.said &
recorder=$!
await 20 grep -q ready record.said
for _ in 1 2 3 4 5 6; do
	use 800
done
kill -INT "$recorder"
wait "$recorder" || fail "$(cat record.said)"
kanary train core.rec -o core.model --budget 1/100000 --hidden 8 --steps 8 --epochs 10 \
	>/dev/null 2>train.said || fail "$(cat train.said)"

kanary load core.model --container "$container"
use 800
use 800
await 20 judged "$(counter seen)"
benign=$(alerts '[a-z-]*')
[ "$(counter scored)" -gt 50 ] || fail "$(counter scored) vectors were scored"
[ "$benign" -le 1 ] || fail "$benign alerts where all is normal: $(dmesg -t | grep -m 3 alert)"
crun exec redis sh -c 'tar -c /etc | nc -w 1 127.0.0.1 6379' >/dev/null 2>&1 || :
await 20 alerted tar
attack=$(alerts tar)
balanced
status=$(kanary status --json)
stop redis
rmmod kanary
! grep -q ^kanary /proc/modules || fail "it is still loaded"
[ ! -s /sys/kernel/debug/kprobes/list ] || fail "kprobes are still there"
jq -c --argjson benign "$benign" --argjson attack "$attack" --arg kernel "$(uname -r)" \
	'{kernel: $kernel, hook, self_test, seen: .counters.seen, scored: .counters.scored,
	missed: .counters.calls_missed, no_memory: .counters.calls_no_memory,
	benign: $benign, attack: $attack}' <<<"$status" >/out/core.json
