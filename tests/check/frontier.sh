#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tools/bench/frontier.sh draws what it is given: made-up figures of three methods.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "$*"
	exit 1
}

# method NAME AUC OPERATIONS BYTES
method() {
	printf '{"name": "%s", "seconds": 1.26, "model_bytes": %s, "integer_ops_per_syscall": %s' \
		"$1" "$4" "$3"
	for set in held_out full; do
		printf ', "%s": {"auc": {"mean": %s, "sd": 0.004},' $set "$2"
		printf '"dr_at_fpr": {"0.01": 0, "0.05": 0.25, "0.15": 1}, "far_at_dr90": 0.5}'
	done
	printf '}'
}

{
	printf '{"protocol": {"description": "As it was done."}, "seeds": [1], "methods": ['
	method other 0.8 100 20000
	printf ','
	method kanary 0.9 7.25 3000
	printf ','
	method kanary-l 0.95 1000 30000
	printf ']}'
} >"$work/json"
printf 'Before.\n<!-- frontier -->\nold\n<!-- end of frontier -->\nAfter.\n' >"$work/table.md"
JSON=$work/json tools/bench/frontier.sh - "$work/table.md" "$work/plot.svg" 2>"$work/err" ||
	fail "$(cat "$work/err")"

[ "$(head -n 1 "$work/table.md")" = Before. ] && [ "$(tail -n 1 "$work/table.md")" = After. ] ||
	fail "what is around the table is gone: $(cat "$work/table.md")"
grep -q old "$work/table.md" && fail "the old table is still there"
grep -q '^As it was done\.$' "$work/table.md" || fail "no protocol"
expected='| **kanary** | 0.900 +- 0.004 | 0.0 % | 25.0 % | 100.0 % | 50.0 % | 0.900 | 7.3 | 3000 | 1.3 |'
grep -qF "$expected" "$work/table.md" || fail "no line '$expected': $(cat "$work/table.md")"
order=$(sed -n 's/^| \**\([a-z-]*\)\** | 0.*/\1/p' "$work/table.md" | tr '\n' ' ')
[ "$order" = "kanary other kanary-l " ] || fail "not by cost: $order"
cp "$work/table.md" "$work/again.md"
JSON=$work/json tools/bench/frontier.sh - "$work/again.md" "$work/plot.svg" 2>/dev/null
cmp "$work/table.md" "$work/again.md" || fail "another table the second time"
python3 -c 'import sys, xml.etree.ElementTree as tree; tree.parse(sys.argv[1])' "$work/plot.svg" ||
	fail "the plot is no XML"
for name in kanary other; do
	grep -q ">$name<" "$work/plot.svg" || fail "the plot does not name $name"
done
