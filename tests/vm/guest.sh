#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the guest: run the given scripts one after the other, each with a fresh start.
#
#	guest.sh SCRIPT...
#
# Prints "RESULT ok|FAIL $PREFIX/NAME TENTHS" for each, after those that it has in
# /run/results of its own, and all that a failed one said.
PREFIX=${PREFIX:-vm}
export LD_LIBRARY_PATH=/files

# What a script may have left behind.
clean() {
	local cgroup container

	for container in $(crun list -q 2>/dev/null); do
		crun delete --force "$container" >/dev/null 2>&1
	done
	for cgroup in /sys/fs/cgroup/*/; do
		echo 1 >"$cgroup/cgroup.kill"
		for try in $(seq 100); do
			rmdir "$cgroup" 2>/dev/null && break
			read -rt 0.05 <>/tmp/nothing
		done
	done
	[ ! -e /sys/module/kanary ] || [ -e /tmp/locked ] || rmmod kanary
}

mkfifo /tmp/nothing
for script in "$@"; do
	begin=$EPOCHREALTIME
	status=0
	dmesg -C
	setsid bash -euo pipefail "./$script" >/tmp/log 2>&1 </dev/null || status=$?
	clean >>/tmp/log 2>&1 || status=1
	cat /run/results 2>/dev/null && rm /run/results
	result=ok
	if [ "$status" -ne 0 ]; then
		result=FAIL
		cat /tmp/log
		echo "$script: exit status $status; the kernel log's end:"
		dmesg | grep kanary | grep -v 'kanary: alert' | tail -n 15
	fi
	printf 'RESULT %s %s %s\n' "$result" "$PREFIX/${script%.sh}" \
		"$(((${EPOCHREALTIME/./} - ${begin/./}) / 100000))"
done
