#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Whether a model serves where the time is a system call and where it is not, without booting a kernel.
#
#	tools/bench/clock.sh
#
# Redis and nginx of the guest's image run under strace on this machine's kernel, whose clock has to
# be one that the vDSO reads: twice as they are, and twice with system calls in place of the vDSO
# (clock.c). Prints what tools/bench/kernels.py makes of that. As root; takes a minute.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

if [ "${1:-}" != inside ]; then
	make --no-print-directory -s user
	variables=$(tools/vm/kernel.sh)
	eval "$variables"
	variables=$(tools/vm/image.sh "$KERNEL_DIR" "$RELEASE")
	eval "$variables"
	work=$(mktemp -d "${TMPDIR:-/tmp}/kanary-clock.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	# Mounts, the network and processes go with it.
	unshare --net --pid --fork --kill-child --mount-proc "$0" inside "$ROOT" "$work"
	tools/bench/kernels.py "$work/result"
	exit
fi

image=$2 work=$3 BUNDLES=$work
declare -A COMMAND
. tests/vm/service.sh

in_image() {
	chroot "$work/root" env -i PATH=/usr/bin:/usr/sbin "$@"
}

bundle() {
	mkdir -p "$work/$1"
	ln -sfn "$work/root" "$work/$1/rootfs"
	COMMAND[$1]=$(printf '%s\n' "${@:2}")
}

alter() {
	:
}

for program in redis-cli redis-benchmark ab curl; do
	eval "$program() { in_image $program \"\$@\"; }"
done

# trace COMMAND...: of the image, with PRELOAD; in a shell of its own
trace() {
	exec strace -f -o "$work/trace" chroot "$work/root" env -i PATH=/usr/bin:/usr/sbin \
		${PRELOAD:+LD_PRELOAD=$PRELOAD} "$@" >/dev/null 2>&1
}

# record FILE SERVICE: a life of it, as a recording
record() {
	local words tracer

	mapfile -t words <<<"${COMMAND[$2]}"
	trace "${words[@]}" &
	tracer=$!
	until "ready_$2"; do
		kill -0 "$tracer" || { echo "kanary: clock.sh: $2 does not start" >&2; exit 1; }
		read -rt 0.1 <>"$work/nothing" || :
	done
	for _ in 1 2 3 4; do
		"use_$2" 100
	done
	pkill -TERM -P "$tracer"
	wait "$tracer" || :
	imported "$1"
}

imported() {
	build/kanary import strace "$work/trace" --period 64 -o "$1" >/dev/null
}

mkdir "$work"/{image,upper,work,root}
mkfifo "$work/nothing"
mount --make-rprivate /
ip link set lo up
mount -o loop,ro "$image" "$work/image"
mount -t overlay overlay -o "lowerdir=$work/image,upperdir=$work/upper,workdir=$work/work" "$work/root"
mount -t proc proc "$work/root/proc"
mount -t tmpfs tmpfs "$work/root/tmp"
mount --bind /dev "$work/root/dev"
gcc -O2 -shared -fPIC -o "$work/root/tmp/clock.so" tools/bench/clock.c
(PRELOAD='' trace sh -c 'tar -c /etc | nc -w 1 127.0.0.1 6379') || :
imported "$work/attack.rec"
for service in redis nginx; do
	"build_$service"
	for clock in 'vDSO' 'system call'; do
		PRELOAD=''
		[ "$clock" = vDSO ] || PRELOAD=/tmp/clock.so
		out="$work/result/$clock/out"
		mkdir -p "$out"
		echo "{\"kernel\": \"$clock\"}" >"$out/core.json"
		cp "$work/attack.rec" "$out/$service.attack.rec"
		record "$out/$service.rec" "$service"
		record "$out/$service.test.rec" "$service"
	done
done
