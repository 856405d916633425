# SPDX-License-Identifier: GPL-2.0
# What was executed is what is recorded, to the call, and stays readable:
#
#	one      100000 calls in one task
#	forks    400 processes, half of them exec
#	threads  200 threads
#	order    calls in a known order by a process, its child, and what that executes
#	recorder |-------------------------|   second recorder: refused, the first goes on
#	file     |----------|cut               all whole vectors before the cut
. ./library.sh

insmod kanary.ko period=128 queue_length=4096
kanary record -o all.rec --all --json >all.json 2>all.said &
recorder=$!
await 10 grep -q ready all.said
refused 1 "another recorder is running" kanary record -o second.rec --all
[ ! -e second.rec ] || fail "the refused recorder left a file"
isolated one storm calls 100000
isolated forks storm forks 400
isolated threads storm threads 200
isolated order order_calls
await 10 quiet
kill -TERM "$recorder"
wait "$recorder" || fail "the recorder ended with status $?: $(cat all.said)"
[ "$(jq '.vectors_lost + .messages_lost' all.json)" = 0 ] || fail "vectors were lost: $(cat all.json)"

vectors all.rec >all.vectors
[ "$(jq .vectors all.json)" = "$(wc -l <all.vectors)" ] ||
	fail "$(jq .vectors all.json) vectors recorded, $(wc -l <all.vectors) read"
[ "$(jq .streams all.json)" -gt 800 ] || fail "only $(jq .streams all.json) streams"

# calls CGROUP: getppid() that were counted in it
calls() {
	jq -s --argjson cgroup "$(identity "$1")" \
		'[.[] | select(.cgroup == $cgroup) | .counts.getppid // 0] | add' all.vectors
}

[ "$(calls one)" = 100000 ] || fail "100000 calls were made, $(calls one) counted"
# storm: process i makes i % 50 calls, those of odd i then exec and make 20
expected=$((400 / 50 * (50 * 49 / 2) + 200 * 20))
[ "$(calls forks)" = "$expected" ] || fail "$expected calls were made by processes, $(calls forks) counted"
# thread i makes 1 + i % 50 calls
expected=$((200 / 50 * (50 * 51 / 2)))
[ "$(calls threads)" = "$expected" ] || fail "$expected calls were made by threads, $(calls threads) counted"

# Calls are counted and kept in their order, to the stream's end and no further.
order_check all.rec "$(identity order)" || fail "the order of calls was not recorded as they were made"
bad=$(jq -s '[.[] | select(.counts | keys | any(startswith("bin_")))] | length' all.vectors)
[ "$bad" = 0 ] || fail "$bad vectors count in bins that are reserved"

# A stream's vectors are numbered without a gap, full but for the last.
bad=$(jq -s -c '[group_by(.stream)[] | sort_by(.index) |
	select([.[].index] != [range(length)] or any(.[:-1][]; .calls != 128 or .reason != 0))] | length' all.vectors)
[ "$bad" = 0 ] || fail "$bad streams are not whole"

# at odd places: no record ends there
size=$(stat -c %s all.rec)
for cut in $((size / 2 | 1)) $((size - 1)) 100 64; do
	head -c "$cut" all.rec >cut.rec
	vectors cut.rec >cut.vectors 2>cut.said || fail "cut to $cut bytes it cannot be read: $(cat cut.said)"
	head -n "$(wc -l <cut.vectors)" all.vectors | cmp -s - cut.vectors ||
		fail "cut to $cut bytes it says something else"
	[ "$cut" -eq 64 ] || [ -s cut.said ] || fail "cut to $cut bytes it does not say so"
done
head -c 30 all.rec >cut.rec
refused 1 "" vectors cut.rec
