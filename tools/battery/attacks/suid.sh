#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Looks for programs that run as somebody else.
#
#	suid.sh PAUSE	0: all at once; otherwise one directory after the other
if [ "$1" = 0 ]; then
	find /usr /opt -perm -4000 -type f 2>/dev/null
else
	for directory in /usr/bin /usr/sbin /usr/libexec /usr/local /opt; do
		find "$directory" -perm -4000 -type f 2>/dev/null
		sleep "$1"
	done
fi
