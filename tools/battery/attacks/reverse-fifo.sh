#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A shell between two ends of netcat, for where bash has no /dev/tcp.
rm -f /tmp/fifo
mkfifo /tmp/fifo
sh -i </tmp/fifo 2>&1 | nc -N 127.0.0.1 "$1" >/tmp/fifo
rm -f /tmp/fifo
