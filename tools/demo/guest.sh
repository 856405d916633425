#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The demo, inside the virtual machine: learn two containers, watch them, attack them.
#
#	insmod -> start redis, nginx -> record -> train -> load -> benign load -> attacks
#
# Leaves /out/result.json. Exit status 1, and a sentence each, when an attack was missed, a false
# alarm was raised, vectors went missing, or a step could not be carried out in two tries.
#
# DRY=1: normal use and attacks alone, without learning and judging: do they work?
set -u
PATHS=${PATHS:-1}
. ./carry.sh
. ./containers.sh
. ./load.sh
. ./learn.sh
. ./effects.sh
. ./attacks.sh

PERIOD=${PERIOD:-64}
TRAIN=${TRAIN:-45}
VECTORS=${VECTORS:-2000}
BENIGN=${BENIGN:-120}
# A demo scores some 20,000 vectors, about 20 a second: at one false alarm a day of this
# load, one demo in a hundred has one.
BUDGET=${BUDGET:-1/day}
# What is in the two images does not change while they run; a minute cannot tell, who made them can.
[ "$PATHS" = 0 ] || PATH_NEWS=${PATH_NEWS:-1/year}
TRAIN_WORK=${TRAIN_WORK:-600k}
# Longer where the worker has not judged all of it by then.
ALERT_WAIT=8
CONTAINERS='redis nginx'
ALERTS=/out/alerts.json
SCENARIO=demo

# alerted NAME START: whether the container raised a critical alert by what it did since then
alerted() {
	jq -se --argjson id "$(identity "$1")" --argjson start "$2" \
		'any(.[]; .event == "alert" and .level == "critical" and .cgroup == $id and .boottime_ns >= $start)' "$ALERTS" >/dev/null
}

# used END: is it over, with some upkeep of each service?
used() {
	local name

	[ "$SECONDS" -ge "$1" ] || return 1
	for name in $CONTAINERS; do
		[ -e "$STATE/$name/upkeep" ] &&
			[ "$(grep -c benign "$STATE/$name/upkeep")" -ge 2 ] || return 1
	done
}

