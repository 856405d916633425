# SPDX-License-Identifier: GPL-2.0
# Each path that a container gives to a system call is counted, unread or without memory, and
# each that was news has one fate:
#
#	bad       every way to be wrong, once    --> recorded byte by byte, or counted as unread
#	race      a path in a page that is being unmapped
#	storm     new paths on two CPUs          --> a queue overflows, the counters balance
#	again     a second recorder, a model     --> what is known is news to them
#	hook      dispatcher, handlers, tracepoint: the same paths
. ./library.sh

above() {
	[ "$(counter "$1")" -gt "$2" ]
}

delivered() {
	[ "$(counter paths_queued)" = 0 ]
}

# record FILE: in the background; returns once it records
record() {
	kanary record -o "$1" --force --all --json >"$1.json" 2>"$1.said" &
	recorder=$!
	await 10 grep -q ready "$1.said"
}

finish() {
	await 10 quiet
	await 10 delivered
	kill -TERM "$recorder"
	wait "$recorder" || fail "the recorder ended with status $?: $(cat "$1.said")"
	paths read "$1" >"$1.paths"
}

# has FILE CALL FLAGS NAME: the path was recorded, from that call
has() {
	local name

	name=$(printf %b "$4" | od -An -v -tx1 | tr -d ' \n')
	grep -q "\"call\": \"$2\", \"flags\": $3, \"name\": \"$name\"" "$1" ||
		fail "$2 of '$4' with flags $3 was not recorded"
}

for hook in dispatcher handlers tracepoint; do
	insmod kanary.ko paths=1 hook=$hook period=64
	[ "$(counter path_calls)" -gt 100 ] || fail "$hook: only $(counter path_calls) calls are hooked"
	record bad.rec
	before=$(counter paths_unread)
	expected=$(isolated bad paths bad)
	finish bad.rec
	found=$(($(counter paths_unread) - before))
	[ "$found" = "$expected" ] || fail "$hook: $expected paths could not be read, $found were counted"
	paths check bad.rec "$(identity bad)" || fail "$hook: the histogram is not that of the paths"
	[ "$(jq .paths bad.rec.json)" = "$(wc -l <bad.rec.paths)" ] ||
		fail "$hook: the recorder counts $(jq .paths bad.rec.json) paths, its file has $(wc -l <bad.rec.paths)"
	for length in $(seq 2 23); do
		letter=$(printf "\\x$(printf %x $((97 + length)))")
		has bad.rec.paths openat 0 "/$(printf "$letter%.0s" $(seq $((length - 1))))"
	done
	for spec in 254:k:1 255:l:1 256:m:5 256:n:5 256:o:5 256:p:5 256:q:5; do
		IFS=: read -r length letter flags <<<"$spec"
		has bad.rec.paths openat "$flags" "$(printf "$letter%.0s" $(seq "$length"))"
	done
	has bad.rec.paths openat 0 '/tmp/\xff\xfe\x80\xc0 no UTF-8'
	has bad.rec.paths openat 0 '/tmp/line\nkanary: alert container=1 \x1b[2J\x07"\\,=%s%n'
	has bad.rec.paths openat 3 relative-to-usr
	has bad.rec.paths openat 0 /absolute-beside-usr
	has bad.rec.paths openat 1 relative-to-here
	has bad.rec.paths rename 0 /tmp/rename-from
	has bad.rec.paths rename 8 /tmp/rename-to
	has bad.rec.paths linkat 3 link-from
	has bad.rec.paths linkat 8 /tmp/link-to
	has bad.rec.paths symlinkat 1 symlink-from
	has bad.rec.paths symlinkat 11 symlink-to
	has bad.rec.paths i386:open 0 /compat-open
	has bad.rec.paths i386:openat 1 compat-openat
	has bad.rec.paths i386:rename 0 /compat-rename-from
	has bad.rec.paths i386:rename 8 /compat-rename-to
	has bad.rec.paths i386:stat64 0 /compat-stat64
	paths_balanced
	rmmod kanary
done

insmod kanary.ko paths=1 period=64
calls=$(isolated race paths race 3)
await 10 quiet
read -r counted unread <<<"$(counter paths_counted paths_unread)"
[ $((counted + unread)) -ge "$calls" ] ||
	fail "of $calls raced paths $counted were read and $unread were not"
echo "$calls raced paths: $counted read, $unread not"

for prefix in /tmp/one /tmp/two; do
	# So that the worker has to wait.
	isolated storm chrt --fifo 1 paths new 40000 $prefix &
	storms+=($!)
done
await 60 above paths_dropped_queue_full 0
for _ in $(seq 10); do
	paths_balanced
done
record storm.rec
paths_balanced
wait "${storms[@]}"
finish storm.rec
paths_balanced
balanced
echo "$(counter paths_news) paths were news, $(counter paths_dropped_queue_full) of them found the queue full"

# A path is told of about once a CPU, and again to who has not heard of it.
isolated steady paths open 0 /etc/hostname /etc/hosts &
settled() {
	[ "$(counter paths_news)" = "$known" ] && return
	known=$(counter paths_news)
	return 1
}
await 10 contained steady
known=0
await 20 settled
for round in first second; do
	before=$(counter paths_counted)
	record $round.rec
	await 20 above paths_counted $((before + 2000))
	finish $round.rec
	has $round.rec.paths openat 0 /etc/hostname
	[ "$(wc -l <$round.rec.paths)" -le $((4 * $(nproc))) ] ||
		fail "2 files on $(nproc) CPUs were told of $(wc -l <$round.rec.paths) times"
done
echo 1 >"$CGROUPS/steady/cgroup.kill"

# Without paths there are none, and nothing else is missing.
rmmod kanary
insmod kanary.ko paths=0
isolated without paths open 100 /etc/hostname
[ "$(counter path_calls paths_counted paths_news)" = "0 0 0" ] ||
	fail "paths=0 and yet: $(counter path_calls paths_counted paths_news)"
await 10 above seen 0
