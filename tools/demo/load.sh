# SPDX-License-Identifier: GPL-2.0
# What normal use of the two services looks like, by seed. Sourced by guest.sh.
#
# Each load is a sequence of bursts and pauses drawn from RANDOM, so another
# seed gives other commands, sizes, numbers of clients and order. The mix says
# what is drawn more often: "train" everything alike and much upkeep, so that a
# minute holds what otherwise takes days; "benign" mostly reads, little upkeep.
# REST: seconds more between two bursts, and two health checks, where others need the machine, too.
REST=${REST:-0}

# pick WORD...: one of the words, in REPLY. (A subshell would get random numbers of its own.)
pick() {
	shift $((RANDOM % $#))
	REPLY=$1
}

# draw LOW HIGH: a number, in REPLY
draw() {
	REPLY=$(($1 + RANDOM % ($2 - $1 + 1)))
}

redis_burst() {
	local flags=(-q)

	case $1 in
	train) pick ping set get incr lpush rpush lpop rpop sadd hset spop zadd zpopmin \
		lrange_100 mset ;;
	benign) pick get get get set hset lrange_100 lrange_300 mset incr sadd ;;
	esac
	flags+=(-t "$REPLY")
	case $REPLY in
	lrange*) draw 20 100 ;;
	*) draw 300 4000 ;;
	esac
	flags+=(-n "$REPLY")
	draw 1 40
	flags+=(-c "$REPLY")
	pick 1 1 1 4 16
	flags+=(-P "$REPLY")
	pick 3 64 512 4096
	flags+=(-d "$REPLY")
	draw 10 10000
	timeout 5 redis-benchmark "${flags[@]}" -r "$REPLY"
}

REDIS_TALK='info config slowlog clients expire scan transaction script'

# redis_talk [KIND]
redis_talk() {
	local number=$RANDOM

	# shellcheck disable=SC2086
	pick ${1:-$REDIS_TALK}
	case $REPLY in
	info) redis-cli info ;;
	config) redis-cli config get 'max*' ;;
	slowlog) redis-cli slowlog get 5 ;;
	clients) redis-cli client list ;;
	expire) redis-cli set "session:$number" x ex 3 ;;
	scan) redis-cli scan 0 count 50 ;;
	transaction) printf 'multi\nincr visits\nexpire visits 60\nexec\n' | redis-cli ;;
	script) redis-cli eval 'return redis.call("incr", KEYS[1])' 1 "count:$number" ;;
	esac
}

# The upkeep functions take a number, and do one thing after the other as it grows.
redis_upkeep() {
	case $(($1 % 4)) in
	0) redis-cli bgsave ;;
	1) redis-cli bgrewriteaof ;;
	2) redis-cli config set maxclients $((500 + $1)) ;;
	3) redis-cli flushall ;;
	esac
}

# As much as days of use leave behind: redis saves a large database in other steps than a
# small one. A thousand keys at a time, so that the filling is not most of what is learned.
redis_fill() {
	redis-cli eval 'for first = 1, ARGV[1], 1000 do
			local list = {}
			for i = first, first + 999 do
				list[#list + 1] = "key:" .. i
				list[#list + 1] = "value:" .. i * 7919
			end
			redis.call("mset", unpack(list))
		end' 0 $((200000 + RANDOM))
	redis-cli bgsave
	await 20 saved
	# and once the database goes in the middle of a save, which redis then gives up
	redis-cli bgsave
	redis-cli flushall
}

saved() {
	redis-cli info persistence | grep -q rdb_bgsave_in_progress:0
}

# Everything once, before chance draws from it; and clients that go away in mid-answer.
redis_round() {
	local kind

	for kind in $REDIS_TALK; do
		redis_talk "$kind"
	done
	for kind in ping set get incr lpush rpush lpop rpop sadd hset spop zadd zpopmin \
		lrange_100 lrange_300 mset; do
		redis-benchmark -q -t "$kind" -n 100 -c 5
	done
	timeout 0.5 redis-benchmark -q -t set -n 1000000 -c 20
}

nginx_round() {
	local kind

	for kind in $NGINX_TALK; do
		nginx_talk "$kind"
	done
	for kind in 100.txt 1000.txt 10000.txt 100000.txt 1000000.txt none 'app?name=a&rows=50' \
		health; do
		ab -q -n 30 -c 5 "http://127.0.0.1/$kind"
		ab -q -k -n 30 -c 5 -H "Accept-Encoding: gzip" "http://127.0.0.1/$kind"
		timeout 0.5 ab -q -n 100000 -c 10 "http://127.0.0.1/$kind"
	done
}

health_redis() {
	inside redis 100:101 redis-cli ping
}

nginx_burst() {
	local flags=(-q)

	pick 0 1
	[ "$REPLY" -eq 0 ] || flags+=(-k)
	pick 0 0 1
	[ "$REPLY" -eq 0 ] || flags+=(-H "Accept-Encoding: gzip")
	draw 50 1500
	flags+=(-n "$REPLY")
	draw 1 20
	flags+=(-c "$REPLY")
	case $1 in
	train) pick 100.txt 1000.txt 10000.txt 100000.txt 1000000.txt none.txt \
		'app?name=a' 'app?name=b&rows=20' health ;;
	benign) pick 1000.txt 10000.txt 100000.txt 'app?name=long&rows=50' 'app?name=c' none ;;
	esac
	timeout 5 ab "${flags[@]}" "http://127.0.0.1/$REPLY"
}