benign() {
	local name seed=9000 loads=() end=$((SECONDS + BENIGN))

	rm -f "$STATE/stop" "$STATE"/*/stop
	for name in $CONTAINERS; do
		load "$name" benign "$seed" 0 &
		loads+=($!)
		seed=$((seed + 1))
	done
	while ! used "$end" && [ "$SECONDS" -lt $((end + 300 * PATIENCE)) ]; do
		# For progress; upkeep has no event.
		sleep $((end - SECONDS > 15 || end < SECONDS ? 15 : end - SECONDS))
		step "benign load: $(counter .counters.scored) vectors scored, $(alerts)"
	done
	used "$end" || fail "the benign load does not get on: raise PATIENCE, which is $PATIENCE"
	touch "$STATE/stop"
	wait "${loads[@]}"
	step "benign load over: $(alerts)"
}

other() {
	[ "$1" = redis ] && echo nginx || echo redis
}

# verdict NAME CONTAINER WAY TRY START END PIDS WORKED SEEN: what came of a try, as a line of JSON
verdict() {
	local id

	id=$(identity "$2")
	# Of a burst not all are in the log.
	dmesg | awk -F '[][ ]+' -v start="$5" '$2 * 1e9 >= start' |
		grep 'kanary: alert' | grep " cgroup=$id " >window.log
	jq -sc --argjson id "$id" --arg name "$1" --arg container "$2" --arg way "$3" --argjson attempt "$4" \
		--argjson start "$5" --argjson finish "$6" --argjson pids "$7" --argjson worked "$8" \
		--arg seen "$9" --rawfile log window.log -f verdict.jq "$ALERTS"
}

# Until it is seen, or all of it was judged and nothing came
await_alert() {
	local end=$((SECONDS + ALERT_WAIT))

	until alerted "$1" "$2"; do
		[ "$SECONDS" -lt "$end" ] || break
		nap
	done
	settle
}

# attack_try NAME CONTAINER WAY AGAIN TRY: a line of attacks.json; fails where the attack could not be
# carried out
attack_try() {
	local name=$1 container=$2 way=$3 again=$4 try=$5 start end pids='[]' worked=true

	spell "$container" $((8000 + SECONDS))
	settle
	start=$(now_ns)
	bounded "$ATTACK_SECONDS" attack "$name" </dev/null >"$STATE/attack" 2>&1 || worked=false
	cat "$STATE/attack" >>"$STATE/attack.log"
	# What a process does last is judged with what it does next.
	[ -n "$again" ] || spell "$container" $((8500 + SECONDS))
	await_alert "$container" "$start"
	[ -z "$again" ] || pids=$(jq -sc . <"$CGROUPS/$container/cgroup.procs")
	end=$(now_ns)
	[ -z "$again" ] || restart "$container" KILL
	settle
	verdict "$name" "$container" "$way" "$try" "$start" "$end" "$pids" "$worked" \
		"$(last_words "$STATE/attack")" >verdict.json
	cat verdict.json >>attacks.json
	[ "$worked" = true ]
}

# The other container stays under benign load meanwhile, and so does this one until the attack.
attack_one() {
	local other_load try

	rm -f "$STATE/stop"
	load "$(other "$2")" benign $((7000 + SECONDS)) 0 &
	other_load=$!
	for try in 1 2; do
		! attack_try "$@" "$try" || break
		step "could not be carried out, try $try: $1: $(jq -r .seen verdict.json)"
	done
	touch "$STATE/stop"
	wait "$other_load"
	step "$(jq -r '"\(if .worked | not then "NO WORK " elif ($ENV.DRY // "") != "" then "worked" elif .detected then "detected" else
		"MISSED  " end)  \(.name), \(.way_in), surprise \(.surprise // "below the threshold")"' verdict.json)"
}

attack_all() {
	local name container way again

	: >attacks.json
	touch "$STATE/attack.log"
	start_listener || fail "the listener does not answer"
	while IFS='|' read -r -u 3 name container way again; do
		attack_one "$name" "$container" "$way" "$again"
	done 3<<<"$ATTACKS"
}

result() {
	jq -s --slurpfile status status.json --slurpfile alerts "$ALERTS" --slurpfile tries "$TRIES" \
		--slurpfile containers <(container_json) --arg kernel "$(uname -r)" --argjson patience "$PATIENCE" \
		--argjson benign "$(awk '{ sum += $1 } END { print sum + 0 }' "$STATE/benign_seconds")" \
		-f result.jq attacks.json >/out/result.json
}

# Everything but learning and judging; ends the run
dry_run() {
	: >"$ALERTS"
	step "without learning: normal use, and the attacks"
	start_all
	[ "$BENIGN" = 0 ] || benign
	attack_all
	cat "$TRIES"
	jq -r 'select(.worked | not) | "\(.name), try \(.attempt): \(.seen)"' attacks.json
	[ -z "$(jq -r 'select((.worked | not) and .attempt == 2)' attacks.json)$(jq -r 'select(.attempt == 2)' "$TRIES")" ] ||
		fail "not all could be carried out: see above"
	exit 0
}

trap 'cp ./*.rec ./*.model ./*.json ./*.log "$STATE/attack.log" "$TRIES" /out/ 2>/dev/null' EXIT
insmod kanary.ko period="$PERIOD" paths="$PATHS" || fail "insmod kanary.ko failed: $(dmesg | tail -n 3)"
step "kanary.ko loaded on $(uname -r), hook $(counter .hook)"
make_containers
[ -z "${DRY:-}" ] || dry_run
step "recording redis and nginx, each in a container of its own"
record first.rec $((TRAIN * 2 / 3)) $((VECTORS * 2 / 3)) 100 TERM
record second.rec $((TRAIN / 3)) "$VECTORS" 300 KILL
step "training a model for each"
train_all
monitor_all
step "monitoring; benign load with other seeds and another mix for $BENIGN s"
benign
step "attacks from inside the containers"
attack_all
final_status
result || fail "no result: $(cat status.json)"
jq -r -f table.jq /out/result.json
complaints=$(jq -r -f complaints.jq /out/result.json) || fail "result.json cannot be read"
[ -z "$complaints" ] || fail "${complaints//$'\n'/$'\n'$SCENARIO: }"
