#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make bench: what Kanary adds to a system call, in executed instructions.
#
#	tools/bench/hook.sh [BUILD_DIR]
#
# QEMU counts the guest's instructions in its time stamp counter (tools/vm/run.sh
# --icount): the same figures on every machine. Writes BUILD_DIR/bench/hook.json.
# Exit status 1 when a figure is above its limit.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=$(realpath -m "${1:-build}")
files=$build/bench/hook
COUNTING_MAX=185
MONITORING_MAX=230
# Of a path, more than the call itself is counted for.
PATH_MAX=400

tools/install-packages
variables=$(tools/vm/kernel.sh)
eval "$variables"
rm -rf "$files"
mkdir -p "$files/empty_kprobe"
quietly() {
	"$@" >"$build/bench/hook.log" 2>&1 || { tail -n 30 "$build/bench/hook.log" >&2; exit 1; }
}
quietly make --no-print-directory user module BUILD="$build" KDIR="$KDIR"
cp tools/bench/hook/empty_kprobe.c "$files/empty_kprobe/"
echo 'obj-m := empty_kprobe.o' >"$files/empty_kprobe/Kbuild"
quietly make -C "$KDIR" M="$files/empty_kprobe" modules
gcc -O2 -Wall -Wextra -static -o "$files/getppid" tools/bench/hook/getppid.c
gcc -O2 -Wall -Wextra -Wno-unused-parameter -Icommon -Itests/unit -o "$files/model" \
	tests/vm/model.c tests/unit/model_fixture.c common/*.c
"$files/model" "$files/stride-16.model" 1024 quiet 1 16
"$files/model" "$files/stride-4.model" 1024 quiet 1 4
"$files/model" "$files/order.model" 1024 quiet 1 16 10000
cp "$build/kanary.ko" "$build/kanary" "$files/empty_kprobe/empty_kprobe.ko" tools/bench/hook/guest.sh "$files/"

tools/vm/run.sh --icount --memory 1024 --timeout 300 --files "$files" guest.sh |
	tee "$build/bench/hook.out" | grep -E '^[a-z0-9_]+ [0-9.]+ [0-9.]+$' >"$build/bench/hook.txt" ||
	{ cat "$build/bench/hook.out" >&2; exit 1; }

# The cost of a call where only calls are counted, of whole periods where all of it counts.
awk -v release="$RELEASE" -v counting_max=$COUNTING_MAX -v monitoring_max=$MONITORING_MAX \
	-v path_max=$PATH_MAX \
	-v json="$build/bench/hook.json" '
	{ median[$1] = $2; average[$1] = $3; order[NR] = $1 }
	END {
		added_counting = median["kanary_counting"] - median["baseline"]
		added_monitoring = average["kanary_monitoring"] - average["baseline"]
		added_path = average["kanary_paths_openat"] - average["kanary_counting_openat"]
		print "instructions per getppid() and per openat(), Linux " release
		printf "%-31s %10s %8s %22s %8s\n", "", "one call", "added", "whole periods (mean)", "added"
		for (i = 1; i <= NR; i++) {
			n = order[i]
			of = (n ~ /outside/ ? "outside" : "baseline") (n ~ /openat/ ? "_openat" : "")
			printf "%-31s %10.2f %+8.2f %22.2f %+8.2f\n", n, median[n], median[n] - median[of],
				average[n], average[n] - average[of]
		}
		printf "kanary_counting adds %.2f (at most %d), kanary_monitoring adds %.2f (at most %d)\n",
			added_counting, counting_max, added_monitoring, monitoring_max
		printf "a path of 40 bytes adds %.2f on average (at most %d)\n", added_path, path_max
		printf "{\"baseline\": %.2f, \"empty_kprobe\": %.2f, \"kanary_counting\": %.2f, \"kanary_monitoring\": %.2f,\n" \
			" \"baseline_mean\": %.2f, \"kanary_counting_mean\": %.2f, \"kanary_stride_4\": %.2f, \"kanary_order\": %.2f, \"kanary_outside\": %.2f,\n" \
			" \"openat_mean\": %.2f, \"kanary_counting_openat_mean\": %.2f, \"kanary_paths_openat_mean\": %.2f,\n" \
			" \"outside_openat\": %.2f, \"outside_openat_paths_off\": %.2f,\n" \
			" \"unit\": \"instructions per getppid(), or per openat()\", \"kernel\": \"%s\"}\n",
			median["baseline"], median["empty_kprobe"], median["kanary_counting"],
			average["kanary_monitoring"], average["baseline"], average["kanary_counting"],
			average["kanary_stride_4"], average["kanary_order"], median["kanary_outside"],
			average["baseline_openat"], average["kanary_counting_openat"],
			average["kanary_paths_openat"], median["kanary_outside_openat"],
			median["kanary_outside_openat_paths_off"], release >json
		exit !(NR == 14 && added_path <= path_max && added_counting <= counting_max && added_monitoring <= monitoring_max)
	}' "$build/bench/hook.txt" || { echo "kanary: bench: above the limit, or incomplete" >&2; exit 1; }
