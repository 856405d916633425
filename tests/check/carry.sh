#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The demo tries what could not be carried out once more, and only that: no retry hides a false alarm
# or makes a detection. What it shares with the battery, and its results of made-up alerts; without
# any guest.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0

# is WHAT WANTED GOT
is() {
	[ "$2" = "$3" ] || { echo "$1: $3 instead of $2"; wrong=1; }
}

STATE=$work/state PATIENCE=1
. tools/demo/carry.sh
mkdir -p "$STATE/web"

ready_web() {
	return 0
}

# failing TIMES: fails so often, and counts how often it was run
failing() {
	echo run >>"$work/runs"
	[ "$(wc -l <"$work/runs")" -gt "$1" ] || { echo "no answer from web" >&2; return 7; }
}

# carried TIMES: "STATUS RUNS NOTES" of a step that fails so often
carried() {
	local status=0

	rm -f "$work/runs"
	: >"$TRIES"
	carry web failing "$1" || status=$?
	echo "$status $(wc -l <"$work/runs") $(jq -s length "$TRIES")"
}

is "a step that works" "0 1 0" "$(carried 0)"
is "a step that fails once" "0 2 1" "$(carried 1)"
is "a step that fails twice" "1 2 2" "$(carried 2)"
is "a step that would fail for ever" "1 2 2" "$(carried 99)"
carried 2 >/dev/null
is "what was seen" "benign web failing 2: exit status 7: no answer from web" \
	"$(jq -r 'select(.attempt == 2) | "\(.kind) \(.service) \(.step): \(.seen)"' "$TRIES" | sed 's/ $//')"

# A restart that began or ended meanwhile is why it failed.
interrupted() {
	echo run >>"$work/runs"
	[ "$(wc -l <"$work/runs")" -gt 3 ] && return
	echo $RANDOM >"$STATE/web/lives"
	return 1
}
rm -f "$work/runs"
: >"$TRIES"
carry web interrupted
is "a step beside restarts" "0 4 0" "$? $(wc -l <"$work/runs") $(jq -s length "$TRIES")"

# What hangs ends, with all that it started.
hang() {
	sleep 1000 &
	echo $! >"$work/child"
	wait
}
bounded 1 hang >/dev/null
is "what hangs" 124 $?
await 5 ended "$(cat "$work/child")"
is "what it started has ended" 0 $?
bounded 5 ready_web
is "what does not hang" 0 $?

# verdict START END WORKED TRY [PID]: of the alerts in $work/alerts
verdict() {
	jq -sc --argjson id 7 --arg name theft --arg container web --arg way "new process" \
		--argjson attempt "$4" --argjson start "$1" --argjson finish "$2" --argjson pids "[${5:-}]" \
		--argjson worked "$3" --arg seen "no loot" --arg log "" -f tools/demo/verdict.jq "$work/alerts"
}

# alert CGROUP TIME TGID [LEVEL [BEGINS]]: BEGINS is false for one of a row that has begun
alert() {
	jq -nc --argjson cgroup "$1" --argjson time "$2" --argjson tgid "$3" --arg level "${4:-critical}" \
		--argjson begins "${5:-true}" \
		'{event: "alert", level: $level, alarm: $begins, critical_alarm: ($begins and $level == "critical"),
		cgroup: $cgroup, boottime_ns: $time, tgid: $tgid, surprise: 5, paths: [], unusual: []}'
}

# result VERDICT...: of these tries, in $work/result
result() {
	printf '%s\n' "$@" | jq -s --slurpfile alerts "$work/alerts" --slurpfile tries "$TRIES" \
		--slurpfile status <(echo "{\"hook\": \"x\", \"counters\": {\"seen\": ${SEEN:-10}, \"delivered\": 3,
			\"scored\": 5, \"dropped_queue_full\": 2, \"dropped_unclaimed\": 0}}") \
		--slurpfile containers <(echo '{}') --arg kernel 6.1 --argjson benign 100 --argjson patience 1 \
		-f tools/demo/result.jq >"$work/result"
}

# said: "DETECTED FALSE_ALARMS ALERTS_OF_FAILED_TRIES RETRIED" of the result
said() {
	jq -r '[(.attacks | map(select(.detected)) | length), .false_alarms, .alerts_of_failed_tries,
		.retried] | join(" ")' "$work/result"
}

complaints() {
	jq -r -f tools/demo/complaints.jq "$work/result"
}

: >"$TRIES"
{ alert 7 150 1; alert 8 160 2; alert 7 90 3; alert 7 210 4; alert 7 220 5; } >"$work/alerts"
result "$(verdict 100 200 true 1 4)"
is "an attack: other containers, before and after are false alarms, but not what the service says as it dies" \
	"1 3 0 0" "$(said)"
is "its complaints" "3 false alarms: see alerts.json" "$(complaints)"

