# SPDX-License-Identifier: GPL-2.0
# result.json as a table for people
def pad(n): tostring | . + (" " * ([n - length, 0] | max));
def outcome: if .worked | not then "NO WORK" elif .detected then "detected" else "MISSED" end;

"",
"  " + ("container" | pad(12)) + ("vectors" | pad(10)) + ("training s" | pad(12)) + ("model bytes" | pad(13)) +
	("a warning in" | pad(15)) + "of other programs it warns (critical)",
(.containers[] | "  " + (.name | pad(12)) + (.vectors | pad(10)) + (.train_seconds | pad(12)) +
	(.model_bytes | pad(13)) + ("\(.warning_vectors) vectors" | pad(15)) +
	(.foreign // null | if . then "\(.alone.alerts * 100 | round) % (\(.alone.critical * 100 | round) %)" else "-" end)),
"",
"  " + ("attack" | pad(26)) + ("container" | pad(11)) + ("way in" | pad(16)) + ("outcome" | pad(10)) +
	("tries" | pad(7)) + "surprise",
(.attacks[] | "  " + (.name | pad(26)) + (.container | pad(11)) + (.way_in | pad(16)) +
	(outcome | pad(10)) + (.tries | pad(7)) + (.surprise // "-" | tostring)),
"",
"  \(.attacks | map(select(.detected)) | length) of \(.attacks | length) attacks detected, " +
	"\(.false_alarms) false alarms in \(.benign_seconds) container seconds of benign load",
"  both by critical alerts; in all there were \(.warnings) warnings, and \(.alarms) alarms of " +
	"both levels in \(.scored) vectors",
"  \(.retried) steps tried a second time" + (if .alerts_of_failed_tries > 0 then
	", \(.alerts_of_failed_tries) alerts while attacks could not be carried out" else "" end),
(.tries[] | "    \(.service), try \(.attempt): \(.step): \(.seen)"),
"  \(.seen) vectors seen = \(.delivered) delivered + \(.scored) scored + " +
	"\([.dropped[]] | add) dropped; a verdict takes \(.verdict_ns.median / 1000 | floor) us, " +
	"at most \(.verdict_ns.max / 1000 | floor) us (under emulation)"
