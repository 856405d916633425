# SPDX-License-Identifier: GPL-2.0
# The tries of all attacks (as verdict.jq gives them), and all alerts of the run, as result.json.
#
# The last try of an attack is what counts. What was raised in the windows of those that failed is
# neither a detection nor a false alarm, and has a number of its own. A false alarm is a row of
# critical alerts. Warnings are counted, all of them, and the rows that alerts of both levels make.
def last_tries: group_by(.name) | map(max_by(.attempt));

. as $attempts |
[$attempts[].name] as $order |
(last_tries | sort_by(.name as $name | $order | index($name))) as $attacks |
($attempts | map(select(.worked | not))) as $failed |
($tries + [$failed[] |
	{kind: "attack", service: .container, step: .name, attempt, seen, alerts}]) as $noted |
$status[0].counters as $counters | {
	kernel: $kernel, hook: $status[0].hook, containers: $containers, patience: $patience,
	benign_seconds: $benign,
	warnings: ($alerts | map(select(.event == "alert" and .level == "warning")) | length),
	alarms: ($alerts | map(select(.event == "alert" and .alarm)) | length),
	false_alarms: (($alerts | map(select(.event == "alert" and .critical_alarm)) | length) -
		($attempts | map(.alarms) | add // 0)),
	attacks: ($attacks | map(del(.seen) | . + {tries: .attempt} | del(.attempt))),
	alerts_of_failed_tries: ($failed | map(.alerts) | add // 0),
	retried: ($noted | map(select(.attempt == 1)) | length),
	tries: $noted,
	not_carried_out: ($noted | map(select(.attempt == 2))),
	seen: $counters.seen, delivered: $counters.delivered, scored: $counters.scored,
	dropped: ($counters | with_entries(select(.key | startswith("dropped_")) |
		.key |= ltrimstr("dropped_"))),
	verdict_ns: {median: $counters.verdict_ns_median, max: $counters.verdict_ns_max}
}
