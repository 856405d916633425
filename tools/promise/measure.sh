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
# Variables: PERIODS ("32 64", adfa), BUDGETS ("1000 10000" vectors for each false
# alarm), TRAIN (options of kanary train),
# SHIFT (multiplies the budget that is trained for, not the one that is measured against:
# to see the measurement fail).
#
# A line each: alarms expected and raised, their ratio, and its limits of 95 %
# confidence (Poisson: one recording may have a reason for many, so the limits of the sum
# over recordings are rather too narrow). Exit status 1 where the limits exclude a factor of 2.
set -euo pipefail
kanary=$1 kind=$2
shift 2
PERIODS=${PERIODS:-32 64}
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

# verdict NAME BUDGET EXPECTED ALARMS ALERTS SUPPORTED
verdict() {
	local name=$1 budget=$2

	shift 2
	awk -v name="$name" -v budget="$budget" -v expected="$1" -v alarms="$2" -v alerts="$3" \
		-v supported="$4" '
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
			if (budget > supported)
				said = said sprintf(", %.1f times beyond the data", budget / supported)
			printf "%-14s 1/%-6d expected %6.1f, alarms %4d, ratio %5.2f [%.2f .. %.2f], alerts %d: %s\n",
				name, budget, expected, alarms, ratio, low, high, alerts, said
			exit said ~ /BROKEN/
		}' || broken=1
}

# judge BUDGET OPTION...: adds to expected, alarms, alerts; least of supported
judge() {
	local budget=$1 line

	shift
	"$kanary" eval "$work/model" --json "$@" >"$work/eval.json"
	line=$(jq -r --argjson budget "$budget" \
		'[.vectors / $budget, .alarms, .alerts] | map(tostring) | join(" ")' "$work/eval.json")
	read -r more_expected more_alarms more_alerts <<<"$line"
	expected=$(jq -n "$expected + $more_expected")
	alarms=$((alarms + more_alarms))
	alerts=$((alerts + more_alerts))
	supported=$(jq --argjson least "$supported" '[.supported_vectors, $least] | min' \
		"$work/train.json")
}

start() {
	expected=0 alarms=0 alerts=0 supported=1e18
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
			judge "$budget" --normal "$work/judge.rec"
			verdict "period $period" "$budget" "$expected" "$alarms" "$alerts" "$supported"
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
				judge "$budget" --container "$container" --normal "$held_out"
			done
			verdict "container $container" "$budget" "$expected" "$alarms" "$alerts" \
				"$supported"
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
