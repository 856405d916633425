#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# syzkaller's description of the family says what the family's definition says.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../fuzz"

if ! diff -u kanary.txt <(./family.py syzlang); then
	echo "kanary: tests/fuzz/kanary.txt is not what common/kanary.yaml says: family.py syzlang >kanary.txt" >&2
	exit 1
fi
echo "$(grep -c '^sendmsg' kanary.txt) commands, $(grep -c 'nlattr\[' kanary.txt) attributes of requests"
