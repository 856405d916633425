#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a verdict costs with the kernel's compiler flags (no SSE):
#
#	tools/bench/score.sh [INPUTS HIDDEN STEPS]      default 64 32 16
#
# A line for people on stderr, JSON on stdout and in build/bench/score.json.
set -eu

cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
OUT=$BUILD/bench/score
CC=${CC:-gcc}
# arch/x86/Makefile and the top Makefile of 6.1
KERNEL_CFLAGS="-std=gnu11 -O2 -mno-sse -mno-mmx -mno-sse2 -mno-3dnow -mno-avx -mno-80387
	-mno-fp-ret-in-387 -mno-red-zone -fno-pic -fno-pie -fno-strict-aliasing
	-fno-common -fwrapv -fno-strict-overflow -fno-delete-null-pointer-checks -fno-asynchronous-unwind-tables
	-fcf-protection=none -fno-stack-protector -fno-jump-tables"

mkdir -p "$OUT"
for source in common/*.c; do
	# shellcheck disable=SC2086
	$CC $KERNEL_CFLAGS -Icommon -c -o "$OUT/$(basename "$source" .c).o" "$source"
done
$CC -std=gnu11 -O2 -Icommon -Itests/unit -no-pie -o "$OUT/score" \
	tools/bench/score.c tests/unit/model_fixture.c "$OUT"/*.o

"$OUT/score" "$@" | tee "$BUILD/bench/score.json"
sed -n 's/.*"us_per_sequence": \([0-9.]*\), "us_per_process_verdict": \([0-9.]*\).*/score: \1 us a sequence, \2 us a verdict of the process head alone/p' \
	"$BUILD/bench/score.json" >&2