NGINX_TALK='plain head range post gzip several'
[ "${PATHS:-0}" = 0 ] || NGINX_TALK+=' brand fresh'

# A page of a name that there never was: new, in a place that is known.
fresh_page() {
	local name

	name=page-$(tr 0-9 k-t <<<"$RANDOM$RANDOM").txt
	cp "$STATE/nginx/rootfs/var/www/demo/1000.txt" "$STATE/nginx/rootfs/var/www/demo/$name"
	curl -s "http://127.0.0.1/$name"
	rm "$STATE/nginx/rootfs/var/www/demo/$name"
}

# nginx_talk [KIND]
nginx_talk() {
	local page number=$RANDOM

	pick 100.txt 10000.txt 1000000.txt none.txt app health
	page=http://127.0.0.1/$REPLY
	# shellcheck disable=SC2086
	pick ${1:-$NGINX_TALK}
	case $REPLY in
	plain) curl -s "$page" ;;
	head) curl -sI "$page" ;;
	range) curl -s -r 10-$((number % 90 + 10)) "$page" ;;
	post) curl -s -d "a=$number" "$page" ;;
	gzip) curl -s --compressed "$page" ;;
	several) curl -s "$page" "$page?$number" "http://127.0.0.1/$number" ;;
	brand) curl -s http://127.0.0.1/brand/logo.txt ;;
	fresh) fresh_page ;;
	esac
}

nginx_upkeep() {
	case $(($1 % 2)) in
	0) inside nginx 0:0 nginx -s reload ;;
	1) inside nginx 0:0 nginx -s reopen ;;
	esac
}

health_nginx() {
	inside nginx 0:0 curl -sf http://127.0.0.1/health
}

# steady NAME MIX END: what goes by the clock, however busy the machine: health checks and upkeep
steady() {
	local turn=0 every=2

	[ "$2" = train ] || every=6
	while sleep $((2 + REST)) && [ "$SECONDS" -lt "$3" ] && [ ! -e "$STATE/stop" ]; do
		"health_$1"
		turn=$((turn + 1))
		[ $((turn % every)) -ne 0 ] || "${1}_upkeep" $((turn / every))
	done
}

# load NAME MIX SEED SECONDS: all of it until the time is over or STATE/stop appears
load() {
	local name=$1 mix=$2 end=$((SECONDS + $4)) clockwork

	RANDOM=$3
	steady "$name" "$mix" "$end" >/dev/null 2>>"$STATE/$name/load.log" &
	clockwork=$!
	if [ "$mix" = train ] && [ ! -e "$STATE/stop" ]; then
		"${name}_round" >/dev/null 2>>"$STATE/$name/load.log"
		[ "$name" != redis ] || redis_fill >/dev/null 2>>"$STATE/$name/load.log"
	fi
	while [ "$SECONDS" -lt "$end" ] && [ ! -e "$STATE/stop" ]; do
		case $mix in
		train) pick burst burst burst talk talk nap ;;
		benign) pick burst burst burst burst talk nap ;;
		esac
		case $REPLY in
		burst)
			"${name}_burst" "$mix"
			[ "$REST" = 0 ] || sleep "$REST"
			;;
		talk) "${name}_talk" ;;
		nap)
			draw 1 9
			sleep "0.$REPLY"
			;;
		esac
	done >/dev/null 2>>"$STATE/$name/load.log"
	wait "$clockwork"
}
