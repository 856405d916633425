# SPDX-License-Identifier: GPL-2.0
# What came of one try of an attack, out of all alerts: $start to $finish is its window, by when a vector
# was taken. The turned service may speak up once more as it dies: alerts after $finish are still the
# attack's where they come from one of $pids, and are no detection.
#
# A try that did not do its work is no detection, whatever was raised meanwhile; nor is a warning one.
map(select(.event == "alert" and .level == "critical" and .cgroup == $id and .boottime_ns >= $start and
	(.boottime_ns <= $finish or (.tgid | IN($pids[]))))) as $mine |
($mine | map(select(.boottime_ns <= $finish))) as $inside | {
	name: $name, container: $container, way_in: $way, attempt: $attempt, worked: $worked, seen: $seen,
	detected: ($worked and $inside != []),
	surprise: ($mine | map(.surprise) | max),
	alerts: ($mine | length),
	alarms: ($mine | map(select(.critical_alarm)) | length),
	paths: ($mine | map(.paths // [] | .[].path) | unique | .[:10]),
	alert: ($log | split("\n") | map(select(. != "")) |
		if $mine == [] or . == [] then null else
			max_by(capture("surprise=(?<s>[0-9.]+)").s | tonumber) end)
}
