#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make install puts the module where the kernel it was built for looks, and uninstall leaves nothing.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
variables=$(tools/vm/kernel.sh)
eval "$variables"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fail() {
	echo "kanary: install: $*" >&2
	exit 1
}

quietly() {
	make --no-print-directory -s "$@" BUILD="${BUILD:-build}" KDIR="$KDIR" DESTDIR="$root/tree" >"$root/said" 2>&1 ||
		fail "make $* failed: $(cat "$root/said")"
}

refused() {
	! make --no-print-directory -s "$@" BUILD="${BUILD:-build}" DESTDIR="$root/tree" >"$root/said" 2>&1 ||
		fail "make $* was not refused"
	[ "$(grep -c '^kanary: ' "$root/said")" -eq 1 ] ||
		fail "make $* gives no reason: $(cat "$root/said")"
}

quietly user
quietly module
! strace -o /dev/null true 2>/dev/null || quietly foreign
quietly install
module=$root/tree/lib/modules/$RELEASE/updates/kanary.ko
[ -f "$module" ] || fail "no module for $RELEASE: $(find "$root/tree" -name '*.ko')"
kanary=$root/tree/usr/local/sbin/kanary
# Those that it executes are found where they were put.
for command in train import; do
	"$kanary" "$command" --help >"$root/help" 2>"$root/said" ||
		fail "kanary $command does not start: $(cat "$root/said")"
	grep -q "^Usage: kanary $command" "$root/help" || fail "kanary $command --help: $(head -n 1 "$root/help")"
done
! strace -o /dev/null true 2>/dev/null || [ -s "$root/tree/usr/local/share/kanary/foreign.rec" ] ||
	fail "there are no programs to estimate detection by: $(find "$root/tree" -name '*.rec')"
rm "$root/tree/usr/local/libexec/kanary/kanary-model"
! "$kanary" train --help >/dev/null 2>"$root/said" || fail "kanary train starts without its program"
grep -q 'kanary-model.*libexec' "$root/said" || fail "it does not say what is missing: $(cat "$root/said")"

quietly uninstall
left=$(find "$root/tree" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"

# The module is for one kernel: another's headers are refused, and so is no module.
mkdir -p "$root/other/include/generated"
echo '#define UTS_RELEASE "1.2.3-other"' >"$root/other/include/generated/utsrelease.h"
refused install KDIR="$root/other"
BUILD=$root/none refused install-module
