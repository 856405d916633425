# SPDX-License-Identifier: GPL-2.0
# From nothing to models in force: what the demo and the battery share. Sourced in the guest.
#
# CONTAINERS names the services; SCENARIO begins the complaints. For each service NAME there are
# ready_NAME (containers.sh), NAME_burst, NAME_talk, NAME_round, NAME_upkeep, answered_NAME and
# UPKEEP_KINDS[NAME] (load.sh).

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

# done_in FILE: lines that a load left
done_in() {
	[ ! -e "$1" ] && echo 0 || wc -l <"$1"
}

# learned NAME BEGIN VECTORS ROUNDS UPKEEP: is it so long since BEGIN, in SECONDS, and was so much
# done since? What a slow machine did not get to would be a false alarm later.
learned() {
	[ "$SECONDS" -ge "$2" ] &&
		[ "$(done_in "$STATE/$1/rounds")" -ge "$4" ] &&
		[ "$(done_in "$STATE/$1/upkeep")" -ge "$5" ] &&
		[ "$(vectors "$1")" -ge "$3" ]
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

# all_learned: do all services have enough, each with a line in STATE/enough?
all_learned() {
	[ "$(done_in "$STATE/enough")" -ge "$(wc -w <<<"$CONTAINERS")" ]
}

# life NAME SEED SECONDS VECTORS UPKEEP: normal load, at least for so long, until there are so many
# vectors of it in all, and so many kinds of upkeep since the last life
life() {
	local rounds upkeep job

	rm -f "$STATE/$1/stop"
	rounds=$(done_in "$STATE/$1/rounds")
	upkeep=$(done_in "$STATE/$1/upkeep")
	load "$1" train "$2" 0 &
	job=$!
	# Asking costs the guest more than a little.
	await $(($3 + 300)) eval \
		"sleep 1; learned $1 $((SECONDS + $3)) $4 $((rounds + 1)) $((upkeep + $5))" ||
		echo "$1: $(vectors "$1") of $4 vectors, $(($(done_in "$STATE/$1/upkeep") - upkeep)) of $5 upkeep" \
			>>"$STATE/unlearned"
	step "$1: $(vectors "$1") vectors so far"
	# The first life is a short one; in the second all go on until each has enough.
	if [ "$5" -gt 0 ]; then
		echo "$1" >>"$STATE/enough"
		await $(($3 + 300)) all_learned
	fi
	touch "$STATE/$1/stop"
	wait "$job"
}

# record FILE SECONDS VECTORS SEED SIGNAL: normal load on all services, which are restarted
# after a third of the time; one recorder writes down all. It takes as long as it takes until there
# are VECTORS of each, and each kind of upkeep was done.
record() {
	local recorder seed=$4 lives=() name

	rm -f "$STATE"/{stop,enough}
	kanary record -o "$1" --force --all >"$1.log" 2>&1 &
	recorder=$!
	await 10 recording || fail "kanary record did not start: $(cat "$1.log")"
	if [ ! -e "$STATE/started" ]; then
		start_all
		touch "$STATE/started"
	fi
	for name in $CONTAINERS; do
		(
			life "$name" "$seed" $(($2 / 3)) $(($3 / 3)) 0
			restart "$name" "$5"
			life "$name" $((seed + 1)) $(($2 * 2 / 3)) "$3" "${UPKEEP_KINDS[$name]}"
		) &
		lives+=($!)
		seed=$((seed + 100))
	done
	for name in "${lives[@]}"; do
		wait "$name" || fail "the normal load came to an end: see above"
	done
	[ ! -e "$STATE/unlearned" ] ||
		fail "too little to learn from: $(paste -sd ';' "$STATE/unlearned"): raise PATIENCE, which is $PATIENCE"
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
		# What the recorder did not keep up with was taken, and yet is not there.
		jq -e --argjson vectors "$VECTORS" '.vectors >= $vectors * 0.9' "$name.train.json" >/dev/null ||
			fail "$name: $(jq .vectors "$name.train.json") of $VECTORS vectors were recorded: see *.rec.log"
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

# of both levels, in words
alerts() {
	jq -rs 'def of(level): map(select(.event == "alert" and .level == level)) | length;
		"\(of("critical")) critical alerts and \(of("warning")) warnings"' "$ALERTS"
}

# Boot time in nanoseconds, which alerts carry too: when their vector was taken.
now_ns() {
	awk '{ printf "%d0000000\n", $1 * 100 }' /proc/uptime
}

# judged SEEN: of as many vectors as were seen then, all have left the queues
judged() {
	[ "$(counter '.counters | .seen - .queued')" -ge "$1" ]
}

# Has the watcher written down all alerts there are, or that they were lost?
written() {
	[ "$(jq -s 'map(if .event == "alert" then 1 elif .event == "lost" then .alerts else 0 end) | add // 0' \
		"$ALERTS")" -ge "$(counter .counters.alerts)" ]
}

# settle: all that was taken until now is judged, and its alerts are written down
settle() {
	local seen

	seen=$(counter .counters.seen)
	await 30 judged "$seen" || fail "the queue does not empty: $(kanary status --json)"
	await 10 written || fail "kanary watch lacks alerts: $(cat watch.log)"
}

# One reading of the counters, while no vector was on its way: status.json
idle() {
	kanary status --json >status.json
	jq -e '.counters.queued == 0' status.json >/dev/null
}

final_status() {
	settle
	await 20 idle || fail "the queue is never empty: $(cat status.json)"
	await 10 written || fail "kanary watch lacks alerts: $(cat watch.log)"
}

container_json() {
	local name

	for name in $CONTAINERS; do
		jq -c --arg name "$name" --argjson seconds "$(cat "$name.seconds")" \
			--argjson bytes "$(stat -c %s "$name.model")" \
			'{name: $name, vectors: .vectors, train_seconds: $seconds, model_bytes: $bytes,
			warning_vectors: .budget_vectors, foreign}' \
			"$name.train.json"
	done
}
