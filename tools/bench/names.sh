#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What it costs to find a container by its name, and to name a cgroup's number.
#
#	tools/bench/names.sh [BUILD_DIR [CONTAINERS]]
#
# In cgroups of the running kernel: CONTAINERS of Docker's (300), each with an init system's
# two services, below one that is made for it and removed at the end. Needs root, a mount of
# cgroup v2, and strace. Prints microseconds, and system calls.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
if [ "${KANARY_NAMES_APART:-}" != 1 ]; then
	KANARY_NAMES_APART=1 exec unshare --mount "$0" "$@"
fi
build=$(realpath -m "${1:-build}")
containers=${2:-300}
scratch=$(mktemp -d)
cgroup=$scratch/sys/fs/cgroup
here=$cgroup/kanary-names-$$

cleanup() {
	[ ! -d "$here" ] || find "$here" -depth -type d -exec rmdir {} +
	umount -q "$cgroup" || :
	rm -rf --one-file-system "$scratch"
}
trap cleanup EXIT

mkdir -p "$cgroup"
mount -t cgroup2 none "$cgroup"
for number in $(seq "$containers"); do
	id=$(printf '%064x' "$number")
	mkdir -p "$here/docker-$id.scope"/{init.scope,system.slice/app.service} \
		"$scratch/var/lib/docker/containers/$id"
	echo "{\"ID\":\"$id\",\"Name\":\"/box-$number\",\"Config\":{\"Image\":\"box:1\"}}" \
		>"$scratch/var/lib/docker/containers/$id/config.v2.json"
done

make --no-print-directory -s -j2 user BUILD="$build"
mkdir -p "$build/bench"
read -ra libraries <<<"$(pkg-config --libs jansson)"
gcc -O2 -Wall -Wextra -Icommon -Iuser -o "$build/bench/names" tools/bench/names.c \
	"$build/user/kanary.a" "${libraries[@]}"
echo "cgroups $(find "$here" -type d | wc -l)"
"$build/bench/names" "$scratch" "box-$containers" 20
for rounds in 1 2; do
	strace -qq -c -U calls -o "$scratch/calls-$rounds" "$build/bench/names" "$scratch" \
		"box-$containers" "$rounds" >/dev/null
	calls[rounds]=$(awk 'NR > 2 && $1 ~ /^[0-9]+$/ { sum += $1 } END { print sum }' "$scratch/calls-$rounds")
done
echo "system calls of both $((calls[2] - calls[1]))"
