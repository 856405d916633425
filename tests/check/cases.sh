#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Inputs as users have them give what stands beside them, and tools/check-cases sees it
# where they do not.
#
#	[BUILD=DIR] tests/check/cases.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cases() {
	tools/check-cases --build "${BUILD:-build}" "$@"
}

# want VERDICT TEXT: what check-cases says of a trace of two processes, beside this .want
want() {
	local said

	printf '%s\n' "$2" >"$scratch/a.want"
	said=$(cases "$scratch") && [ "$1" = ok ] || [ "$1" = DIFFERS ] && grep -qx "$1 a" <<<"$said" ||
		{ echo "this .want should be $1:"; echo "$2"; echo "it gives:"; echo "$said"; exit 1; }
}

cases tests/cases/*/ || { echo "an input gives something else than what stands beside it"; exit 1; }

printf '%s\n' '7 execve("/bin/a:b c", ["a"], 0x7ffd /* 9 vars */) = 0' '7 clone(flags=SIGCHLD) = 8' \
	'7 openat(AT_FDCWD, "/tmp/x", O_RDONLY) = 3' '8 read(3, "", 9) = 0' '8 read(3, "", 9) = 0' \
	>"$scratch/a.strace"
want ok 'pid 7 a:b c: openat 1, clone 1
pid 8: read 2
lines_skipped 0'
want ok ' tid  -  : read  2   (whatever)
pid 7 a\x3ab\x20c: clone, openat
path /tmp/... (or so)'
want ok 'calls_unnamed 0'
want DIFFERS 'pid 7: openat 1, clone 1'
want DIFFERS 'pid 7: openat 1, clone 1
pid 8: read 1'
want DIFFERS 'pid 7 d: openat 1, clone 1
pid 8: read 2'
want DIFFERS 'pid 7: openat 1, clone 1
pid 8: read 2 (exec)'
want DIFFERS 'path /tmp/y'
want DIFFERS 'lines_skipped 1'
want DIFFERS 'refused'
want DIFFERS 'nonsense'

mv "$scratch/a.strace" "$scratch/a.txt"
printf '%s\n' 'cgroup lxc.payload.a p' 'cgroup lxc.payload.ab p' 'show /lxc.payload.a' \
	'find a' 'find ab' 'find no' >"$scratch/a.txt"
want ok 'show /lxc.payload.a -> lxc a a
find ab -> lxc ab /lxc...
find no -> refused'
want DIFFERS 'find a -> lxc a /lxc.payload.ab'
want DIFFERS 'find a -> refused: it is not there'
want DIFFERS 'find no -> lxc no /no'
want DIFFERS 'find other -> lxc a /lxc.payload.a'

rm "$scratch"/*
! cases "$scratch" 2>/dev/null || { echo "a folder without a case passes"; exit 1; }
