#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Do models keep their budget of false alarms on normal data that they do not know?
#
#	tools/promise/measure.sh KANARY adfa ZIP [--design]
#	tools/promise/measure.sh KANARY recordings RECORDING...
#
# adfa: learns the training traces of ADFA-LD and judges the normal validation traces
# with even numbers (--design: odd ones, for trying things out); attacks are not read.
# recordings: for each container learns all recordings but one, judges that one, and
# adds up over all of them. A recording holds a container's normal life.
#
# Variables: PERIODS ("32 64 256", adfa), BUDGETS ("1000 10000" vectors for each false
# alarm), TRAIN (options of kanary train),
# SHIFT (multiplies the budget that is trained for, not the one that is measured against:
# to see the measurement fail).
#
# Two lines each: warnings and critical alarms expected and raised, their ratio, and its limits of
# 95 % confidence (Poisson: one recording may have a reason for many, so the limits of the sum
# over recordings are rather too narrow). Warnings are what a model promises: as many as it says. Of
# critical alarms it promises no more than the recordings bear witness to. Exit status 1 where the
# limits of what is promised exclude a factor of 2.
set -euo pipefail
kanary=$1 kind=$2
shift 2
PERIODS=${PERIODS:-32 64 256}
BUDGETS=${BUDGETS:-1000 10000}
TRAIN=${TRAIN:-}
SHIFT=${SHIFT:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
broken=0

# learn BUDGET OPTION...: into $work/model
learn() {
	local budget=$1

	shift
	# shellcheck disable=SC2086
	"$kanary" train -o "$work/model" --json --quiet $TRAIN \
		--budget "1/$(jq -n "$budget * $SHIFT | floor")" "$@" >"$work/train.json" 2>"$work/train.log" || {
		cat "$work/train.log" >&2
		exit 1
	}
}

# verdict NAME LEVEL BUDGET EXPECTED ALARMS ALERTS BEYOND
verdict() {
	awk -v name="$1" -v level="$2" -v budget="$3" -v expected="$4" -v alarms="$5" -v alerts="$6" \
		-v beyond="$7" '
		# P(at most k) of a Poisson distribution
		function below(k, mean,    sum, term, i) {
			term = sum = exp(-mean)
			for (i = 1; i <= k; i++)
				sum += term *= mean / i
			return sum
		}
		# mean at which P(at most k) is p
		function limit(k, p,    low, high, middle, i) {
			for (high = 2 * k + 20; i < 60; i++) {
				middle = (low + high) / 2
				if (below(k, middle) > p)
					low = middle
				else
					high = middle
			}
			return low
		}
		BEGIN {
			low = (alarms ? limit(alarms - 1, 0.975) : 0) / expected
			high = limit(alarms, 0.025) / expected
			ratio = alarms / expected
			said = ratio >= 0.5 && ratio <= 2 ? "kept" : "not certain"
			if (low > 2 || high < 0.5)
				said = "BROKEN"
			promised = level == "warning" || beyond <= 1
			if (beyond > 1)
				said = said sprintf(", %.1f times beyond what is promised", beyond)
			printf "%-14s %-8s 1/%-6d expected %6.1f, alarms %4d, ratio %5.2f [%.2f .. %.2f], alerts %d: %s\n",
				name, level, budget, expected, alarms, ratio, low, high, alerts, said
			exit promised && said ~ /BROKEN/
		}' || broken=1
}

# judge OPTION...: adds to what was expected and raised, on each level
judge() {
	"$kanary" eval "$work/model" --json "$@" | jq --argjson shift "$SHIFT" '
		def sums: {expected: (.expected * $shift), alarms, alerts, budget: (.budget_vectors / $shift)};
		{warning: sums, critical: (.critical | sums)}' >>"$work/sums"
}

start() {
	: >"$work/sums"
}

# report NAME: a line a level
report() {
	local line level

	while read -r line; do
		read -ra level <<<"$line"
		verdict "$1" "${level[@]}"
	done < <(jq -rs '(map(.warning.budget) | min) as $borne | ("warning", "critical") as $level |
		map(.[$level]) | (map(.budget) | max) as $budget |
		[$level, ($budget | round), (map(.expected) | add), (map(.alarms) | add), (map(.alerts) | add),
			(if $level == "critical" then $budget / $borne else 1 end)] |
		map(tostring) | join(" ")' "$work/sums")
}

adfa() {
	local zip=$1 digits='[02468]' period budget

	[ "${2:-}" != --design ] || digits='[13579]'
	for period in $PERIODS; do
		"$kanary" import adfa "$zip" --period "$period" -o "$work/learn.rec" \
			--only '*/Training_Data_Master/*' >"$work/import.log"
		"$kanary" import adfa "$zip" --period "$period" -o "$work/judge.rec" \
			--only "*/Validation_Data_Master/*$digits.txt" >"$work/import.log"
		for budget in $BUDGETS; do
			start
			learn "$budget" "$work/learn.rec"
			judge --normal "$work/judge.rec"
			report "period $period"
		done
	done
}

recordings() {
	local container budget held_out all=("$@") others

	for container in $(containers "$@"); do
		for budget in $BUDGETS; do
			start
			for held_out in "${all[@]}"; do
				others=()
				for recording in "${all[@]}"; do
					[ "$recording" = "$held_out" ] || others+=("$recording")
				done
				learn "$budget" --container "$container" "${others[@]}"
				judge --container "$container" --normal "$held_out"
			done
			report "container $container"
		done
	done
}

# The containers that all recordings have, by the number of their cgroup
containers() {
	local recording

	learn 1000 --folds 1 --hidden 0 "$1"
	for recording in "$@"; do
		"$kanary" score "$work/model" "$recording" --vectors --json | jq -r '.cgroup // empty' |
			sort -u
	done | sort -n | uniq -c | awk -v count=$# '$1 == count { print $2 }'
}

case $kind in
adfa) adfa "$@" ;;
recordings) recordings "$@" ;;
*) echo "kanary: measure.sh: adfa or recordings, not '$kind'" >&2; exit 2 ;;
esac
exit $broken
