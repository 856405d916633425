#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What this kernel has, found out by compiling a few lines each: distributions backport,
# and version numbers lie.
#
#	probe.sh HEADER DIR COMPILER FLAGS...
#
# For each DIR/NAME.c that compiles, HEADER gets a line "#define KANARY_HAVE_NAME 1".
set -eu
header=$1 directory=$2
shift 2

# Types that are not the wanted ones have to be errors, with any compiler.
compiles() {
	"$@" -Werror=incompatible-pointer-types -Werror=implicit-function-declaration \
		-DKBUILD_MODNAME='"probe"' -DKBUILD_BASENAME='"probe"' -DMODULE \
		-fsyntax-only -x c -
}

compiles "$@" </dev/null || {
	echo "kanary: probe.sh: $1 does not compile with the kernel's flags" >&2
	exit 1
}
for probe in "$directory"/*.c; do
	name=$(basename "$probe" .c | tr '[:lower:]' '[:upper:]')
	! compiles "$@" <"$probe" >/dev/null 2>&1 || echo "#define KANARY_HAVE_$name 1"
done >"$header.new"
mv "$header.new" "$header"
