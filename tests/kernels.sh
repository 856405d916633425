#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make check-kernels: the module on each of Debian's kernels, in virtual machines.
#
#	tests/kernels.sh [--build DIR] [KERNEL...]	only kernels whose name contains KERNEL
#
# For each: builds the module with that Debian's compiler, boots the kernel, and runs
# tests/vm/core.sh in it: redis and nginx, each in a container, recorded, a model of each, normal use,
# an attack. The models are those of the first kernel that passes: all others are given them. DIR has to
# lie in the checkout.
#
# A line a kernel, and at the end "N passed, N failed". Writes DIR/kernels/table.md, which
# README.md shows, and keeps what each guest said and recorded beside it. A kernel that fails has the
# cause in its row of the table.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# SUITE/PACKAGE, and what it is called in the table
KERNELS=(
	"bookworm/linux-image-cloud-amd64	Debian 12, cloud"
	"bookworm/linux-image-amd64	Debian 12"
	"bookworm/linux-image-rt-amd64	Debian 12, PREEMPT_RT"
	"bookworm-backports/linux-image-cloud-amd64	Debian 12 backports, cloud"
	"bookworm-backports/linux-image-amd64	Debian 12 backports"
	"bullseye/linux-image-cloud-amd64	Debian 11, cloud"
	"bullseye/linux-image-amd64	Debian 11"
	"trixie-backports/linux-image-cloud-amd64	Debian 13 backports, cloud"
	"trixie-backports/linux-image-amd64	Debian 13 backports"
)

# A row of the table out of core.json
# shellcheck disable=SC2016
CELLS='def seen: "\(.vectors), \(.benign), \(.warned) (\(.promised)), \(.attack)";
	"| \(.kernel) (\($title)) | `\(.hook)` | \(.trained) | \(.redis | seen) | \(.nginx | seen) |"'

build=build
wanted=()
while [ $# -gt 0 ]; do
	case $1 in
	--build) build=${2:?--build needs a directory}; shift 2 ;;
	--help) sed -n '3,/^set /{ /^set /d; s/^# \{0,1\}//p }' "$0"; exit 0 ;;
	-*) echo "kanary: kernels.sh: unknown option $1: see tests/kernels.sh --help" >&2; exit 2 ;;
	*) wanted+=("$1"); shift ;;
	esac
done
build=$(realpath -m "$build")
[[ $build == "$PWD"/* ]] || { echo "kanary: kernels.sh: --build must lie in $PWD" >&2; exit 2; }
inner=${build#"$PWD"/}
[[ $inner =~ ^[A-Za-z0-9/._+@,=-]+$ ]] ||
	{ echo "kanary: kernels.sh: make cannot read the name of --build $inner: use letters and digits" >&2; exit 2; }
[[ $PWD =~ ^[A-Za-z0-9/._+@,=-]+$ ]] ||
	exec tools/vm/plain.sh tests/kernels.sh --build "$inner" "${wanted[@]}"
out=$build/kernels
mkdir -p "$out"
passed=0 failed=0 stage=
given=

wants() {
	local name

	[ ${#wanted[@]} -gt 0 ] || return 0
	for name in "${wanted[@]}"; do
		[[ $1 != *"$name"* ]] || return 0
	done
	return 1
}

# prepare SUITE/PACKAGE DIR: the module for it, and what the guest needs
#
# Where it is asked for as a condition, bash goes on after what fails: each step says so itself.
prepare() {
	local variables

	rm -rf "$2"
	mkdir -p "$2/files"
	stage='getting the kernel'
	variables=$(tools/vm/kernel.sh "$1") || return
	eval "$variables"
	echo "$RELEASE" >"$2/release"
	stage='building the module'
	# shellcheck disable=SC2086
	$BUILDER make --no-print-directory -j"$(nproc)" module KDIR="$KDIR" \
		BUILD="$inner/kernels/$RELEASE" >"$2/module.log" 2>&1 ||
		{ tail -n 30 "$2/module.log"; return 1; }
	! grep 'warning:' "$2/module.log" || { echo "the module builds with warnings"; return 1; }
	cp "$out/$RELEASE/kanary.ko" "$build"/kanary{,-model} tests/vm/*.sh "$2/files/" || return
	[ -z "$given" ] || cp -r "$given/out/models" "$2/files/" || return
}

# run SUITE/PACKAGE DIR
run() {
	stage='in the guest'
	tools/vm/run.sh --kernel "$1" --files "$2/files" --out "$2/out" --timeout 900 \
		--log "$2/console" guest.sh core.sh || return
	[ -e "$2/out/core.json" ]
}

# cause LOG: the first line that says what is wrong, for a cell of the table
cause() {
	local line

	line=$(grep -m 1 -aE 'error:|Error |\*\*\*|warning:|: line [0-9]+: |\.sh:[0-9]+: |^kanary: |^bash: ' "$1" ||
		tail -n 1 "$1")
	line=${line//"$PWD/"/}
	line=${line//|/\\|}
	echo "$stage: ${line:0:200}"
}

# try SUITE/PACKAGE TITLE
try() {
	local directory=$out/${1//\//-} begin=$SECONDS release

	if prepare "$1" "$directory" >"$directory.log" 2>&1 &&
		run "$1" "$directory" >>"$directory.log" 2>&1; then
		passed=$((passed + 1))
		given=${given:-$directory}
		printf 'ok    %-44s %4d s  %s\n' "$1" $((SECONDS - begin)) "$(cat "$directory/out/core.json")"
		jq -r --arg title "$2" "$CELLS" "$directory/out/core.json" >"$directory/row"
	else
		failed=$((failed + 1))
		tail -n 40 "$directory.log" | sed 's/^/	/'
		release=$(cat "$directory/release" 2>/dev/null) || release=$1
		printf 'FAIL  %-44s %4d s  %s\n' "$1" $((SECONDS - begin)) "${directory#"$PWD"/}.log"
		echo "| $release ($2) | | | **fails**, $(cause "$directory.log") | |" >"$directory/row"
	fi
}

tools/install-packages
make --no-print-directory -s user BUILD="$inner"
[ ${#wanted[@]} -gt 0 ] || rm -rf "$out"/*/row
for line in "${KERNELS[@]}"; do
	! wants "${line%%$'\t'*}" || try "${line%%$'\t'*}" "${line#*$'\t'}"
done
{
	echo "| kernel | hook | models of | redis: vectors, false critical alarms, false alarms (promised), alerts of the attack | nginx |"
	echo "|---|---|---|---|---|"
	for line in "${KERNELS[@]}"; do
		line=${line%%$'\t'*}
		cat "$out/${line//\//-}/row" 2>/dev/null || :
	done
} >"$out/table.md"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
