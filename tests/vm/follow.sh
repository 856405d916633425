# SPDX-License-Identifier: GPL-2.0
# A container is recorded by its name, whatever its cgroup's number is:
#
#	web      --111--X  --222--X -333-X       restarts, the last life a short one
#	webb     ---------------------------     another one, never recorded
#	late               .......  -444-X       waited for, from its first call on
#	host     ----                            in the host's pid namespace: refused
#	starting ....----                        its namespace is made late: waited for
#	module   ------------------------X   --  unloaded: a recorder ends, a watcher waits for it
. ./library.sh

# calls RECORDING: getppid() of all who made many; a shell makes one as it starts
calls() {
	vectors "$1" | jq -s '[group_by(.stream)[] | ([.[].counts.getppid // 0] | add)
		| select(. > 50)] | add // 0'
}

# lives RECORDING NAME: how many there are, and how many of them went
lives() {
	kanary info --json "$1" | jq -c --arg name "$2" \
		'[.containers[] | select(.name == $name) | .lives[] | .gone] | [length, (map(select(.)) | length)]'
}

said() {
	[ "$(grep -c "$2" "$1")" -ge "${3:-1}" ]
}

# begin NAME COMMAND...: a container of that name
begin() {
	bundle "$@"
	start "$1"
}

insmod kanary.ko period=64 queue_length=4096
begin webb sh -c 'while :; do /files/storm calls 1000; done'
begin web sh -c '/files/storm calls 111; exec /files/storm wait'
first=$(identity web)
refused 1 "no container is called 'late'" kanary record -o late.rec --container late
[ ! -e late.rec ] || fail "the recorder that was refused left a file"

kanary record -o web.rec --container web --json >web.json 2>web.said &
recorder=$!
await 20 grep -q ready web.said
said web.said "records crun web, cgroup $first /web" || fail "it does not say whom it records: $(cat web.said)"
stop web
await 20 said web.said "crun web went at 00:0[0-9]:[0-9][0-9] (cgroup $first)"
begin web sh -c '/files/storm calls 222; exec /files/storm wait'
second=$(identity web)
await 20 said web.said "crun web came at 00:0[0-9]:[0-9][0-9] (cgroup $second)"
stop web
await 20 said web.said "crun web went" 2
# Gone before anybody could have asked for it.
bundle web /files/storm calls 333
run web
await 20 said web.said "crun web went" 3
await 10 judged "$(counter seen)"
kill -INT "$recorder"
wait "$recorder" || fail "the recorder: $(cat web.said)"
[ "$(jq '.vectors_lost + .messages_lost + .vectors_unnamed' web.json)" = 0 ] || fail "vectors were lost: $(cat web.json)"
# What the first life had done before the recording began is not in it.
got=$(calls web.rec)
[ "$got" = $((222 + 333)) ] || [ "$got" = $((111 + 222 + 333)) ] ||
	fail "222 and 333 calls were made after restarts, $got are recorded: $(kanary info web.rec)"
[ "$(lives web.rec web)" = '[3,3]' ] || fail "three lives came and went: $(kanary info web.rec)"
[ "$(kanary info --json web.rec | jq -r '[.containers[].name] | unique | join(" ")')" = web ] ||
	fail "not web alone is in it: $(kanary info web.rec)"
[ "$(jq .vectors_of_others web.json)" -gt 0 ] || fail "nothing of webb was passed over: $(cat web.json)"
[ "$(kanary info --json web.rec | jq -r .boot)" = "$(cat /proc/sys/kernel/random/boot_id)" ] ||
	fail "another boot: $(kanary info web.rec)"

# What is there is not lost by a slip.
refused 1 "web.rec is there already: --force replaces it" kanary record -o web.rec --container webb
refused 1 "/dev/null is there already, and no file" kanary record -o /dev/null --force --all
[ "$(calls web.rec)" = "$got" ] || fail "the refused recorder changed the file"