{ alert 7 90 3; alert 7 95 3 critical false; alert 7 150 1; alert 7 160 1 critical false; } >"$work/alerts"
result "$(verdict 100 200 true 1)"
is "alerts in a row are one false alarm" "1 1 0 0" "$(said)"
is "and one alarm" 2 "$(jq .alarms "$work/result")"

{ alert 7 150 1 warning; alert 8 160 2 warning; alert 7 150 1; } >"$work/alerts"
result "$(verdict 100 200 true 1 4)"
is "warnings are no false alarms" "1 0 0 0" "$(said)"
is "and are counted" 2 "$(jq .warnings "$work/result")"

alert 7 150 1 warning >"$work/alerts"
result "$(verdict 100 200 true 1 4)"
is "a warning is no detection" "0 0 0 0" "$(said)"

alert 7 210 4 >"$work/alerts"
result "$(verdict 100 200 true 1 4)"
is "only what comes after the window" "0 0 0 0" "$(said)"
is "its complaints" "missed: theft on web" "$(complaints)"

alert 7 150 1 >"$work/alerts"
result "$(verdict 100 200 false 1)" "$(verdict 300 400 true 2)"
is "an alert in the window of a try that failed is no detection" "0 0 1 1" "$(said)"
is "its complaints" "missed: theft on web" "$(complaints)"

{ alert 7 150 1; alert 7 250 1; alert 7 350 1; } >"$work/alerts"
result "$(verdict 100 200 false 1)" "$(verdict 300 400 true 2)"
is "an alert between two tries is a false alarm" "1 1 1 1" "$(said)"

alert 7 350 1 >"$work/alerts"
result "$(verdict 100 200 false 1)" "$(verdict 300 400 false 2)"
is "an attack that never worked is not detected" "0 0 1 1" "$(said)"
is "its complaints" "the attack on web could not be carried out in two tries: theft: no loot" "$(complaints)"

: >"$work/alerts"
note_try benign web "curl /" 1 "exit status 7"
result "$(verdict 100 200 true 1)"
is "a benign step that worked the second time" "1 0" "$(jq -r '"\(.retried) \(.not_carried_out | length)"' "$work/result")"
note_try benign web "curl /" 2 "exit status 7: refused"
SEEN=11 result "$(verdict 100 200 true 1)"
is "its complaints" "a benign step on web could not be carried out in two tries: curl /: exit status 7: refused
missed: theft on web
vectors are missing: 11 seen, 3 delivered, 5 scored, 2 dropped" "$(complaints)"

# The battery has a line with moments for each try. tried ATTEMPT WORKED START FINISH
tried() {
	jq -nc --argjson attempt "$1" --argjson worked "$2" --argjson start "$3" --argjson finish "$4" \
		'{name: "theft", service: "web", variant: "slow", role: "design", worked: $worked, attempt: $attempt,
		seen: "no loot", cgroup: 7, start: $start, finish: $finish, until: ($finish + 10), over: ($finish + 20)}'
}

# battery TRY...: "DETECTED FALSE_ALARMS ALERTS_OF_FAILED_TRIES RETRIED NOT_CARRIED_OUT"
battery() {
	printf '%s\n' "$@" | jq -s --slurpfile alerts "$work/alerts" --slurpfile tries <(:) \
		--slurpfile status <(echo '{"counters": {}}') --slurpfile containers <(echo '{"name": "web"}') \
		--argjson begin 0 --argjson finish 1000 --argjson grace 1 --arg kernel 6.1 \
		--argjson identities '[{"name": "web", "role": "design", "cgroup": 7}]' \
		-f tools/battery/result.jq >"$work/result"
	jq -r '[(.attacks | map(select(.detected)) | length), .false_alarms, .alerts_of_failed_tries, .retried,
		(.not_carried_out | length)] | join(" ")' "$work/result"
}

{ alert 7 150 1; alert 7 250 1; } >"$work/alerts"
is "battery: one try" "1 1 0 0 0" "$(battery "$(tried 1 true 100 200)")"
is "battery: an alert in the window of a try that failed" "0 1 1 1 0" \
	"$(battery "$(tried 1 false 100 200)" "$(tried 2 true 300 400)")"
is "battery: an attack that never worked" "0 1 1 1 1" \
	"$(battery "$(tried 1 false 100 200)" "$(tried 2 false 300 400)")"
{ alert 7 150 1; alert 7 250 1; alert 7 260 1 critical false; } >"$work/alerts"
is "battery: alerts in a row are one false alarm" "1 1 0 0 0" "$(battery "$(tried 1 true 100 200)")"
alert 7 350 1 >"$work/alerts"
is "battery: an alert of the second try" "1 0 0 1 0" \
	"$(battery "$(tried 1 false 100 200)" "$(tried 2 true 300 400)")"
exit $wrong
