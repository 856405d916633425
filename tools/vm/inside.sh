#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Run a command inside the tree of another Debian, in the checkout.
#
#	tools/vm/inside.sh TREE COMMAND...
#
# There the checkout is /checkout, wherever it lies here and whatever its name holds. Mounts
# what it needs in a mount namespace of its own; nothing is left behind.
set -euo pipefail
top=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")

[ $# -ge 2 ] || { echo "usage: inside.sh TREE COMMAND..." >&2; exit 2; }
user=()
[ "$(id -u)" -eq 0 ] || user=(--map-root-user)
exec unshare --mount "${user[@]}" bash -euc '
	tree=$1 top=$2
	shift 2
	mkdir -p "$tree/checkout"
	mount --rbind "$top" "$tree/checkout"
	mount --rbind /proc "$tree/proc"
	mount --rbind /dev "$tree/dev"
	mount -t tmpfs tmp "$tree/tmp"
	exec chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/tmp LANG=C.UTF-8 \
		bash -euc "cd /checkout; exec \"\$@\"" inside "$@"
' inside "$1" "$top" "${@:2}"
