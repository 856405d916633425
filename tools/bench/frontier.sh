#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Detection against cost, as a table and a plot:
#
#	tools/bench/frontier.sh ADFA.zip TABLE.md PLOT.svg [BENCH OPTION...]
#
# Runs "kanary bench --methods all", Kanary with fewer parts among them. Where
# TABLE.md has a line "<!-- frontier -->" and one "<!-- end of frontier -->", the table
# replaces what is between them; else it becomes the file. Needs jq and gnuplot.
# BUILD=DIR is where kanary is built; JSON=FILE draws what an earlier run has
# printed with --json.
set -euo pipefail
top=$(dirname "$(readlink -f "$0")")/../..

die() {
	echo "kanary: frontier: $*" >&2
	exit 1
}

if [ $# -lt 3 ]; then
	sed -n '3,/^set /{ /^set /d; s/^# \{0,1\}//p }' "$0" >&2
	exit 2
fi
adfa=$1 table=$2 plot=$3
shift 3
for program in jq gnuplot; do
	command -v $program >/dev/null || die "$program is missing: run tools/install-packages"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -n "${JSON:-}" ]; then
	cp "$JSON" "$work/json"
else
	build=$(realpath -m "${BUILD:-$top/build}")
	make --no-print-directory -C "$top" user BUILD="$build" >"$work/make" 2>&1 ||
		die "$(tail -n 5 "$work/make")"
	"$build/kanary" bench "$adfa" --methods all --json "$@" >"$work/json"
fi

# By cost; what Kanary is in its usual size stands out.
jq -r '
	def fixed(n): (. * pow(10; n) | round | tostring | "0" * (n + 1 - length) + .) |
		.[:-n] + "." + .[-n:];
	def percent: (100 * . | fixed(1)) + " %";
	def cost: if . < 10 then fixed(1) else round end;
	.protocol.description, "",
	"| method | AUC, held out | DR at 1 % | at 5 % | at 15 % | FAR at 90 % DR | AUC, full | operations a call | bytes | seconds |",
	"|---|---|---|---|---|---|---|---|---|---|",
	(.methods | sort_by(.integer_ops_per_syscall)[] |
		(if .name == "kanary" then "**" else "" end) as $mark |
		"| \($mark)\(.name)\($mark) | \(.held_out.auc.mean | fixed(3)) +- \(.held_out.auc.sd |
			fixed(3)) | \(.held_out.dr_at_fpr["0.01"] | percent) | " +
		"\(.held_out.dr_at_fpr["0.05"] | percent) | \(.held_out.dr_at_fpr["0.15"] |
			percent) | \(.held_out.far_at_dr90 | percent) | " +
		"\(.full.auc.mean | fixed(3)) | \(.integer_ops_per_syscall | cost) | " +
		"\(.model_bytes) | \(.seconds | fixed(1)) |"),
	"",
	"Operations are integer multiplications, additions, comparisons, shifts, bitwise operations and table look-ups, " +
	"averaged over all calls; methods of the whole process (linear, neighbour) are counted as judging " +
	"once, when it has ended, and Kanary as judging at each vector."
' "$work/json" >"$work/table"

if grep -qs '^<!-- frontier -->$' "$table" && grep -q '^<!-- end of frontier -->$' "$table"; then
	awk -v table="$work/table" '
		/^<!-- end of frontier -->$/ { inside = 0 }
		!inside { print }
		/^<!-- frontier -->$/ {
			inside = 1
			while ((getline line <table) > 0)
				print line
		}' "$table" >"$work/whole"
	cat "$work/whole" >"$table"
else
	cat "$work/table" >"$table"
fi

# Blocks for gnuplot, each with its name before it: first Kanary's sizes, then all others.
jq -r '
	def row: "\(.integer_ops_per_syscall) \(.model_bytes) \(.held_out.auc.mean) \(
		.held_out.dr_at_fpr["0.05"] * 100)";
	(.methods | map(select(.name | startswith("kanary"))) |
		sort_by(.integer_ops_per_syscall)) as $ours |
	"\"Kanary, others\"", ($ours[] | row), "", "",
	"\"kanary\"", ($ours[] | select(.name == "kanary") | row), "", "",
	(.methods[] | select(.name | startswith("kanary") | not) | "\"\(.name)\"", row, "", "")
' "$work/json" >"$work/points"

blocks=$(grep -c '^"' "$work/points")
gnuplot <<PLOT || die "gnuplot failed"
set terminal svg size 1000,720 dynamic font "sans-serif,13" background "white"
set output "$work/svg"
set multiplot layout 2,2 margins 0.10,0.79,0.09,0.97 spacing 0.06,0.08
set logscale x
set format x "10^{%T}"
set grid xtics ytics back linetype 1 linecolor rgb "#dddddd"
set tics scale 0.5
array colour[6] = ["#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#17becf", "#555555"]
set offsets graph 0.05, graph 0.05, graph 0.05, graph 0.05
unset key
do for [y = 3:4] {
	do for [x = 1:2] {
		set xlabel (y == 4 ? (x == 1 ? "integer operations a system call" : "bytes of the model") : "")
		set ylabel (x == 1 ? (y == 3 ? "AUC, held out" : "detected at 5 % false alarms, %") : "")
		if (x == 2 && y == 3) {
			set key at screen 0.81, screen 0.96 left top Left reverse spacing 1.4
		} else {
			unset key
		}
		plot "$work/points" index 0 using x:y with points linecolor rgb "#c03020" \
				linewidth 1.5 pointtype 7 pointsize 0.6 title columnheader(1), \
			"" index 1 using x:y with points linecolor rgb "#c03020" pointtype 7 \
				pointsize 1.4 title columnheader(1), \
			for [i = 2:$blocks - 1] "" index i using x:y with points \
				linecolor rgb colour[(i - 2) % 6 + 1] linewidth 2 \
				pointtype 2 * i pointsize 1.1 title columnheader(1)
	}
}
PLOT
{
	head -n 1 "$work/svg"
	echo '<!-- SPDX-License-Identifier: GPL-2.0 -->'
	tail -n +2 "$work/svg"
} >"$plot"
echo "frontier: $table and $plot" >&2