kanary record -o late.rec --container 'lat*' --wait 2>late.said >late.out &
recorder=$!
await 20 grep -q ready late.said
bundle late /files/storm calls 444
run late
await 20 said late.said "late went"
await 10 judged "$(counter seen)"
kill -INT "$recorder"
wait "$recorder" || fail "the recorder: $(cat late.said)"
[ "$(calls late.rec)" = 444 ] || fail "444 calls were made by late, $(calls late.rec) are recorded: $(cat late.out late.said)"
grep -q " late, cgroup [0-9]*: from 00:" late.out || fail "its life is not in the summary: $(cat late.out)"

# With the host's pid namespace it is no container to the module.
bundle host /files/storm wait
alter host '.linux.namespaces |= map(select(.type != "pid"))'
start host
model quiet.model 64 quiet
refused 1 "is in the host's pid namespace (as with --pid=host), which the module does not count: modprobe kanary scope=all" \
	kanary record -o host.rec --container host
refused 1 "is in the host's pid namespace" kanary load quiet.model --container host
stop host

# starting COMMAND...: a container of which there is no more yet than a runtime's own process
starting() {
	mkdir -p "$CGROUPS/starting"
	(
		echo "$BASHPID" >"$CGROUPS/starting/cgroup.procs"
		exec "$@"
	) &
	await 20 grep -q . "$CGROUPS/starting/cgroup.procs"
}

# Before the namespace is made, and with nobody in it yet.
for runtime in "sleep 1; exec unshare --pid --fork --kill-child storm wait" \
	"exec unshare --pid storm wait"; do
	starting sh -c "$runtime"
	kanary load quiet.model --container "$(identity starting)" || fail "refused while it starts: $runtime"
	kanary unload --container "$(identity starting)"
	echo 1 >"$CGROUPS/starting/cgroup.kill"
	wait $! || :
done

# Whoever is at work when the module goes notices it.
model alarm.model 64 alarm
kanary watch --json >events 2>watch.said &
watch=$!
kanary record -o gone.rec --all >gone.out 2>gone.said &
recorder=$!
await 20 grep -q ready watch.said
await 20 grep -q ready gone.said
await 10 judged $(($(counter seen) + 10))
rmmod kanary
status=0
wait "$recorder" || status=$?
[ "$status" = 1 ] || fail "the recorder ended with status $status: $(cat gone.said)"
said gone.said "record: the kanary module was unloaded at 00:.*: gone.rec has what came before" ||
	fail "the recorder does not say why it ended: $(cat gone.said)"
[ "$(kanary info --json gone.rec | jq -r .end)" = "ended as the module went" ] ||
	fail "the recording does not say why it ended: $(kanary info gone.rec)"
[ "$(kanary info --json gone.rec | jq '[.containers[].vectors] | add')" -gt 0 ] || fail "$(kanary info gone.rec)"
happened() {
	jq -e --arg event "$1" 'select(.event == $event)' events >/dev/null
}
await 20 happened module_gone
insmod kanary.ko period=64 queue_length=4096
await 20 happened module_back
await 20 said watch.said ready 2
kanary load alarm.model --container webb >load.out
grep -qE "^alarm.model \(profile [a-z0-9-]+\) now watches crun webb, cgroup $(identity webb) /webb$" load.out ||
	fail "load says: $(cat load.out)"
await 20 happened alert
kill -INT "$watch"
wait "$watch" || fail "watch: $(cat watch.said)"

# Models of containers that have gone are taken away together, and no others.
watched=$(identity webb)
left() {
	kanary containers --json | jq -e --argjson id "$watched" '.containers[] | select(.cgroup == $id) | .gone' >/dev/null
}
stop webb
await 20 left
bundle other /files/storm wait
start other
kanary load quiet.model --container other >load.out
[ "$(kanary unload --gone)" = "1 model of a container that has gone was unloaded" ] || fail "$(kanary containers)"
[ "$(kanary containers --json | jq -c '[.containers[] | select(.profile) | .name]')" = '["other"]' ] ||
	fail "not the model of other alone is there: $(kanary containers)"
