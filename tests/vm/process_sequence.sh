# SPDX-License-Identifier: GPL-2.0
# The same programs in another order are another container:
#
#	container	cat grep sort (ls) wc date  cat grep sort wc date ...   over and over
#	record		|---- learned ----| train, load
#	monitor		                          |-- learned --| nothing
#	then		date wc sort grep cat  date wc sort grep cat ...
#	watch		                          alert head=process-sequence
#
# Each single process in the end is one that was learned.
. ./library.sh

# What runs in the container; the order is in a file, read by the shell itself.
cat >turns.sh <<'TURNS'
round=0
while read -r order <order; do
	if [ "$order" = learned ]; then
		cat /proc/self/maps; grep -c root /etc/passwd; sort /etc/group
		# Now and then, as life is.
		[ $((round % 3)) -ne 0 ] || ls -l /etc
		wc /etc/services; date
	else
		date; wc /etc/services; sort /etc/group; grep -c root /etc/passwd; cat /proc/self/maps
	fi >/dev/null
	round=$((round + 1))
	echo "$round" >round
done
TURNS

# The shell writes the file anew each time: for a moment it is empty.
rounds() {
	local done

	read -r done <round && [ "$done" -ge "$1" ]
}

# during N SECONDS: until so many more rounds are done
during() {
	await 5 rounds 0
	await "$2" rounds $(($(cat round) + $1))
}

insmod kanary.ko period=32 queue_length=4096
echo learned >order
echo 0 >round
isolated turns bash turns.sh &
turns=$!
await 20 rounds 3
container=$(identity turns)
kanary record -o turns.rec --container "$container" 2>record.said &
recorder=$!
await 10 grep -q ready record.said
during 120 120
kill -INT "$recorder"
wait "$recorder" || fail "$(cat record.said)"

# Emulated, it had better have the machine to itself; and it ends when nothing more is to be learned.
echo 1 >"$CGROUPS/turns/cgroup.freeze"
kanary train turns.rec -o turns.model --budget 1/100000 --hidden 16 --steps 0 --processes 4 \
	--epochs 400 --drift 0 --json \
	>train.json 2>train.said || fail "train: $(cat train.said)"
[ "$(jq '.container.steps' train.json)" = 4 ] ||
	fail "no container head: $(cat train.said) $(jq -c . train.json)"

kanary watch --json >events 2>watch.said &
watch=$!
await 10 grep -q ready watch.said
kanary load turns.model --container "$container"
echo 0 >"$CGROUPS/turns/cgroup.freeze"
during 40 60
await 20 quiet
read -r scored before <<<"$(counter scored alerts_critical)"
# received ALERTS: as many critical ones have been told
received() {
	[ "$(jq -s 'map(select(.level == "critical")) | length' events)" -ge "$1" ]
}
await 10 received "$before"
# What a program did may for once be odd, and each vector of it then is; but the order is the learned one.
odd=$(jq -s 'map(select(.level == "critical") | [.pid, .comm]) | unique | length' events)
[ "$odd" -le 1 ] && ! grep critical events | grep -q process-sequence ||
	fail "$odd programs raised $before critical alerts in the learned order: $(
		jq -c 'select(.level == "critical") | [.pid, .comm, .head, .surprise, .unusual]' events | head -n 10)"

echo other >order
during 20 60
await 20 quiet
alerts=$(counter alerts_critical)
# More than one a round.
[ $((alerts - before)) -gt 20 ] || fail "$(jq -c .container train.json): $alerts alerts in an order that was never learned, of $(
	counter scored) vectors, $scored of them before it"
await 10 received "$alerts"
kill -INT "$watch"
wait "$watch" || :

# It is the order that was unusual: not what any of them did.
jq -c "select(.level == \"critical\" and .cgroup == $container) | [.head, .comm]" events >heads
[ "$(grep -c process-sequence heads)" -gt $((alerts * 9 / 10)) ] ||
	fail "the reasons of $alerts alerts: $(sort heads | uniq -c)"
LINE="alert container=turns cgroup=$container profile=turns pid=[0-9]+ comm=(date|wc|sort|grep|cat|bash) level=critical surprise=[0-9.]+ threshold=[0-9.]+ budget=1/100000 mode=monitor head=process-sequence unusual="
dmesg -t | grep -qE "$LINE" || fail "not in the kernel log: $(dmesg -t | grep alert | head -n 3)"

# And offline the same.
kanary score turns.model turns.rec --json >score.json
[ "$(jq .critical_alerts score.json)" -le 2 ] || fail "$(jq .critical_alerts score.json) critical alerts in what was learned"
kanary score turns.model turns.rec --kernel "$container" --json >score.json 2>score.said ||
	fail "kernel and CLI differ: $(cat score.said)"
[ "$(jq .kernel.container_verdicts score.json)" -gt 200 ] ||
	fail "few verdicts on the order were compared: $(jq -c .kernel score.json)"
{ kill "$turns"; wait "$turns" || :; } 2>/dev/null
jq -c '[.processes, .container.loss, .container.first_loss]' train.json
