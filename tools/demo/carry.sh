# SPDX-License-Identifier: GPL-2.0
# Waiting for events, and carrying out what has to happen. Sourced in the guest, first of all.
#
# A limit of seconds is for what hangs. PATIENCE multiplies each, so that a slow machine is not
# taken for one that hangs: what succeeds is never waited for longer.
PATIENCE=${PATIENCE:-10}

STATE=${STATE:-/run/demo}
# A line of JSON for each try that came to nothing.
TRIES=$STATE/tries.json
# Of one step of normal use.
STEP_SECONDS=60

mkdir -p "$STATE"
: >"$TRIES"

# For waits of read -t: a process a wait would cost an emulated machine more than what it waits for.
NOTHING=$(mktemp -u)
mkfifo "$NOTHING"

nap() {
	read -rt 0.1 <>"$NOTHING" || :
}

# await SECONDS COMMAND...: until the command succeeds; for PATIENCE times as long
await() {
	local end=$((SECONDS + $1 * PATIENCE))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		nap
	done
}

ended() {
	! kill -0 "$1" 2>/dev/null
}

# bounded SECONDS COMMAND...: run a function, but not for ever; what it started ends with it.
# Exit status 124 when it was ended.
bounded() {
	local limit=$1 job

	shift
	set -m
	"$@" &
	set +m
	job=$!
	if ! await "$limit" ended "$job"; then
		kill -KILL -- "-$job"
		wait "$job" 2>/dev/null
		echo "no end within $((limit * PATIENCE)) s"
		return 124
	fi
	wait "$job"
}

# last_words FILE: what a try said at its end, on one line
last_words() {
	tail -c 600 "$1" | tr -s '\0\n\t ' ' ' | tail -c 200
}

# note_try KIND SERVICE STEP TRY SEEN [ALERTS]: a try that came to nothing
note_try() {
	jq -nc --arg kind "$1" --arg service "$2" --arg step "$3" --argjson attempt "$4" --arg seen "$5" \
		--argjson alerts "${6:-0}" \
		'{kind: $kind, service: $service, step: $step, attempt: $attempt, seen: $seen, alerts: $alerts}' >>"$TRIES"
}

# How often the service was started afresh, in LIVES.
lives() {
	LIVES=0
	[ ! -e "$STATE/$1/lives" ] || read -r LIVES <"$STATE/$1/lives"
}

# try_step COMMAND...: a function sees to its own limits
try_step() {
	if declare -F "$1" >/dev/null; then
		"$@"
	else
		timeout $((STEP_SECONDS * PATIENCE)) "$@"
	fi
}

# carry SERVICE COMMAND...: a step of normal use. One that fails is tried once more, as soon as the
# service answers; each try that failed is noted. What a restart of the service broke has not failed.
carry() {
	local service=$1 said=$STATE/$1/said.$BASHPID output=/dev/null try=1 before status

	shift
	while :; do
		lives "$service"
		before=$LIVES
		try_step "$@" >"$output" 2>"$said"
		status=$?
		[ $status -ne 0 ] || return 0
		lives "$service"
		if [ "$LIVES" = "$before" ] && [ ! -e "$STATE/$service/restarting" ]; then
			note_try benign "$service" "$*" $try "exit status $status: $(last_words "$said")"
			[ $try = 1 ] || return 1
			try=2
			# What a first try prints is seldom of interest, and may be megabytes.
			output=/dev/stderr
		fi
		await 30 "ready_$service" || :
	done
}
