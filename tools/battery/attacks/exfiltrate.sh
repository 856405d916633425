#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sends files to a listener on loopback.
#
#	exfiltrate.sh PORT PAUSE FILE...	PAUSE 0: whole; otherwise a piece every so often
port=$1 pause=$2
shift 2
if [ "$pause" = 0 ]; then
	cat "$@" | nc -q 0 -w 60 127.0.0.1 "$port"
	exit
fi
for file in "$@"; do
	for piece in 0 1 2 3 4 5; do
		dd if="$file" bs=2k skip=$piece count=1 status=none | base64 |
			nc -q 0 -w 60 127.0.0.1 "$port"
		sleep "$pause"
	done
done
