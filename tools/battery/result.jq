# SPDX-License-Identifier: GPL-2.0
# Attacks with their moments, and all alerts of the run, as result.json. A false alarm is a row of critical
# alerts; warnings are counted, all of them, and the rows that alerts of both levels make.
def seconds: . / 10000000 | round / 100;
def median: sort | if length == 0 then null else .[(length - 1) / 2 | floor] end;

[$alerts[] | select(.event == "alert" and .level == "critical")] as $raised |
# An attack that was tried twice counts by its second try. What was raised in the window of the first
# is neither a detection nor a false alarm, and has a number of its own.
([.[] | select(.attempt == 2) | [.service, .name, .variant]]) as $again |
map(.first = (.attempt == 1 and ([.service, .name, .variant] | IN($again[])))) |
def raised_in: [$raised[] as $alert | select($alert.cgroup == .cgroup and
	$alert.boottime_ns >= .start and $alert.boottime_ns <= .over)] | length;
($tries + [.[] | select(.worked | not) |
	{kind: "attack", service, step: "\(.name), \(.variant)", attempt, seen, alerts: raised_in}]) as $noted |
[.[] | select(.first | not) | . as $attack |
	[$raised[] | select(.cgroup == $attack.cgroup and .boottime_ns >= $attack.start and
		.boottime_ns <= $attack.until)] as $mine |
	{
		name, service, variant, role, worked, tries: .attempt,
		detected: (.worked and $mine != []),
		seconds_to_alert: (if $mine == [] then null else
			([$mine[].boottime_ns] | min) - $attack.start | seconds end),
		seconds: (.finish - .start | seconds),
		alerts: ($mine | length),
		surprise: ($mine | map(.surprise) | max),
		by: ($mine | min_by(.boottime_ns) | if . then .comm else null end)
	}] as $attacks |
. as $windows |
# What is outside all windows of its container, while the load runs.
[$raised[] | . as $alert | select(.boottime_ns >= $begin and .boottime_ns <= $finish) |
	select([$windows[] | select(.cgroup == $alert.cgroup and
		$alert.boottime_ns >= .start and $alert.boottime_ns <= .over)] == []) |
	select(.critical_alarm)] as $wrong |
def hours($cgroup): ($finish - $begin -
	([$windows[] | select(.cgroup == $cgroup) | .over - .start] | add // 0)) / 3.6e12;
$status[0].counters as $counters | {
	kernel: $kernel, hook: $status[0].hook, grace_seconds: $grace,
	services: [$identities[] | . as $service |
		([$attacks[] | select(.service == $service.name)]) as $mine |
		($containers[] | select(.name == $service.name)) + {
			role, attacks: ($mine | length),
			detected: ($mine | map(select(.detected)) | length),
			median_seconds_to_alert: ($mine | map(.seconds_to_alert | values) | median),
			benign_hours: (hours($service.cgroup) * 10000 | round / 10000),
			false_alarms: ([$wrong[] | select(.cgroup == $service.cgroup)] | length)
		}],
	benign_hours: ([$identities[].cgroup | hours(.)] | add * 10000 | round / 10000),
	false_alarms: ($wrong | length),
	warnings: ($alerts | map(select(.event == "alert" and .level == "warning")) | length),
	alarms: ($alerts | map(select(.event == "alert" and .alarm)) | length),
	false_alarm_list: [$wrong[] | {container: .profile, at: (.boottime_ns - $begin | seconds),
		comm, surprise, reason, unusual: [.unusual[] | "\(.syscall):\(.excess)"]}],
	attacks: $attacks,
	alerts_of_failed_tries: (map(select(.worked | not) | raised_in) | add // 0),
	retried: ($noted | map(select(.attempt == 1)) | length),
	tries: $noted,
	not_carried_out: ($noted | map(select(.attempt == 2))),
	failed: [$attacks[] | select(.worked | not) | "\(.service): \(.name), \(.variant)"],
	seen: $counters.seen, delivered: $counters.delivered, scored: $counters.scored,
	dropped: ($counters | with_entries(select(.key | startswith("dropped_")) |
		.key |= ltrimstr("dropped_")))
}
