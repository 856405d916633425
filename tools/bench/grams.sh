#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the model of n-grams rests on: how well it predicts normal traces of ADFA-LD that it was
# not given, by the length of its runs.
#
#	tools/bench/grams.sh ADFA.zip [KANARY]
#
# Learned from the normal training traces, measured on the design half of the validation
# traces (the odd ones). No attack and nothing of the reported half is read.
set -euo pipefail
adfa=$(realpath "$1")
kanary=$(realpath "${2:-build/kanary}")
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
cd "$files"

"$kanary" import adfa "$adfa" --period 256 --only '*/Training_Data_Master/*' -o train.rec >/dev/null 2>&1
"$kanary" import adfa "$adfa" --period 256 --only '*/Validation_Data_Master/*[13579].txt' -o design.rec >/dev/null 2>&1

# train CALLS: leaves CALLS.model, and the verdict on each process of the design half in CALLS.json
train() {
	"$kanary" train train.rec -o "$1.model" --quiet --grams "$1" --code 6 --codebook 0 \
		--decay 0 --drift 0 --hidden 0
	"$kanary" score "$1.model" design.rec --vectors --json 2>/dev/null |
		jq -s -c 'map(select(.stream)) | group_by(.stream) |
			map({calls: map(.calls) | add} +
				(last | {grams_bits, grams_surprise, process_surprise}))' >"$1.json"
}

echo "| runs of up to | bits a call | mean of processes | model |"
echo "|---|---|---|---|"
for calls in 2 3 4 5 6 7 8 9; do
	train "$calls"
	jq -r --arg calls "$calls" --arg bytes "$(stat -c %s "$calls.model")" '
		def round3: . * 1000 | round / 1000;
		"| \($calls) calls | \((map(.grams_bits * .calls) | add) / (map(.calls) | add) | round3) | " +
		"\(map(.grams_bits) | add / length | round3) | \($bytes) bytes |"' "$calls.json"
done
