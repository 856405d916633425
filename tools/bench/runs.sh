#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How well evidence that is added up over the processes of an attack tells the attack runs of
# ADFA-LD from normal processes, for all methods of "kanary bench" and two models of "kanary train":
# "defaults" has its default options, "best" those of BEST.
#
#	tools/bench/runs.sh ADFA.zip [KANARY] [BENCH OPTION...]
#
# BEST: options of kanary train.
set -euo pipefail
adfa=$(realpath "$1")
kanary=$(realpath "${2:-build/kanary}")
shift $(($# > 1 ? 2 : 1))
BEST=${BEST:---grams 8 --code 10 --codebook 0 --decay 0 --drift 0 --hidden 0}
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT

"$kanary" import adfa "$adfa" --only '*/Training_Data_Master/*' -o "$files/train.rec" >/dev/null 2>&1
"$kanary" train "$files/train.rec" -o "$files/defaults.model" --quiet
# shellcheck disable=SC2086
"$kanary" train "$files/train.rec" -o "$files/best.model" --quiet $BEST
"$kanary" bench "$adfa" --methods all --model "$files/defaults.model" --model "$files/best.model" \
	--json "$@" >"$files/json"
jq -r --arg best "$BEST" '
	def fixed(n): (. * pow(10; n) | round | tostring | "0" * (n + 1 - length) + .) |
		.[:-n] + "." + .[-n:];
	def cell: if . then "\(.auc.mean | fixed(3)), \(.dr_at_fpr["0.01"] | fixed(2)), " +
		"\(.dr_at_fpr["0.05"] | fixed(2))" else "-" end;
	.protocol.runs_description, "",
	"Each cell: AUC, share detected at 1 % and at 5 % of false alarms. The model `defaults` is of",
	"`kanary train` without options, `best` with `\($best)`.", "",
	"| held out | one process | largest | share | CUSUM |",
	"|---|---|---|---|---|",
	(.methods[] | "| \(.name) | \(.held_out | cell) | \(.runs.largest.held_out | cell) | " +
		"\(.runs.share.held_out | cell) | \(.runs.cusum.held_out | cell) |"),
	"",
	"| | share, even runs | CUSUM, even runs | share, full | CUSUM, full |",
	"|---|---|---|---|---|",
	(.methods[] | "| \(.name) | \(.runs.share.even_runs | cell) | \(.runs.cusum.even_runs | cell) | " +
		"\(.runs.share.full | cell) | \(.runs.cusum.full | cell) |")
' "$files/json"
