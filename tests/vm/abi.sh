# SPDX-License-Identifier: GPL-2.0
# Whatever door a call comes in by, it is counted, by its own name:
#
#	native     storm calls 500      getppid
#	32-bit     abi compat 300       i386:getppid
#	x32        abi x32 200          one bin for all
#	io_uring   abi uring 100        io_uring:nop, io_uring:fsync
#	           abi polled 100       the same, submitted by a thread of the kernel's
#
# Seen at the dispatchers, at each call's own function, and at the tracepoint.
. ./library.sh

# sum CGROUP NAME: calls of that name in the container
sum() {
	jq -s --argjson id "$(identity "$1")" --arg name "$2" \
		'[.[] | select(.cgroup == $id) | .counts[$name] // 0] | add // 0' vectors.json
}

# counted CGROUP NAME N
counted() {
	[ "$(sum "$1" "$2")" -eq "$3" ] ||
		fail "$(sum "$1" "$2") $2 were counted in $1 where $3 were made: $(jq -c .counts vectors.json | tail -n 4)"
}

# made CGROUP COMMAND...: status 3 says that the kernel has no such door
made() {
	local status=0

	isolated "$@" || status=$?
	case $status in
	0) doors+=("$1") ;;
	3) echo "this kernel has no $1" ;;
	*) fail "$* ended with status $status" ;;
	esac
}

nobody() {
	[ "$(counter tasks)" = 0 ]
}

for hook in dispatcher handlers tracepoint; do
	insmod kanary.ko period=64 queue_length=4096 "hook=$hook"
	! dmesg -t | grep '^kanary: cannot see' || fail "something is not seen on this kernel"
	kanary record -o abi.rec --force --all 2>record.said &
	recorder=$!
	await 10 grep -q ready record.said
	doors=()
	made native storm calls 500
	made compat abi compat 300
	made x32 abi x32 200
	made uring abi uring 100
	made polled abi polled 100
	await 20 nobody
	kill -INT "$recorder"
	wait "$recorder" || fail "$(cat record.said)"
	vectors abi.rec >vectors.json
	for door in "${doors[@]}"; do
		case $door in
		native) counted native getppid 500 ;;
		compat) counted compat i386:getppid 300 ;;
		x32) counted x32 syscall_479 200 ;;
		uring | polled)
			counted "$door" io_uring:nop 100
			counted "$door" io_uring:fsync 100
			;;
		esac
	done
	# getppid() has one function for both ABIs, on which there are two kprobes where each has its own.
	[ "$(jq -s --argjson id "$(identity native)" '[.[] | select(.cgroup == $id) | .counts | keys[]
		| select(startswith("i386:"))] | length' vectors.json)" = 0 ] ||
		fail "native calls are 32-bit ones, too: $(jq -c .counts vectors.json | head -n 2)"
	# Debian has all of them, but x32 only when asked.
	[[ " ${doors[*]} " == *" native compat "*"uring polled "* ]] || fail "only ${doors[*]} were tried"
	# The kernel's thread is one of the process's, and has a stream of its own.
	[ "$(jq -s --argjson id "$(identity polled)" '[.[] | select(.cgroup == $id and .counts["io_uring:nop"])
		| select(.pid != .tgid)] | length' vectors.json)" -gt 0 ] ||
		fail "the polling thread has no vectors of its own"
	balanced
	rmmod kanary
done
