# SPDX-License-Identifier: GPL-2.0
# What the scripts in this folder share. Each runs in the guest, in /files, with
# bash -euo pipefail, as root, without the module; guest.sh puts an end to what it leaves.

CGROUPS=/sys/fs/cgroup
BUNDLES=/run/bundles
export PATH=/files:$PATH OPENBLAS_NUM_THREADS=1

cmp() {
	busybox cmp "$@"
}

diff() {
	busybox diff "$@"
}

# fail TEXT...: what was seen, and where
fail() {
	echo "$(basename "$0"):${BASH_LINENO[0]}: $*"
	exit 1
}

# By how much the kernel may be slower than a stock one.
PATIENCE=${PATIENCE:-1}

# await SECONDS COMMAND...: until it succeeds
await() {
	local limit=$(($1 * PATIENCE)) end=$((SECONDS + $1 * PATIENCE))

	shift
	until "$@"; do
		if [ "$SECONDS" -ge "$end" ]; then
			situation
			fail "line ${BASH_LINENO[0]}: not within $limit s: $*"
		fi
		read -rt 0.05 <>"$NOTHING" || :
	done
}

# What the module has counted and what the containers' tasks do, twice: does anything move?
situation() {
	local moment pid

	for moment in 1 2; do
		echo "moment $moment: up for $(cut -d ' ' -f 1 /proc/uptime) s, load $(</proc/loadavg)"
		grep '^cpu[0-9]' /proc/stat
		[ ! -e /sys/module/kanary ] || timeout 10 kanary status --json | tr -d '\n' || :
		echo
		# Name, state, ticks in user mode and in the kernel, CPU; what it waits for
		for pid in $(find "$CGROUPS"/*/ -name cgroup.procs -exec cat {} + | head -n 12); do
			{
				cut -d ' ' -f 1-3,14,15,39 "/proc/$pid/stat" | tr '\n' ' '
				cat "/proc/$pid/wchan" && echo
			} 2>/dev/null || :
		done
		read -rt 1 <>"$NOTHING" || :
	done
}

# For waits of read -t that need no process.
NOTHING=$(mktemp -u)
mkfifo "$NOTHING"

# counter NAME...: values on one line, all of one moment
counter() {
	local status name values=()

	status=$(kanary status --json)
	for name in "$@"; do
		[[ $status =~ \"$name\":\ ?([0-9]+) ]] || fail "no $name in $status"
		values+=("${BASH_REMATCH[1]}")
	done
	echo "${values[*]}"
}

# What is kept until someone wants the memory goes back, and what KASAN holds back, too.
reclaim() {
	local shrink

	# What is not written yet is not given up.
	sync
	echo 3 >/proc/sys/vm/drop_caches
	for shrink in /sys/kernel/slab/*/shrink; do
		[ ! -e "$shrink" ] || echo 1 >"$shrink"
	done
}

# identity CGROUP: its id, by which the kernel knows it
identity() {
	stat -c %i "$CGROUPS/$1"
}

# The identity of all vectors, from one reading of the counters. Every dropped_* is in it.
balanced() {
	local status rest known=0 seen

	status=$(kanary status --json)
	[[ $status =~ \"seen\":\ ?([0-9]+)(.*) ]] || fail "no counters: $status"
	seen=${BASH_REMATCH[1]} rest=${BASH_REMATCH[2]}
	while [[ $rest =~ \"(queued|delivered|scored|dropped_[a-z_]+)\":\ ?([0-9]+)(.*) ]]; do
		known=$((known + BASH_REMATCH[2]))
		rest=${BASH_REMATCH[3]}
	done
	[ "$seen" -eq "$known" ] ||
		fail "seen does not balance, $known vectors are accounted for: $status"
}

# The same of all paths that were news.
paths_balanced() {
	local status rest known=0 news

	status=$(kanary status --json)
	[[ $status =~ \"paths_news\":\ ?([0-9]+)(.*) ]] || fail "no paths: $status"
	news=${BASH_REMATCH[1]} rest=${BASH_REMATCH[2]}
	while [[ $rest =~ \"(paths_(queued|delivered|judged|dropped_[a-z_]+))\":\ ?([0-9]+)(.*) ]]; do
		known=$((known + BASH_REMATCH[3]))
		rest=${BASH_REMATCH[4]}
	done
	[ "$news" -eq "$known" ] ||
		fail "paths_news does not balance, $known paths are accounted for: $status"
}

quiet() {
	[ "$(counter queued)" = 0 ]
}

# judged SEEN: of as many vectors as were seen then, all have left the queues; others may be in them
judged() {
	local seen queued

	read -r seen queued <<<"$(counter seen queued)"
	[ $((seen - queued)) -ge "$1" ]
}

# isolated CGROUP COMMAND...: in a cgroup and a pid namespace of its own, as a container is
isolated() {
	local cgroup=$1

	shift
	mkdir -p "$CGROUPS/$cgroup"
	(
		echo "$BASHPID" >"$CGROUPS/$cgroup/cgroup.procs"
		exec unshare --pid --fork --kill-child --mount-proc "$@"
	)
}

# yielding CGROUP COMMAND...: the same for a storm that is to leave nearly all time to others.
# chrt --idle would not do: it ranks a task among those of its cgroup; and cpu.idle too much:
# behind a busy CPU nothing gets on that a script may wait for.
yielding() {
	mkdir -p "$CGROUPS/$1"
	echo 1 >"$CGROUPS/$1/cpu.weight"
	isolated "$@"
}

# contained CGROUP: a task of it has a pid namespace of its own
contained() {
	local pid namespace

	for pid in $(cat "$CGROUPS/$1/cgroup.procs" 2>/dev/null); do
		namespace=$(readlink "/proc/$pid/ns/pid") || continue
		[ "$namespace" = "$(readlink /proc/self/ns/pid)" ] || return 0
	done
	return 1
}

# bundle NAME COMMAND...: an OCI bundle on a writable copy of the guest's root
bundle() {
	local name=$1 directory=$BUNDLES/$1

	shift
	mkdir -p "$directory"/{upper,work,rootfs}
	modprobe overlay
	mountpoint -q "$directory/rootfs" || mount -t overlay overlay -o \
		"lowerdir=/,upperdir=$directory/upper,workdir=$directory/work" "$directory/rootfs"
	jq -n --arg name "$name" --argjson command "$(printf '%s\n' "$@" | jq -R . | jq -s .)" '{
		ociVersion: "1.0.2",
		root: {path: "rootfs"},
		process: {
			user: {uid: 0, gid: 0},
			args: $command,
			env: ["PATH=/files:/usr/sbin:/usr/bin", "LD_LIBRARY_PATH=/files"],
			cwd: "/files"
		},
		mounts: [
			{destination: "/proc", type: "proc", source: "proc"},
			{destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["mode=755"]},
			{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["mode=1777"]}
		],
		linux: {
			cgroupsPath: ("/" + $name),
			namespaces: [{type: "pid"}, {type: "mount"}, {type: "ipc"}, {type: "uts"}]
		}
	}' >"$directory/config.json"
}

# alter NAME FILTER: change the bundle's configuration
alter() {
	jq "$2" "$BUNDLES/$1/config.json" >"$BUNDLES/$1/config.new"
	mv "$BUNDLES/$1/config.new" "$BUNDLES/$1/config.json"
}

# start NAME: in the background; run NAME: to its end, with its output
start() {
	crun --cgroup-manager=cgroupfs run --detach --bundle "$BUNDLES/$1" "$1" \
		</dev/null >"$BUNDLES/$1/log" 2>&1 || fail "crun run $1: $(cat "$BUNDLES/$1/log")"
}

run() {
	crun --cgroup-manager=cgroupfs run --bundle "$BUNDLES/$1" "$1" </dev/null
}

stop() {
	crun delete --force "$1"
}

# refused STATUS TEXT COMMAND...: it has to end with STATUS and one line on stderr with TEXT in it
refused() {
	local want=$1 text=$2 got=0 said

	shift 2
	said=$("$@" 2>&1 >/dev/null) || got=$?
	[ "$got" -eq "$want" ] || fail "exit status $got instead of $want of: $*: $said"
	[ "$(wc -l <<<"$said")" -eq 1 ] || fail "not one line from: $*: $said"
	[[ $said == *"$text"* ]] || fail "'$text' is not in what $* said: $said"
}
