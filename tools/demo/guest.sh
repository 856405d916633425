#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The demo, inside the virtual machine: learn two containers, watch them, attack them.
#
#	insmod -> start redis, nginx -> record -> train -> load -> benign load -> attacks
#
# Leaves /out/result.json. Exit status 1 when an attack was missed, a false
# alarm was raised, or vectors went missing.
set -u
PATHS=${PATHS:-1}
. ./containers.sh
. ./load.sh
. ./learn.sh
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
ALERT_WAIT=8
SPELL=1
CONTAINERS='redis nginx'
ALERTS=/out/alerts.json
SCENARIO=demo

# alerted NAME FROM: whether the container raised an alert after line FROM
alerted() {
	tail -n +$(($2 + 1)) "$ALERTS" | jq -se --argjson id "$(identity "$1")" \
		'any(.[]; .event == "alert" and .cgroup == $id)' >/dev/null
}

benign() {
	local name seed=9000 loads=() end=$((SECONDS + BENIGN))

	rm -f "$STATE/stop"
	for name in $CONTAINERS; do
		load "$name" benign "$seed" "$BENIGN" &
		loads+=($!)
		seed=$((seed + 1))
	done
	while [ $((end - SECONDS)) -gt 15 ]; do
		sleep 15 # progress only; the loads end by themselves
		step "benign load: $(counter .counters.scored) vectors scored, $(alerts) alerts"
	done
	wait "${loads[@]}"
	benign_seconds=$((BENIGN * 2))
	step "benign load over: $(alerts) alerts"
}

other() {
	[ "$1" = redis ] && echo nginx || echo redis
}

# verdict NAME CONTAINER WAY FROM LOG_FROM END PIDS: what came of an attack, as a line of
# JSON. Alerts after END are still the attack's where they come from one of PIDS.
verdict() {
	dmesg | grep 'kanary: alert' | tail -n +$(($5 + 1)) |
		grep "container=$(identity "$2") " >window.log
	tail -n +$(($4 + 1)) "$ALERTS" |
		jq -sc --argjson id "$(identity "$2")" --arg name "$1" --arg container "$2" \
			--arg way "$3" --argjson until "$6" --argjson pids "$7" --rawfile log window.log '
		map(select(.event == "alert" and .cgroup == $id and
			(.boottime_ns <= $until or (.tgid | IN($pids[]))))) as $mine | {
			name: $name, container: $container, way_in: $way,
			detected: any($mine[]; .boottime_ns <= $until),
			surprise: ($mine | map(.surprise) | max),
			alerts: ($mine | length),
			alert: (if $mine == [] then null else
				$log | split("\n") | map(select(. != "")) |
				max_by(capture("surprise=(?<s>[0-9.]+)").s | tonumber) end)
		}'
}

# The other container stays under benign load meanwhile, and so does this one until the attack.
attack_one() {
	local name=$1 container=$2 way=$3 again=$4 begin=$SECONDS from log_from other_load end pids

	rm -f "$STATE/stop"
	load "$(other "$container")" benign $((7000 + SECONDS)) 3600 &
	other_load=$!
	load "$container" benign $((8000 + SECONDS)) "$SPELL"
	from=$(alerts)
	log_from=$(dmesg | grep -c 'kanary: alert')
	bounded "$ATTACK_SECONDS" attack "$name" </dev/null >>"$STATE/attack.log" 2>&1
	# What a process does last is judged with what it does next.
	[ -n "$again" ] || load "$container" benign $((8500 + SECONDS)) "$SPELL"
	await "$ALERT_WAIT" alerted "$container" "$from"
	sleep 0.5
	# The turned service may speak up once more as it dies.
	pids=$(jq -sc . <"$CGROUPS/$container/cgroup.procs")
	end=$(now_ns)
	[ -z "$again" ] || restart "$container" KILL
	sleep 0.3
	touch "$STATE/stop"
	wait "$other_load"
	benign_seconds=$((benign_seconds + SECONDS - begin))
	verdict "$name" "$container" "$way" "$from" "$log_from" "$end" "$pids" >verdict.json
	cat verdict.json >>attacks.json
	step "$(jq -r '"\(if .detected then "detected" else "MISSED  " end)  \(.name), " +
		"\(.way_in), surprise \(.surprise // "below the threshold")"' verdict.json)"
}

attack_all() {
	local name container way again

	: >attacks.json
	start_listener || fail "the listener does not answer"
	while IFS='|' read -r -u 3 name container way again; do
		attack_one "$name" "$container" "$way" "$again"
	done 3<<<"$ATTACKS"
}

result() {
	jq -n --slurpfile status status.json --slurpfile attacks attacks.json \
		--slurpfile alerts "$ALERTS" --slurpfile containers <(container_json) \
		--arg kernel "$(uname -r)" --argjson benign "$benign_seconds" '
		$status[0].counters as $counters | {
			kernel: $kernel, hook: $status[0].hook, containers: $containers,
			benign_seconds: $benign,
			false_alarms: (($alerts | map(select(.event == "alert")) | length) - ($attacks | map(.alerts) | add)),
			attacks: $attacks,
			seen: $counters.seen, delivered: $counters.delivered,
			scored: $counters.scored,
			dropped: ($counters | with_entries(select(.key | startswith("dropped_")) |
				.key |= ltrimstr("dropped_"))),
			verdict_ns: {median: $counters.verdict_ns_median,
				max: $counters.verdict_ns_max}
		}' >/out/result.json
}

table() {
	jq -r -f table.jq /out/result.json
}

# What came of files that were never used is told by their names.
verify() {
	jq -e '(.attacks | all(.detected)) and
		(.attacks | map(select(.way_in == "other files")) | all(.alert | test(" paths="))) and .false_alarms == 0 and
		.seen == .delivered + .scored + ([.dropped[]] | add)' /out/result.json >/dev/null
}

mkdir -p "$STATE"
trap 'cp ./*.rec ./*.model ./*.json ./*.log "$STATE/attack.log" /out/ 2>/dev/null' EXIT
insmod kanary.ko period="$PERIOD" paths="$PATHS" || fail "insmod kanary.ko failed: $(dmesg | tail -n 3)"
step "kanary.ko loaded on $(uname -r), hook $(counter .hook)"
make_containers
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
await 10 idle || fail "the queue does not empty: $(kanary status --json)"
kanary status --json >status.json
result || fail "no result: $(cat status.json)"
[ ! -e undone ] || fail "these attacks did not do their work: $(paste -sd, undone); see attack.log"
table
verify
