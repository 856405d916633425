# SPDX-License-Identifier: GPL-2.0
# result.json as tables for people
def pad(n): tostring | . + (" " * ([n - length, 0] | max));
def outcome: if (.worked | not) then "NO WORK" elif .detected then "detected" else "MISSED" end;
def found: "\(map(select(.detected)) | length) of \(length)";

"",
"  " + ("service" | pad(10)) + ("attack" | pad(28)) + ("variant" | pad(41)) + ("outcome" | pad(10)) +
	("after" | pad(9)) + ("surprise" | pad(10)) + "by",
(.attacks[] | "  " + (.service | pad(10)) + (.name | pad(28)) + (.variant | pad(41)) +
	(outcome | pad(10)) +
	((if .seconds_to_alert == null then "-" else "\(.seconds_to_alert) s" end) | pad(9)) +
	(.surprise // "-" | pad(10)) + (.by // "")),
"",
"  " + ("service" | pad(10)) + ("role" | pad(10)) + ("vectors" | pad(9)) + ("detected" | pad(10)) +
	("median after" | pad(14)) + ("false alarms" | pad(14)) + "benign hours",
(.services[] | "  " + (.name | pad(10)) + (.role | pad(10)) + (.vectors | pad(9)) +
	("\(.detected) of \(.attacks)" | pad(10)) +
	((if .median_seconds_to_alert == null then "-" else "\(.median_seconds_to_alert) s" end) | pad(14)) +
	(.false_alarms | pad(14)) + (.benign_hours | tostring)),
"",
(.false_alarm_list[] | "  false alarm: \(.container), \(.comm), at \(.at) s, surprise \(.surprise), " +
	"\(.reason), \(.unusual | join(","))"),
"  \(.retried) steps tried a second time, \(.alerts_of_failed_tries) alerts while attacks could not be carried out",
(.tries[] | "    \(.service), try \(.attempt): \(.step): \(.seen)"),
"  \(.attacks | group_by(.role) | map("\(found) on \(if .[0].role == "design" then "the services of the design"
	else "services that are only reported" end)") | join("; "))",
"  \(.false_alarms) false alarms in \(.benign_hours) container hours of benign load; " +
	"an alert counts until \(.grace_seconds) s after an attack's end",
"  both by critical alerts; in all there were \(.warnings) warnings, and \(.alarms) alarms of " +
	"both levels in \(.scored) vectors"
