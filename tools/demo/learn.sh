# SPDX-License-Identifier: GPL-2.0
# From nothing to models in force: what the demo and the battery share. Sourced in the guest.
#
# CONTAINERS names the services; SCENARIO begins the complaints. For each service NAME there are
# ready_NAME (containers.sh) and NAME_burst, NAME_talk, NAME_round, NAME_upkeep (load.sh).

export PATH=/files:$PATH

step() {
	printf '%4d s  %s\n' "$SECONDS" "$*"
}

fail() {
	echo "$SCENARIO: $*" >&2
	exit 1
}

counter() {
	kanary status --json | jq -r "$1"
}

# vectors NAME: taken of the container so far
vectors() {
	kanary containers --json | jq --argjson id "$(identity "$1")" \
		'[.. | objects | select(.cgroup? == $id) | .vectors] | add // 0'
}

enough() {
	local name

	sleep 1 # asking costs the guest more than a little
	for name in $CONTAINERS; do
		[ "$(vectors "$name")" -ge "$1" ] || return 1
	done
}

start_all() {
	local name

	for name in $CONTAINERS; do
		start "$name"
	done
	for name in $CONTAINERS; do
		await 60 "ready_$name" || fail "$name does not answer: $(cat "$STATE/$name/log")"
	done
}

# How many times as long as asked for a recording may take.
PATIENCE=${PATIENCE:-2}

# record FILE SECONDS VECTORS SEED SIGNAL: normal load on all services, which are restarted
# after a third of the time; one recorder writes down all. On a slow machine it takes longer by
# up to PATIENCE times as long, until there are VECTORS of each.
record() {
	local recorder seed=$4 loads=() load

	rm -f "$STATE/stop"
	kanary record -o "$1" --all >"$1.log" 2>&1 &
	recorder=$!
	await 10 recording || fail "kanary record did not start: $(cat "$1.log")"
	if [ ! -e "$STATE/started" ]; then
		start_all
		touch "$STATE/started"
	fi
	for name in $CONTAINERS; do
		(
			load "$name" train "$seed" $(($2 / 3))
			restart "$name" "$5"
			load "$name" train $((seed + 1)) $(($2 * (PATIENCE + 1)))
			: # what single requests came to does not matter
		) &
		loads+=($!)
		seed=$((seed + 100))
	done
	sleep "$2"
	await $(($2 * PATIENCE)) enough "$3" || step "fewer than $3 vectors of some container"
	touch "$STATE/stop"
	for load in "${loads[@]}"; do
		wait "$load" || fail "the normal load came to an end: see above"
	done
	kill -TERM "$recorder"
	wait "$recorder" || fail "kanary record failed: $(cat "$1.log")"
	step "$(head -n 1 <(grep vectors "$1.log"))"
}

recording() {
	[ "$(counter .recorder_port)" != 0 ]
}

train() {
	local name=$1 begin=$SECONDS

	kanary train first.rec second.rec -o "$name.model" --name "$name" \
		--container "$(identity "$name")" --budget "$BUDGET" --hidden 16 --stride 4 \
		${PATH_NEWS:+--path-news "$PATH_NEWS"} --folds 1 --work-limit "$TRAIN_WORK" --json \
		>"$name.train.json" 2>"$name.train.log" || return 1
	echo $((SECONDS - begin)) >"$name.seconds"
}

train_all() {
	local jobs=() name

	for name in $CONTAINERS; do
		train "$name" &
		jobs+=($!)
	done
	for name in $CONTAINERS; do
		wait "${jobs[0]}" || fail "kanary train for $name: $(tail -n 3 "$name.train.log")"
		jobs=("${jobs[@]:1}")
		step "$name: model of $(stat -c %s "$name.model") bytes after $(cat "$name.seconds") s"
	done
}

watch_start() {
	: >"$ALERTS"
	: >watch.log
	kanary watch --json >"$ALERTS" 2>watch.log &
	await 10 grep -q ready watch.log || fail "kanary watch did not start: $(cat watch.log)"
}

# Every container gets its model, and is monitored from now on.
monitor_all() {
	local name

	watch_start
	for name in $CONTAINERS; do
		kanary load "$name.model" --container "$name" ||
			fail "kanary load $name.model failed"
		kanary mode "$name" monitor || fail "kanary mode $name monitor failed"
	done
}

alerts() {
	wc -l <"$ALERTS"
}

# bounded SECONDS COMMAND...: run a function, but not for ever
bounded() {
	local limit=$1 job

	shift
	"$@" &
	job=$!
	await "$limit" eval "! kill -0 $job 2>/dev/null" || kill -KILL "$job"
	wait "$job" 2>/dev/null
}

# Boot time in nanoseconds, which alerts carry too.
now_ns() {
	awk '{ printf "%d0000000\n", $1 * 100 }' /proc/uptime
}

idle() {
	[ "$(counter .counters.queued)" = 0 ]
}

container_json() {
	local name

	for name in $CONTAINERS; do
		jq -c --arg name "$name" --argjson seconds "$(cat "$name.seconds")" \
			--argjson bytes "$(stat -c %s "$name.model")" \
			'{name: $name, vectors: .vectors, train_seconds: $seconds, model_bytes: $bytes}' \
			"$name.train.json"
	done
}
