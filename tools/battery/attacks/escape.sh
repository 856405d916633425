#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The shell's ways out of a container, one after another; a well-kept one refuses most.
#
#	escape.sh PAUSE
mkdir -p /tmp/escape
for try in 'unshare -m true' 'unshare -Ur id' 'mount -t cgroup2 none /tmp/escape' \
	'mount -t proc none /tmp/escape' 'mknod /tmp/escape/disk b 254 0' \
	'nsenter -t 1 -m id' 'ls -l /var/run/docker.sock' 'dd if=/dev/vda of=/dev/null count=1' \
	'tee /proc/sys/kernel/core_pattern' 'tee /sys/fs/cgroup/release_agent' \
	'cat /proc/1/root/etc/shadow' 'grep Cap /proc/self/status'; do
	echo "== $try"
	$try </dev/null 2>&1
	sleep "$1"
done
