#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Models keep their budget of false alarms on normal traces of ADFA-LD that they do not
# know, and a threshold that is far off is noticed.
#
#	ADFA=FILE.zip [BUILD=DIR] tests/check/promise.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
kanary=${BUILD:-build}/kanary

if [ ! -e "${ADFA:-}" ]; then
	echo "the data set ADFA-LD is not here: say ADFA=FILE.zip"
	exit 77
fi
[ -x "$kanary" ] || make --no-print-directory -s user
tools/promise/measure.sh "$kanary" adfa "$ADFA"
# the measurement itself: ten times as many alarms as promised, and a tenth
for shift in "0.1 10000" "10 100"; do
	read -r factor budget <<<"$shift"
	if SHIFT=$factor PERIODS=64 BUDGETS=$budget TRAIN="--hidden 0" \
		tools/promise/measure.sh "$kanary" adfa "$ADFA"; then
		echo "a budget that is off by a factor of $factor was not found out"
		exit 1
	fi
done
