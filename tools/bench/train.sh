#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What an optimiser step of the sequence head costs, forward, backward, clipping
# and Adam, on one core: 64 inputs, 32 hidden, 16 steps, batches of 64.
#
#	tools/bench/train.sh
#
# Where Python has PyTorch (Debian: python3-torch; PYTHON=... for another), the
# same step in it is measured beside. Lines for people on stderr, JSON on stdout
# and in build/bench/train.json.
set -eu

cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
OUT=$BUILD/bench/train
CC=${CC:-gcc}
PYTHON=${PYTHON:-/usr/bin/python3}
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1

mkdir -p "$OUT"
compile() { # OBJECT SOURCE [FLAG...]
	object=$OUT/$1.o source=$2
	shift 2
	$CC -std=gnu11 -O2 "$@" -Icommon -Iuser -c -o "$object" "$source"
}
# as the top Makefile has it
compile network user/train/head/network.c
compile lstm_train user/train/head/lstm_train.c -O3 -ffast-math
compile adam user/train/head/adam.c -O3 -ffast-math
compile train tools/bench/train.c
$CC -o "$OUT/train" "$OUT"/*.o -lgsl -lopenblas -lm

ours=$("$OUT/train")
theirs=null
if "$PYTHON" -c 'import torch' 2>/dev/null; then
	theirs=$("$PYTHON" tools/bench/train_pytorch.py)
	# again, so that neither has the quieter machine to itself
	ours=$("$OUT/train" 2>/dev/null)
else
	echo "kanary: no PyTorch to measure beside (install python3-torch)" >&2
fi
echo "{\"kanary\": $ours, \"pytorch\": $theirs}" | tee "$OUT.json"
