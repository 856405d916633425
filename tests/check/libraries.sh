#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A command loads the libraries that it needs: what loads more starts slower on every host.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=${BUILD:-build}
make --no-print-directory -s user BUILD="$build"

# loads PROGRAM PATTERN: whether a library of that name is loaded, directly or by another
loads() {
	ldd "$build/$1" | grep -q "$2"
}

fail() {
	echo "kanary: libraries: $*" >&2
	ldd "$build/$1" >&2
	exit 1
}

! loads kanary 'openblas\|gsl\|archive\|libxml2\|libstdc++' || fail kanary "loads what only other programs need"
! loads kanary-model 'archive\|libxml2\|libstdc++' || fail kanary-model "loads what kanary-import needs"
! loads kanary-import openblas || fail kanary-import "loads what kanary-model needs"
