#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boot a stock Debian kernel in QEMU and run a script in it as root.
#
#	tools/vm/run.sh [OPTION...] --files DIR SCRIPT [ARG...]
#
#	--files DIR		becomes /files of the guest (links are followed), where SCRIPT starts
#	--out DIR		gets what SCRIPT leaves in /out; emptied first
#	--fetch FILE:HOSTFILE	copy one file of /out to the host
#	--env NAME=VALUE	for SCRIPT
#	--smp N			cores, 2
#	--memory MIB		2048
#	--timeout SECONDS	of the whole run, 600
#	--append TEXT		more kernel arguments
#	--icount		one core, the guest's time stamp counter counts instructions:
#				costs come out the same on every run and every machine
#	--firmware VARIABLES	boot by UEFI, with a copy of this store of its variables
#	--kernel PACKAGE	a linux-image package instead of linux-image-cloud-amd64, or
#				kasan, lockdep or kcsan: kernels that find faults
#	--log FILE		keep the serial console's text
#
# SCRIPT's output and the kernel's warnings are streamed to stdout. The exit
# status is SCRIPT's; 124 for a timeout; 125 when the kernel oopsed, warned or
# panicked (which is repeated on stderr) or the guest died without an answer.
#
# The guest has /proc, /sys, /dev, cgroup2 on /sys/fs/cgroup, debugfs, loopback
# and no other network; bash, coreutils, crun, redis, nginx with Lua, PostgreSQL,
# Python, curl, ab, jq, nc, iproute2, busybox and the libraries that build/kanary needs. Its root
# file system is writable and forgotten afterwards.
#
# Example: tools/vm/run.sh --files build/tests --timeout 120 smoke.sh
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"

usage() {
	sed -n '3,/^set /{ /^set /d; s/^# \{0,1\}//p }' "$0"
}

wrong() {
	echo "kanary: run.sh: $*: see run.sh --help" >&2
	exit 2
}

# What guest-init says before it hands over to the script.
READY='^guest-init: ready$'
# A boot takes 10 s of the CPU, several times that on kernels that find faults, however busy the
# machine is. The other limit is of the clock, for a guest that does nothing at all.
BOOT_CPU_SECONDS=120
BOOT_SECONDS=600

smp=2 memory=2048 timeout=600
append="" icount="" files="" out="" package="" log="" firmware=""
fetch=() environment=()
while [ $# -gt 0 ]; do
	case $1 in
	--help) usage; exit 0 ;;
	--icount) icount=1; shift; continue ;;
	--*) [ $# -ge 2 ] || wrong "$1 needs a value" ;;
	*) break ;;
	esac
	case $1 in
	--files) files=$2 ;;
	--out) out=$2 ;;
	--fetch) fetch+=("$2") ;;
	--env) environment+=("$2") ;;
	--smp) smp=$2 ;;
	--memory) memory=$2 ;;
	--timeout) timeout=$2 ;;
	--append) append=$2 ;;
	--firmware) firmware=$2 ;;
	--kernel) package=$2 ;;
	--log) log=$2 ;;
	*) wrong "unknown option $1" ;;
	esac
	shift 2
