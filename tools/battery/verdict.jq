# SPDX-License-Identifier: GPL-2.0
# An attack and all alerts: when was it seen first? For the progress line.
. as $attack |
[$alerts[] | select(.event == "alert" and .level == "critical" and .cgroup == $attack.cgroup and
	.boottime_ns >= $attack.start and .boottime_ns <= $attack.until) | .boottime_ns] | min |
(if ($attack.worked | not) then "NO WORK " elif . then "detected" else "MISSED  " end) +
"  \($attack.service): \($attack.name), \($attack.variant)" +
(if . then ", after \((. - $attack.start) / 100000000 | round / 10) s" else "" end)
