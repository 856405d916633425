#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The baselines' figures on the whole of ADFA-LD, as an earlier implementation of
# each had measured them, within 0.002: who moves one has changed the protocol. So
# are those of attack runs, among other groups of normal processes, within 0.01.
#
#	ADFA=FILE.zip [BUILD=DIR] tests/check/adfa.sh
set -euo pipefail
top=$(dirname "$(readlink -f "$0")")/../..
build=$(realpath -m "${BUILD:-$top/build}")

if [ ! -e "${ADFA:-}" ]; then
	echo "ADFA-LD is not here: say ADFA=FILE.zip (README.md tells where it is to be had)"
	exit 77
fi
adfa=$(realpath "$ADFA")
make --no-print-directory -C "$top" user BUILD="$build" >/dev/null
json=$("$build/kanary" bench "$adfa" --json --seeds 1 --methods stide3,stide,ngram,linear)
wrong=$(jq -r '
	def within(what; seen; expected; limit): select((seen - expected | fabs) > limit) |
		"\(what): \(seen) instead of \(expected)";
	def near(what; seen; expected): within(what; seen; expected; 0.002);
	near("training traces"; .protocol.training; 833),
	near("design half"; .protocol.design; 2186),
	near("reported half"; .protocol.reported; 2186),
	near("attacks"; .protocol.attacks; 746),
	near("duplicates"; .protocol.duplicates; 422),
	near("attack runs"; .protocol.runs; 60),
	({ largest: 0.799, share: 0.978, cusum: 0.885 } as $known |
		.methods[] | select(.name == "linear") | .runs | keys[] as $way |
		within("linear, runs by \($way)"; .[$way].held_out.auc.mean; $known[$way]; 0.01)),
	({ stide3: [0.695, 0.170, 0.318, 0.576, 1.00], stide: [0.827, 0, 0.218, 0.627, 0.267],
	   ngram: [0.839, 0.153, 0.296, 0.625, 0.241], linear: [0.825, 0.004, 0.220, 0.623, 0.457] } as
		$known | .methods[] | .name as $name |
		[.full.auc.mean, .full.dr_at_fpr["0.01"], .full.dr_at_fpr["0.05"],
		 .full.dr_at_fpr["0.15"], .full.far_at_dr90] as $seen |
		range(5) as $i | near("\($name), figure \($i + 1)"; $seen[$i]; $known[$name][$i]))
	' <<<"$json")
[ -z "$wrong" ] || { echo "$wrong"; exit 1; }

# the script behind the tables of runs: a row for each of the two models that it trains
table=$("$top/tools/bench/runs.sh" "$adfa" "$build/kanary" --methods linear)
for row in "linear | 0\.827, 0\.00, 0\.22" "defaults | 0\.[0-9]*, 0" "best | 0\.8[0-9]*, 0"; do
	grep -q "^| $row" <<<"$table" || { echo "no row '$row' in $table"; exit 1; }
done