done
[ $# -ge 1 ] || wrong "no script given"
[ -d "$files" ] || wrong "--files must name a directory"
[ -f "$files/$1" ] || wrong "no script $1 in $files"
command -v qemu-system-x86_64 >/dev/null ||
	die "qemu-system-x86_64 is missing: run tools/install-packages"

APPEND=
variables=$("$here/kernel.sh" ${package:+"$package"})
eval "$variables"
variables=$("$here/image.sh" "$KERNEL_DIR" "$RELEASE")
eval "$variables"

work=$(mktemp -d "${TMPDIR:-/tmp}/kanary-vm.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The script, its arguments and environment travel with the files.
{
	for variable in "${environment[@]}"; do
		printf 'export %q\n' "$variable"
	done
	printf 'chmod +x /files/%q\n' "$1"
	printf 'exec /files/%q' "$1"
	shift
	[ $# -eq 0 ] || printf ' %q' "$@"
	echo
} >"$work/.kanary-run"
tar -chf "$work/files" -C "$files" . -C "$work" .kanary-run
truncate -s 2G "$work/out"

accelerator=(-accel tcg,thread=multi -smp "$smp")
[ -z "$icount" ] || accelerator=(-accel tcg,thread=single -icount shift=0,sleep=off -smp 1)

machine=()
if [ -n "$firmware" ]; then
	code=/usr/share/OVMF/OVMF_CODE_4M.fd
	[ -e "$code" ] || die "run.sh: $code is missing: run tools/install-packages"
	cp "$firmware" "$work/variables"
	machine=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=$code"
		-drive "if=pflash,unit=1,format=raw,file=$work/variables")
fi

arguments="console=ttyS0 loglevel=1 mitigations=off panic=-1 oops=panic panic_on_warn=1"

# A boot under emulation has been seen to stall before the first process, once in dozens on
# a busy machine; then QEMU is ended here, and started again by the loop below.
watch_boot() {
	local end=$((SECONDS + BOOT_SECONDS))

	while [ "$SECONDS" -lt "$end" ] && [ "$(cpu_seconds)" -lt "$BOOT_CPU_SECONDS" ]; do
		! read -r -t 1 -u "$over" || return 0
		! grep -q "$READY" "$work/console" || return 0
	done
	touch "$work/stalled"
	kill "$(cat "$work/pid")"
}

# What QEMU has used of all CPUs, whole seconds
cpu_seconds() {
	local pid

	pid=$(cat "$work/pid" 2>/dev/null) || :
	{ cat "/proc/${pid:-none}/stat" 2>/dev/null || echo; } |
		awk -v ticks="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print int(($12 + $13) / ticks) }'
}

boot() {
	local watcher over

	: >"$work/console"
	rm -f "$work/stalled" "$work/pid" "$work/over"
	mkfifo "$work/over"
	exec {over}<>"$work/over"
	watch_boot >/dev/null &
	watcher=$!
	status=0
	timeout --foreground -k 5 "$timeout" qemu-system-x86_64 -nodefaults -no-user-config \
		-no-reboot -machine q35 -cpu max "${machine[@]}" "${accelerator[@]}" -m "$memory" \
		-display none -serial stdio -pidfile "$work/pid" \
		-kernel "$VMLINUZ" -initrd "$INITRAMFS" -append "$arguments $APPEND $append" \
		-drive "file=$ROOT,format=raw,if=virtio,snapshot=on,cache=unsafe" \
		-drive "file=$work/files,format=raw,if=virtio,readonly=on" \
		-drive "file=$work/out,format=raw,if=virtio,cache=unsafe" \
		</dev/null 2>&1 | sed -u 's/\r$//' | tee "$work/console" | grep -v --line-buffered "$READY" ||
		status=${PIPESTATUS[0]}
	# Not killed: a child that has hardly begun would run the trap that removes all files.
	echo over >&"$over"
	wait "$watcher" 2>/dev/null || :
	exec {over}>&-
}

# QEMU has been seen to end by an assertion of its own (msix_table_mmio_write) as a guest began.
failed_to_boot() {
	if [ -e "$work/stalled" ]; then
		echo "the guest did not boot in $BOOT_CPU_SECONDS s of CPU time"
	elif [ "$status" -eq 134 ] && ! grep -q "$READY" "$work/console"; then
		echo "QEMU aborted before the guest's first process"
	else
		return 1
	fi
}

for try in 1 2 3; do
	boot
	why=$(failed_to_boot) || break
	[ "$try" -lt 3 ] || die "run.sh: $why: see tools/vm/run.sh --append loglevel=7"
	echo "kanary: run.sh: $why: trying once more" >&2
done
[ -z "$log" ] || cp "$work/console" "$log"
log=$work/console

complaint='^\[ *[0-9.]+\] (.*\] )?(WARNING: |BUG:? [a-z]|BUG: |Oops|Kernel panic|general protection'
complaint+='|INFO: (task|rcu|trying|lockdep)|UBSAN: |pagealloc: memory corruption|ODEBUG: )'
if grep -qE "$complaint" "$log"; then
	echo "kanary: run.sh: the kernel complained:" >&2
	grep -m 1 -E -A 25 "$complaint" "$log" >&2
	exit 125
fi
if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
	echo "kanary: run.sh: no end after $timeout s: raise --timeout" >&2
	exit 124
fi
mkdir "$work/result"
if ! tar -xf "$work/out" -C "$work/result" 2>/dev/null || [ ! -e "$work/result/.status" ]; then
	echo "kanary: run.sh: the guest died without an answer: read the output above" >&2
	exit 125
fi
status=$(cat "$work/result/.status")
rm "$work/result/.status"
if [ -n "$out" ]; then
	rm -rf "$out"
	mkdir -p "$out"
	cp -a "$work/result/." "$out/"
fi
for pair in "${fetch[@]}"; do
	source=${pair%%:*}
	cp "$work/result/${source#/out/}" "${pair#*:}"
done
exit "$status"
