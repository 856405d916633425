# SPDX-License-Identifier: GPL-2.0
# Containers that have a model go, many of them, while others do; what the log, the counters
# and the list say of them is the same:
#
#	v1      a cgroup of v1, which has a live container's number, goes      nothing has gone
#	lives   mkdir, load, calls, rmdir   beside two more of them, ...       each has gone once
#	haste   load | rmdir                of one container at a time         refused, or gone
#	reader  containers, unload --gone, ...
. ./library.sh

LIVES=${LIVES:-20}
V1=/run/v1
caught=0 twins=0

# In the order that the kernel said it in, however much that was; not what it said to others before.
begin="gone.sh begins $BASHPID $EPOCHREALTIME"
echo "$begin" >/dev/kmsg
cat /dev/kmsg >whole &

# What it said since then
said() {
	sed -n "/;$begin\$/,\$p" whole
}

# told REGEXP: lines of the log that begin so
told() {
	said | grep -cE "^[^;]*;kanary: $1" || :
}

has_gone() {
	[ "$(counter containers_gone)" -ge "$1" ]
}

# life NAME FILE [CALLS]: a container's
life() {
	mkdir "$CGROUPS/$1"
	kanary load "$2" --container "$(identity "$1")" >/dev/null
	[ $# -lt 3 ] || isolated "$1" storm calls "$3"
	rmdir "$CGROUPS/$1"
}

# lives LANE FILE CALLS: one after the other, some of which do something
lives() {
	local i

	for ((i = 0; i < LIVES; i++)); do
		# shellcheck disable=SC2086
		life "lives-$1-$i" "$2" $([ $((i % 4)) -ne 0 ] || echo "$3")
	done
}

haste() {
	local i removal number

	for ((i = 0; i < LIVES; i++)); do
		mkdir "$CGROUPS/haste-$i"
		number=$(identity "haste-$i")
		rmdir "$CGROUPS/haste-$i" &
		removal=$!
		kanary load quiet.model --container "$number" >/dev/null 2>refusal ||
			grep -qE 'there is no such cgroup|no container' refusal || fail "haste: $(cat refusal)"
		wait "$removal"
	done
}

reader() {
	while [ ! -e over ]; do
		kanary containers --json >/dev/null
		kanary unload --gone >/dev/null
	done
}

# consistent WHEN: what has been said so far
consistent() {
	local gone wrong

	# Nothing that was removed is taken for alive, nor the reverse.
	kanary containers --json | jq -r '.containers[] | select(.profile) | "\(.cgroup) \(.gone)"' >listed
	find "$CGROUPS" -mindepth 1 -type d -printf '%i\n' >alive
	wrong=$(awk 'NR == FNR { alive[$1] = 1; next } ($2 == "false") != ($1 in alive)' alive listed)
	[ -z "$wrong" ] || fail "$1: listed with the wrong state: $wrong"
	catch_up
	[ "$(told '.* is gone: ')" = "$(counter containers_gone)" ] ||
		fail "$1: $(told '.* is gone: ') lines, containers_gone=$(counter containers_gone)"
	gone=$(said | sed -n 's/.* cgroup=\([0-9]*\) .* is gone: .*/\1/p' | sort | uniq -d)
	[ -z "$gone" ] || fail "$1: these have gone twice: $gone"
	[ $(($(told 'load ') - $(told 'unload '))) -eq "$(wc -l <listed)" ] ||
		fail "$1: $(told 'load ') loaded, $(told 'unload ') unloaded, $(wc -l <listed) listed"
	balanced
}

# All that the kernel has said until now has come.
catch_up() {
	echo "caught up $((++caught))" >/dev/kmsg
	await 10 grep -q "caught up $caught\$" whole
}

# twin CGROUP: the number of a cgroup of v1 that is made for it, or none, as each takes several
twin() {
	local number=0 wanted

	wanted=$(identity "$1")
	while [ "$number" -lt "$wanted" ]; do
		mkdir "$V1/$((++twins))"
		number=$(stat -c %i "$V1/$twins")
	done
	[ "$number" -eq "$wanted" ]
}

insmod kanary.ko period=64 queue_length=4096
model quiet.model 64 quiet
model alarm.model 64 alarm

mkdir "$V1"
mount -t cgroup -o none,name=kanary none "$V1"
for i in {1..100}; do
	mkdir "$CGROUPS/live-$i"
	! twin "live-$i" || break
done
live=$(identity "live-$i")
[ "$(stat -c %i "$V1/$twins")" = "$live" ] || fail "no cgroup of v1 has the number of one of v2: $live"
kanary load quiet.model --container "$live"
rmdir "$V1/$twins"
life other quiet.model
await 10 has_gone 1
[ "$(counter containers_gone)" = 1 ] || fail "$(counter containers_gone) have gone, not 1: $(said | grep gone)"
kanary unload --gone
consistent "a number that is another's, too"

reader &
reader=$!
lives a quiet.model 640 &
lanes=($!)
lives b alarm.model 640 &
lanes+=($!)
haste &
lanes+=($!)
for lane in "${lanes[@]}"; do
	wait "$lane" || fail "a lane ended with $?"
done
touch over
wait "$reader" || fail "the reader ended with $?"
await 10 judged "$(counter seen)"
kanary unload --gone
consistent "storm"
[ "$(wc -l <listed)" -eq 1 ] || fail "more is left than the one that lives: $(cat listed)"
[ "$(counter containers_gone)" -gt 1 ] || fail "nothing has gone in the storm"
