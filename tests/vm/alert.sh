# SPDX-License-Identifier: GPL-2.0
# An alert is one line that cannot be forged, and an event; nobody dies but in enforce:
#
#	bad    vector, vector, vector ...   each one an alert
#	log    alert alert ... throttled ... at most 10 at once, 1 a second
#	watch  alert alert alert alert ...  all of them, in the same words
#	mode   monitor | learn: nothing is scored | enforce: the process is killed | not by warnings
#	other  ---------------------------------  a container without a model: left alone
. ./library.sh

LINE='^kanary: alert container=[!-~]+ cgroup=[0-9]+ profile=[A-Za-z0-9._-]+ pid=[0-9]+ comm=[!-~]+ level=(warning|critical) surprise=[0-9]+\.[0-9]{2} threshold=[0-9]+\.[0-9]{2} budget=1/[0-9]+ mode=(monitor|enforce killed=(yes|no)) head=[a-z-]+ unusual=(-|[a-z0-9_:]+:[+-][0-9]+(,[a-z0-9_:]+:[+-][0-9]+)*)$'

log() {
	dmesg -t | grep -F 'kanary: ' || :
}

# since COUNTER: now, into a variable of that name
remember() {
	read -r "$@" <<<"$(counter "$@")"
}

above() {
	[ "$(counter "$1")" -gt "$2" ]
}

insmod kanary.ko period=64 queue_length=4096
! kanary status >/dev/full 2>said || fail "kanary status has not said that it could not write"
grep -q "cannot write" said || fail "kanary status says: $(cat said)"
mkdir "$CGROUPS/bad"
bad=$(identity bad)
model alarm.model 64 alarm
kanary load alarm.model --container "$bad"
yielding other storm calls 0 &
other=$!
kanary watch --json >events 2>watch.said &
watch=$!
await 10 grep -q ready watch.said
kanary watch >lines 2>lines.said &
lines=$!
await 10 grep -q ready lines.said

# A name that would like to be another line, another field, a colour.
isolated bad storm calls 128 $'e\nv l="\\\e[1m'
await 10 judged "$(counter seen)"
remember scored alerts alerts_throttled killed
[ "$scored" -ge 3 ] || fail "$scored vectors were scored"
[ "$alerts" = "$scored" ] || fail "$scored vectors were scored, $alerts alerts raised"
wrong=$(log | grep '^kanary: alert' | grep -vE "$LINE" || :)
[ -z "$wrong" ] || fail "not the documented line: $wrong"
log | grep -qF 'comm=e\x0av\x20l\x3d\x22\x5c\x1b[1m level=critical surprise=10.34 threshold=5.17 budget=1/1000000 mode=monitor head=process unusual=' ||
	fail "the name was not escaped: $(log)"
log | grep -qE "^kanary: alert container=bad cgroup=$bad profile=fixture-1 " || fail "container or profile: $(log)"

# More at once than the log takes. What it does not take is counted, here and in its next line.
isolated bad storm calls 6400
await 10 judged "$(counter seen)"
remember alerts alerts_throttled
logged=$(log | grep -cE "$LINE")
[ "$alerts_throttled" -gt 0 ] || fail "$alerts alerts and none of them throttled"
[ $((logged + alerts_throttled)) -eq "$alerts" ] ||
	fail "$alerts alerts: $logged in the log and $alerts_throttled throttled"
received() {
	[ "$(jq -s 'map(select(.event == "alert")) | length' events)" -ge "$alerts" ]
}
await 10 received
[ "$(jq -s 'map(select(.event == "alert")) | length' events)" -eq "$alerts" ] || fail "more events than $alerts alerts"
# Those in a row are one alarm, to whoever counts them.
remember alarms alarms_critical
[ "$alarms" -ge 2 ] && [ "$alarms" -lt "$alerts" ] && [ "$alarms_critical" = "$alarms" ] ||
	fail "$alerts alerts are $alarms alarms, $alarms_critical of them critical"
[ "$(jq -s '[map(.alarm), map(.critical_alarm)] | map(map(select(.)) | length) | join(" ")' events)" = "\"$alarms $alarms\"" ] ||
	fail "$alarms alarms, and of the events $(jq -s 'map(select(.alarm)) | length' events) begin one"
jq -s -e --arg comm 'e\x0av\x20l\x3d\x22\x5c\x1b[1m' 'any(.comm == $comm) and all(.mode == "monitor" and .surprise >= .threshold)' \
	events >/dev/null || fail "an event is not as it should be: $(head -n 1 events)"
