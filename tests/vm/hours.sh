# SPDX-License-Identifier: GPL-2.0
# MINUTES of a host with one busy service, as fast as they go, five of them a round:
#
#	service   ==== 23,000 vectors of 23 processes, all judged ====   in its container
#	workers   ---- 600 that fork, exec and exit ------------------   two a second
#	jobs      |-|     |-|     |-|     |-|     |-|                    real containers: one a minute
#	monitor   .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .   status, every 15 s; list, every 60 s
#	operator  record   watch   load, unload, another model           once
#	intruder                    |-|                                  alerts
#
# 23,000 is what the services of make demo come to: 26,000 vectors in 342 s. The other figures
# are chosen, not measured. After each round the containers are empty, and what is held is what
# was held after the second, to the byte; the kernel's own memory is compared at the end.
#
# With less VECTORS for each process, and FORKS, as on the debug kernels, it is the same turns but
# not the same time's worth.
. ./library.sh

PROCESSES=23 VECTORS=${VECTORS:-1000} WORKERS=${FORKS:-600} JOBS=5 STATUSES=20
# Of the whole run, in KiB; one object of 32 bytes for each vector would be 17,000 in two hours.
GROWTH=4000

empty() {
	[ "$(counter tasks queued)" = "0 0" ]
}

room() {
	[ "$(counter queued)" -lt 1000 ]
}

alerted() {
	[ "$(counter alerts)" -gt "$1" ]
}

# Of slabs and of what is mapped, for the large.
kernel_memory() {
	reclaim
	awk '/^(Slab|VmallocUsed):/ { print $2 }' /proc/meminfo | paste -sd' '
}

# NAME KIB of each slab cache
caches() {
	awk 'NR > 2 { print $1, $3 * $4 / 1024 }' /proc/slabinfo | sort
}

service() {
	local n

	for n in $(seq $PROCESSES); do
		isolated service storm calls $((64 * VECTORS))
		await 60 room
	done
}

monitor() {
	local n

	for n in $(seq $STATUSES); do
		balanced
		[ $((n % 4)) -ne 0 ] || kanary containers --json >/dev/null
		read -rt 0.1 <>"$NOTHING" || :
	done
}

jobs_of_a_round() {
	local n

	for n in $(seq $JOBS); do
		run "job-$n" >/dev/null || fail "crun run job-$n: status $?"
	done
}

# operator N: whoever is on duty; the model is never the same twice in a row
operator() {
	local kind=quiet recorder watch

	rm -f hours.rec record.said watch.said
	kanary record -o hours.rec --all 2>record.said &
	recorder=$!
	await 20 grep -q ready record.said
	kanary watch --json >watch.json 2>watch.said &
	watch=$!
	await 20 grep -q ready watch.said
	kanary load alarm.model --container "$intruder"
	kanary mode "$intruder" learn
	isolated intruder storm calls 640
	kanary mode "$intruder" monitor
	alerts=$(counter alerts)
	isolated intruder storm calls 640
	await 60 alerted "$alerts"
	kanary unload --container "$intruder"
	# Another model in the place of the one that is at work.
	[ $(($1 % 2)) -eq 0 ] || kind=other
	kanary load $kind.model --container "$service"
	kill -INT "$recorder"
	kill "$watch"
	wait "$recorder" || fail "the recorder ended with status $?: $(cat record.said)"
	wait "$watch" || :
}

insmod kanary.ko period=64 queue_length=4096 paths=1
model quiet.model 64 quiet
model other.model 64 quiet 2
model alarm.model 64 alarm
mkdir -p "$CGROUPS"/{service,intruder}
service=$(identity service) intruder=$(identity intruder)
for n in $(seq $JOBS); do
	bundle "job-$n" sh -c 'find /etc -name "*.conf" | head -n 20 | xargs cat >/dev/null; storm calls 300; storm compat 20'
done
rounds=$((${MINUTES:-120} / 5))
[ "$rounds" -ge 3 ] || fail "of $rounds rounds two are to get warm: more MINUTES"
begin=$SECONDS before=
for round in $(seq "$rounds"); do
	kanary load quiet.model --container "$service"
	parts=()
	service & parts+=($!)
	isolated workers storm forks $WORKERS & parts+=($!)
	jobs_of_a_round & parts+=($!)
	operator "$round"
	monitor
	for part in "${parts[@]}"; do
		wait "$part" || fail "a part of round $round ended with status $?"
	done
	await 60 empty
	kanary unload --container "$service"
	balanced
	paths_balanced
	held=$(counter memory_bytes)
	echo "$((round * 5)) minutes: $(counter seen scored alerts paths_news) seen, scored, alerts, news of paths; $held bytes," \
		"slab and mapped memory $(kernel_memory) KiB, after $((SECONDS - begin)) s"
	if [ "$round" -eq 2 ]; then
		before=$held kernel_before=$(kernel_memory)
		caches >caches.before
	elif [ "$round" -gt 2 ]; then
		[ "$held" = "$before" ] || fail "$before bytes were held after two rounds, $held are now"
	fi
done
read -r scored missing <<<"$(counter scored dropped_queue_full)"
[ "$(counter paths_news)" -gt 0 ] || fail "no path was news"
[ "$scored" -ge $((rounds * PROCESSES * VECTORS * 99 / 100)) ] ||
	fail "only $scored vectors were judged, $missing found the queue full"
limit=$((SECONDS + 20 * PATIENCE))
read -r slab mapped <<<"$kernel_before"
until read -r slab_now mapped_now <<<"$(kernel_memory)" &&
	[ $((slab_now - slab)) -lt $GROWTH ] && [ $((mapped_now - mapped)) -lt $GROWTH ]; do
	[ "$SECONDS" -lt "$limit" ] ||
		fail "slabs went from $slab to $slab_now KiB, mapped memory from $mapped to $mapped_now"
done
caches | join caches.before - | awk '$3 - $2 >= 32 { print "cache", $1, "went from", $2, "to", $3, "KiB" }'
echo "slab and mapped memory went from $slab $mapped to $slab_now $mapped_now KiB"
echo "RESULT ok ${PREFIX:-vm}/hours/$scored-vectors $(((SECONDS - begin) * 10))" >/run/results
