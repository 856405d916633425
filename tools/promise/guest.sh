#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the virtual machine: record redis and nginx at normal work, several times over.
#
#	insmod -> start redis, nginx -> (record, restart both in the middle) x RECORDINGS
set -u
. ./carry.sh
. ./containers.sh
. ./load.sh
. ./learn.sh

PERIOD=${PERIOD:-16}
RECORDINGS=${RECORDINGS:-6}
SECONDS_EACH=${SECONDS_EACH:-90}
# shellcheck disable=SC2034 # for learn.sh
CONTAINERS='redis nginx' SCENARIO=promise

mkdir -p "$STATE"
insmod kanary.ko period="$PERIOD" || fail "insmod kanary.ko failed: $(dmesg | tail -n 3)"
make_containers
for number in $(seq "$RECORDINGS"); do
	step "recording $number of $RECORDINGS"
	record "/out/$number.rec" "$SECONDS_EACH" 0 $((number * 1000)) TERM
done
