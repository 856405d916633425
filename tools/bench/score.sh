#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a verdict costs with the kernel's compiler flags (no SSE):
#
#	tools/bench/score.sh [INPUTS HIDDEN STEPS]      default 64 32 16
#
# CMSIS_NN=DIR, a checkout of that library, measures its int8 LSTM beside ours,
# built with the same flags. Lines for people on stderr, JSON on stdout and in
# build/bench/score.json.
set -eu

cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
OUT=$BUILD/bench/score
CC=${CC:-gcc}
# arch/x86/Makefile and the top Makefile of 6.1
KERNEL_CFLAGS="-std=gnu11 -O2 -mno-sse -mno-mmx -mno-sse2 -mno-3dnow -mno-avx -mno-80387
	-mno-fp-ret-in-387 -mno-red-zone -fno-pic -fno-pie -fno-strict-aliasing
	-fno-common -fwrapv -fno-strict-overflow -fno-delete-null-pointer-checks
	-fno-asynchronous-unwind-tables -fcf-protection=none -fno-stack-protector -fno-jump-tables"

mkdir -p "$OUT"
rm -f "$OUT"/*.o
compile() { # OBJECT SOURCE [FLAG...]
	object=$OUT/$1.o source=$2
	shift 2
	# shellcheck disable=SC2086
	$CC $KERNEL_CFLAGS "$@" -c -o "$object" "$source"
}
for source in common/*.c; do
	compile "$(basename "$source" .c)" "$source" -Icommon
done
define=
if [ -n "${CMSIS_NN:-}" ]; then
	define=-DCMSIS_NN
	compile score_cmsis tools/bench/score_cmsis.c -Itools/bench -I"$CMSIS_NN/Include"
	for source in LSTMFunctions/arm_lstm_unidirectional_s8 \
		NNSupportFunctions/arm_nn_lstm_step_s8 \
		NNSupportFunctions/arm_nn_lstm_calculate_gate_s8_s16 \
		NNSupportFunctions/arm_nn_vec_mat_mul_result_acc_s8_s16 \
		NNSupportFunctions/arm_nn_vec_mat_mult_t_s8 \
		NNSupportFunctions/arm_nntables \
		ActivationFunctions/arm_nn_activation_s16 \
		BasicMathFunctions/arm_elementwise_mul_s16 \
		BasicMathFunctions/arm_elementwise_mul_acc_s16 \
		BasicMathFunctions/arm_elementwise_mul_s16_s8; do
		compile "$(basename $source)" "$CMSIS_NN/Source/$source.c" -I"$CMSIS_NN/Include"
	done
fi
$CC -std=gnu11 -O2 $define -Icommon -Itests/unit -Itools/bench -no-pie -o "$OUT/score" \
	tools/bench/score.c tests/unit/model_fixture.c "$OUT"/*.o

"$OUT/score" "$@" | tee "$BUILD/bench/score.json"
tell() { # PATTERN REPLACEMENT
	sed -n "s/.*$1.*/score: $2/p" "$BUILD/bench/score.json" >&2
}
tell '"us_per_sequence": \([0-9.]*\), "us_per_process_verdict": \([0-9.]*\)' \
	'\1 us a sequence, \2 us a verdict of the process head alone'
tell '"cmsis_nn_us_per_sequence": \([0-9.]*\), "ratio": \([0-9.]*\)' \
	'CMSIS-NN int8 takes \1 us a sequence: ours is \2 of it'
