#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build kanary_kunit.ko for a kernel that has KUnit: build.sh OUT_DIR KDIR [MAKE_ARGUMENT...]
#
# OUT_DIR/files is what the guest needs: the suites want nothing of userspace but a shell.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
out=$(realpath -m "$1") kdir=$2
shift 2
flags=(-std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Icommon -Iuser -Itests/unit)

rm -rf "$out"
mkdir -p "$out/kunit"
cp -rL kmod common "$out/"
cp Kbuild "$out/Kbuild.kanary"
cp tests/kunit/Kbuild "$out/"
cp tests/kunit/*.[ch] "$out/kunit/"
rm "$out/kunit/reference.c"
# What userspace says of random models and vectors, for the kernel to say the same.
gcc "${flags[@]}" -o "$out/reference" tests/kunit/reference.c tests/unit/model_fixture.c \
	user/recording/random_path.c common/*.c
"$out/reference" >"$out/kunit/reference_data.h"
make -s -j"$(nproc)" -C "$kdir" M="$out" "$@" modules

mkdir "$out/files"
cp "$out/kanary_kunit.ko" tests/kunit/kunit.sh tests/vm/library.sh tests/vm/guest.sh "$out/files/"
find tests/kunit -name '*_test.c' | wc -l >"$out/files/suites"