again() {
	isolated bad storm calls 1
	log | grep -qE "^kanary: throttled container=bad cgroup=$bad profile=fixture-1 alerts=[0-9]+$"
}
await 20 again
said=$(log | sed -n 's/^kanary: throttled .*alerts=//p' | awk '{ n += $1 } END { print n + 0 }')
[ "$said" -le "$(counter alerts_throttled)" ] && [ "$said" -ge "$alerts_throttled" ] ||
	fail "the log says that $said alerts were throttled, the counter $(counter alerts_throttled)"
[ "$killed" = 0 ] || fail "$killed processes were killed by a model that monitors"

kanary mode "$bad" learn
remember scored dropped_unclaimed alerts
before=$scored unclaimed=$dropped_unclaimed quiet_alerts=$alerts
isolated bad storm calls 640
await 10 judged "$(counter seen)"
remember scored dropped_unclaimed alerts
[ "$scored" = "$before" ] || fail "mode learn scored $((scored - before)) vectors"
[ "$alerts" = "$quiet_alerts" ] || fail "mode learn raised $((alerts - quiet_alerts)) alerts"
[ "$dropped_unclaimed" -ge $((unclaimed + 10)) ] || fail "the vectors of mode learn are not accounted for"

kanary mode "$bad" enforce
# It would go on for ever.
! isolated bad storm calls 0 || fail "the process ended by itself"
await 10 judged "$(counter seen)"
remember killed
[ "$killed" = 1 ] || fail "a process died and $killed are counted"
# Of several alerts of one process one has killed it, and that is in the log, whatever else was.
[ "$(jq -s 'map(select(.killed)) | length' events)" = 1 ] && jq -s -e 'all((.killed | not) or .mode == "enforce")' \
	events >/dev/null || fail "not one alert says that it killed: $(grep enforce events | head -n 3)"
log | grep -q ' mode=enforce killed=yes head=' || fail "no line of the kill: $(log | tail -n 3)"
kill -0 "$other" || fail "a process of a container without a model died"
kanary mode "$bad" monitor
isolated bad storm calls 640 || fail "a process died in mode monitor: status $?"

# A warning kills nobody, and who asks for critical alerts does not see it.
model warn.model 64 warn
kanary load warn.model --container "$bad"
kanary mode "$bad" enforce
kanary watch --json --level critical >critical 2>critical.said &
critical=$!
await 10 grep -q ready critical.said
remember alerts alerts_critical killed
before=$alerts was_critical=$alerts_critical was_killed=$killed
isolated bad storm calls 640 || fail "a process died of a warning: status $?"
await 10 judged "$(counter seen)"
remember alerts alerts_critical killed
[ "$alerts" -gt "$before" ] || fail "no warnings were raised"
[ "$alerts_critical $killed" = "$was_critical $was_killed" ] ||
	fail "warnings: $((alerts_critical - was_critical)) of $((alerts - before)) are critical, $((killed - was_killed)) killed"
await 10 received
log | grep -qE " level=warning surprise=10.34 threshold=5.17 budget=1/10000 mode=enforce killed=no " ||
	fail "no warning in the log: $(log | tail -n 3)"
[ "$(kanary containers --json | jq --argjson id "$bad" \
	'[.. | objects | select(.cgroup? == $id) | .profile |
	.alerts > .alarms, .alarms > 0, .critical_alerts, .critical_alarms] | join(" ")')" = '"true true 0 0"' ] ||
	fail "the container's counts: $(kanary containers --json)"
kill -INT "$critical"
wait "$critical" || :
[ ! -s critical ] || fail "--level critical shows a warning: $(head -n 1 critical)"
kanary unload --container "$bad"
remember alerts
before=$alerts
isolated bad storm calls 640
await 10 judged "$(counter seen)"
remember alerts
[ "$alerts" = "$before" ] || fail "an unloaded model raised alerts"
balanced
kill -INT "$watch" "$lines"
wait "$watch" "$lines" || :
log | sed -n 's/^kanary: alert/alert/p' | sort -u >logged
cut -d ' ' -f 2- lines | sort -u >watched
[ -s logged ] || fail "nothing was logged"
unknown=$(grep -vxFf watched logged || :)
[ -z "$unknown" ] || fail "in the log, but not in kanary watch: $unknown; which says: $(tail -n 3 lines)"
