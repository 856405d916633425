# SPDX-License-Identifier: GPL-2.0
# What tasks do besides fork and exit, each call of which is known:
#
#	adopted   threads ---- insmod ---- 100, 200, 300, 400 calls    each thread's own
#	leap      a second thread execs: the first ends, its number goes on
#	vfork     5 children on their parent's memory, then exec
#	entered   by a process from outside, which makes a child of its parent there
#	again     two processes, one after the other, with the same number
#	moved     a -- 640 calls -- b -- 640 calls --                  to another cgroup
#	below     container/inner/inmost                               where it made one, and stays
#	renewed   a container, and another one of the same name
. ./library.sh

# streams CGROUP: [pid == tgid, getppid()s] of each stream that made any
streams() {
	jq -s -c --argjson id "$1" '[.[] | select(.cgroup == $id)] | group_by(.stream)
		| [.[] | {pid: .[0].pid, tgid: .[0].tgid, calls: ([.[].counts.getppid // 0] | add)}
		| select(.calls > 50)] | sort_by(.calls)' vectors.json
}

# expect WHAT JSON: the calls of each stream of the container
expect() {
	local got

	got=$(streams "$(identity "$1")" | jq -c 'map(.calls)')
	[ "$got" = "$2" ] || fail "$1: $got calls were counted where $2 were made: $(streams "$(identity "$1")")"
}

listed() {
	[ "$(kanary containers --json | jq --argjson id "$(identity "$1")" \
		'[.containers[] | select(.cgroup == $id) | .tasks] | add // 0')" -ge "$2" ]
}

nobody() {
	[ "$(counter tasks)" = 0 ]
}

sleeping() {
	[ "$(wc -l <"$CGROUPS/$1/cgroup.threads")" -ge "$2" ]
}

isolated adopted life threads 4 /tmp/go &
adopted=$!
# unshare, and the process with its threads
await 20 test -e "$CGROUPS/adopted/cgroup.threads"
await 20 sleeping adopted 6
insmod kanary.ko period=64 queue_length=4096
listed adopted 5 || fail "not all of 5 threads were found: $(kanary containers --json)"
kanary record -o life.rec --all 2>record.said &
recorder=$!
await 10 grep -q ready record.said
touch /tmp/go
wait "$adopted" || fail "life threads: status $?"

isolated leap life leap /files/storm calls 777 || fail "life leap: status $?"
isolated vfork life vfork 5 /files/storm calls 100 || fail "life vfork: status $?"
# As docker exec does it; that child has no parent in the container and never execs.
isolated entered storm wait &
entered_runs() {
	grep -qsx storm "/proc/$(tail -n 1 "$CGROUPS/entered/cgroup.procs")/comm"
}
await 20 entered_runs
first=$(tail -n 1 "$CGROUPS/entered/cgroup.procs")
(
	echo "$BASHPID" >"$CGROUPS/entered/cgroup.procs"
	exec nsenter --target "$first" --pid life sibling 333
) || fail "life sibling: status $?"
echo 1 >"$CGROUPS/entered/cgroup.kill"
mkdir "$CGROUPS/again"
(
	echo "$BASHPID" >"$CGROUPS/again/cgroup.procs"
	exec life again 30000 /files/storm calls 123
) || fail "life again: status $?"

await 20 nobody
[ "$(counter dropped_queue_full dropped_recorder_full dropped_no_memory)" = "0 0 0" ] ||
	fail "vectors were dropped: $(kanary status)"

# It goes on for ever; what it does in the one and in the other is to be told apart.
mkdir "$CGROUPS/there"
isolated here chrt --idle 0 storm calls 0 &
seen() {
	[ "$(kanary containers --json | jq --argjson id "$(identity "$1")" \
		'[.containers[] | select(.cgroup == $id) | .vectors] | add // 0')" -gt 20 ]
}
await 20 seen here
pid=$(kanary containers --json | jq --argjson id "$(identity here)" '.containers[] | select(.cgroup == $id) | .pid')
echo "$pid" >"$CGROUPS/there/cgroup.procs"
await 20 seen there
kill -KILL "$pid"

# As privileged ones can: a cgroup of their own below the container's.
model quiet.model 64 quiet
isolated below chrt --idle 0 storm calls 0 &
await 20 seen below
kanary load quiet.model --container "$(identity below)"
below=$(kanary containers --json | jq --argjson id "$(identity below)" '.containers[] | select(.cgroup == $id) | .pid')
mkdir -p "$CGROUPS/below/inner/inmost"
echo "$below" >"$CGROUPS/below/inner/inmost/cgroup.procs"
scored() {
	kanary containers --json | jq --argjson id "$(identity below)" \
		'[.containers[] | select(.cgroup == $id) | .profile.scored] | add // 0'
}
before=$(scored)
judged_below() {
	[ "$(scored)" -gt $((before + 20)) ]
}
await 20 judged_below
! listed below/inner/inmost 1 || fail "it left the container: $(kanary containers)"
kill -KILL "$below"
kanary unload --container "$(identity below)"

bundle name /files/storm wait
start name
first=$(identity name)
kanary load quiet.model --container "$first"
stop name
bundle name /files/storm wait
start name
second=$(identity name)
[ "$first" != "$second" ] || fail "a new container has the old one's identity $first"
await 10 listed name 1
# Its model stays until it is unloaded, and so it is listed.
of_first() {
	kanary containers --json | jq -c --argjson id "$first" \
		'[.containers[] | select(.cgroup == $id) | {tasks, model: (.profile != null)}]'
}
[ "$(of_first)" = '[{"tasks":0,"model":true}]' ] ||
	fail "the model of the container that has gone: $(of_first)"
kanary containers | grep -qE "^$first .* 0 .* gone " || fail "$(kanary containers)"
kanary unload --container "$first"
[ "$(of_first)" = '[]' ] || fail "the container that has gone is still listed: $(of_first)"
stop name
await 20 nobody
kill -INT "$recorder"
wait "$recorder" || fail "$(cat record.said)"
vectors life.rec >vectors.json

expect adopted '[100,200,300,400]'
[ "$(streams "$(identity adopted)" | jq 'map(.tgid) | unique | length')" = 1 ] &&
	[ "$(streams "$(identity adopted)" | jq 'map(select(.pid != .tgid)) | length')" = 4 ] ||
	fail "the threads are not told apart: $(streams "$(identity adopted)")"
expect leap '[777]'
[ "$(streams "$(identity leap)" | jq '.[0].pid == .[0].tgid')" = true ] ||
	fail "the thread that exec'd did not take over its process's number: $(streams "$(identity leap)")"
expect vfork '[100,100,100,100,100]'
expect entered '[333]'
expect again '[123,123]'
[ "$(streams "$(identity again)" | jq -c 'map(.pid)')" = '[30000,30000]' ] ||
	fail "the two had not the same number: $(streams "$(identity again)")"
# One stream in two containers, first all of the one and then all of the other.
turns=$(jq -s -c --argjson pid "$pid" '[.[] | select(.pid == $pid and .counts.getppid)]
	| sort_by(.index) | map(.cgroup) | reduce .[] as $id ([]; if .[-1] == $id then . else . + [$id] end)' vectors.json)
[ "$turns" = "[$(identity here),$(identity there)]" ] ||
	fail "the moved task was seen in $turns, not in $(identity here) and then in $(identity there)"
[ "$(jq -s --argjson pid "$pid" '[.[] | select(.pid == $pid and .counts.getppid)] | map(.stream) | unique | length' vectors.json)" = 1 ] ||
	fail "the move began another stream"
[ "$(jq -s -c --argjson pid "$below" '[.[] | select(.pid == $pid and .counts.getppid) | .cgroup] | unique' vectors.json)" = \
	"[$(identity below)]" ] || fail "the task below was seen elsewhere than in $(identity below)"
balanced
