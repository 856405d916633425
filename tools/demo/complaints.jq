# SPDX-License-Identifier: GPL-2.0
# What result.json says against the run: a sentence each, or nothing.
(.not_carried_out[] | "\(if .kind == "attack" then "the attack" else "a benign step" end) on \(.service) " +
	"could not be carried out in two tries: \(.step): \(.seen)"),
(.attacks[] | select(.worked and (.detected | not)) | "missed: \(.name) on \(.container)"),
# What came of files that were never used is told by their names.
(.attacks[] | select(.worked and .detected and .way_in == "other files" and .paths == []) |
	"detected, but no file named: \(.name) on \(.container)"),
(select(.false_alarms != 0) | "\(.false_alarms) false alarms: see alerts.json"),
(select(.seen != .delivered + .scored + ([.dropped[]] | add)) |
	"vectors are missing: \(.seen) seen, \(.delivered) delivered, \(.scored) scored, \([.dropped[]] | add) dropped")
