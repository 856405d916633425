#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What an intruder looks at first.
#
#	survey.sh PAUSE [COMMAND...]	seconds between two looks; COMMAND twice, as padding
pause=$1
shift

rest() {
	for _ in 1 2; do
		[ $# -eq 0 ] || "$@" >/dev/null 2>&1
	done
	[ "$pause" = 0 ] || sleep "$pause"
}

for look in id 'uname -a' 'cat /etc/passwd' 'ps aux' 'ls -la / /root /tmp' env 'cat /proc/mounts' \
	'find /etc -name *.conf' 'ss -ltn' 'ls -laR /var/www /data /srv /home'; do
	echo "== $look"
	$look 2>&1
	rest "$@"
done
