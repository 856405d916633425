#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Run a command in this checkout, at a place whose name make and the kernel's build can read.
#
#	tools/vm/plain.sh COMMAND...
#
# They take a blank in a name for the name's end. Where the checkout's own name holds such a
# character, the command runs in a mount namespace, with the checkout below /tmp as well.
set -euo pipefail
top=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")

[ $# -ge 1 ] || { echo "usage: plain.sh COMMAND..." >&2; exit 2; }
if [[ $top =~ ^[A-Za-z0-9/._+@,=-]+$ ]]; then
	cd "$top"
	exec "$@"
fi
user=()
[ "$(id -u)" -eq 0 ] || user=(--map-root-user)
place=$(mktemp -d /tmp/kanary-checkout.XXXXXX)
trap 'rmdir "$place"' EXIT
unshare --mount "${user[@]}" bash -euc '
	mount --rbind "$1" "$2"
	cd "$2"
	shift 2
	exec "$@"
' plain "$top" "$place" "$@"
