# SPDX-License-Identifier: GPL-2.0
# What normal use of the two services looks like, by seed. Sourced in the guest after carry.sh.
#
# Each load is a sequence of bursts and pauses drawn from RANDOM, so another
# seed gives other commands, sizes, numbers of clients and order. The mix says
# what is drawn more often: "train" everything alike and much upkeep, so that a
# minute holds what otherwise takes days; "benign" mostly reads, little upkeep.
# A burst has a size, not a time: on a slow machine it takes longer, and does the same.
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
	local flags=(-q) kind

	case $1 in
	train) pick ping set get incr lpush rpush lpop rpop sadd hset spop zadd zpopmin \
		lrange_100 mset ;;
	benign) pick get get get set hset lrange_100 lrange_300 mset incr sadd ;;
	esac
	kind=$REPLY
	flags+=(-t "$kind")
	case $kind in
	lrange*) draw 20 100 ;;
	mset) draw 50 300 ;;
	*) draw 300 2000 ;;
	esac
	flags+=(-n "$REPLY")
	draw 1 40
	flags+=(-c "$REPLY")
	pick 1 1 1 4 16
	flags+=(-P "$REPLY")
	pick 3 64 512 4096
	flags+=(-d "$REPLY")
	draw 10 10000
	carry redis redis-benchmark "${flags[@]}" -r "$REPLY"
}

REDIS_TALK='info config slowlog clients expire scan transaction script'

# redis_talk [KIND]
redis_talk() {
	local number=$RANDOM

	# shellcheck disable=SC2086
	pick ${1:-$REDIS_TALK}
	case $REPLY in
	info) carry redis redis-cli -e info ;;
	config) carry redis redis-cli -e config get 'max*' ;;
	slowlog) carry redis redis-cli -e slowlog get 5 ;;
	clients) carry redis redis-cli -e client list ;;
	expire) carry redis redis-cli -e set "session:$number" x ex 3 ;;
	scan) carry redis redis-cli -e scan 0 count 50 ;;
	transaction) carry redis redis_transaction ;;
	script) carry redis redis-cli -e eval 'return redis.call("incr", KEYS[1])' 1 "count:$number" ;;
	esac
}

redis_transaction() {
	printf 'multi\nincr visits\nexpire visits 60\nexec\n' | redis-cli -e
}

# No process of redis' own saves.
saved() {
	local said

	said=$(redis-cli info persistence) || return 1
	[[ $said == *rdb_bgsave_in_progress:0* && $said == *aof_rewrite_in_progress:0* &&
		$said == *aof_rewrite_scheduled:0* ]]
}

# redis_save COMMAND: redis refuses a save beside another, and saves by itself, too
redis_save() {
	local try

	for try in $(seq 20); do
		await 20 saved
		redis-cli -e "$1" 2>&1 && return
	done
	echo "redis would not $1, asked $try times" >&2
	return 1
}

# The upkeep functions take a number, and do one thing after the other as it grows.
declare -A UPKEEP_KINDS=([redis]=4 [nginx]=2)

redis_upkeep() {
	case $(($1 % 4)) in
	0) carry redis redis_save bgsave ;;
	1) carry redis redis_save bgrewriteaof ;;
	2) carry redis redis-cli -e config set maxclients $((500 + $1)) ;;
	3) carry redis redis-cli -e flushall ;;
	esac
}

# A thousand keys at a time, so that the filling is not most of what is learned, and in several
# scripts: others would be refused while one takes more than 5 s.
redis_fill_part() {
	redis-cli -e eval 'for first = tonumber(ARGV[1]), ARGV[2], 1000 do
			local list = {}
			for i = first, first + 999 do
				list[#list + 1] = "key:" .. i
				list[#list + 1] = "value:" .. i * 7919
			end
			redis.call("mset", unpack(list))
		end' 0 "$1" "$2"
}

# As much as days of use leave behind: redis saves a large database in other steps than a
# small one.
redis_fill() {
	local first last=$((200000 + RANDOM))

	for ((first = 1; first < last; first += 20000)); do
		carry redis redis_fill_part "$first" $((first + 19999 < last ? first + 19999 : last))
	done
	carry redis redis_save bgsave
	await 20 saved
	# and once the database goes in the middle of a save, which redis then gives up
	carry redis redis_save bgsave
	carry redis redis-cli -e flushall
}

# answered_NAME: a number that grows with the answers that the service gave
answered_redis() {
	redis-cli info stats | sed -n 's/^total_commands_processed:\([0-9]*\).*/\1/p'
}

answered_nginx() {
	wc -l <"$STATE/nginx/rootfs/var/log/nginx/access.log"
}

answers() {
	[ "$("answered_$1")" -ge "$2" ]
}

# leave NAME ANSWERS COMMAND...: a client that goes away in mid-answer, after so many
leave() {
	local name=$1 enough before client status=0

	before=$("answered_$name")
	enough=$((before + $2))
	shift 2
	"$@" &
	client=$!
	await 30 answers "$name" "$enough" || status=1
	kill "$client" 2>/dev/null
	wait "$client"
	return $status
}

# Everything once, before chance draws from it; and clients that go away in mid-answer.
redis_round() {
	local kind

	for kind in $REDIS_TALK; do
		redis_talk "$kind"
	done
	for kind in ping set get incr lpush rpush lpop rpop sadd hset spop zadd zpopmin \
		lrange_100 lrange_300 mset; do
		carry redis redis-benchmark -q -t "$kind" -n 100 -c 5
	done
	# Answers that are more than sockets take at once: as when clients, or the machine, are slow.
	carry redis redis-benchmark -q -t lrange_300 -n 100 -c 20 -P 16 -d 1024
	carry redis redis-benchmark -q -t lrange_300 -n 100 -c 40 -d 4096
	carry redis leave redis 2000 redis-benchmark -q -t set -n 1000000 -c 20
	redis_fill
}

nginx_round() {
	local kind

	for kind in $NGINX_TALK; do
		nginx_talk "$kind"
	done
	for kind in 100.txt 1000.txt 10000.txt 100000.txt 1000000.txt none 'app?name=a&rows=50' \
		health; do
		carry nginx ab -q -s 300 -n 30 -c 5 "http://127.0.0.1/$kind"
		carry nginx ab -q -s 300 -k -n 30 -c 5 -H "Accept-Encoding: gzip" "http://127.0.0.1/$kind"
		carry nginx leave nginx 50 ab -q -s 300 -n 100000 -c 10 "http://127.0.0.1/$kind"
	done
}

health_redis() {
	inside redis 100:101 redis-cli ping
}

nginx_burst() {
	local flags=(-q -s 300) page

	pick 0 1
	[ "$REPLY" -eq 0 ] || flags+=(-k)
	pick 0 0 1
	[ "$REPLY" -eq 0 ] || flags+=(-H "Accept-Encoding: gzip")
	case $1 in
	train) pick 100.txt 1000.txt 10000.txt 100000.txt 1000000.txt none.txt \
		'app?name=a' 'app?name=b&rows=20' health ;;
	benign) pick 1000.txt 10000.txt 100000.txt 'app?name=long&rows=50' 'app?name=c' none ;;
	esac
	page=$REPLY
	case $page in
	1000000.txt) draw 20 25 ;;
	100000.txt) draw 20 100 ;;
	app*) draw 50 200 ;;
	*) draw 50 600 ;;
	esac
	flags+=(-n "$REPLY")
	draw 1 20
	flags+=(-c "$REPLY")
	carry nginx ab "${flags[@]}" "http://127.0.0.1/$page"
}

NGINX_TALK='plain head range post gzip several'
[ "${PATHS:-0}" = 0 ] || NGINX_TALK+=' brand fresh'

# A page of a name that there never was: new, in a place that is known.
fresh_page() {
	local name

	name=page-$(tr 0-9 k-t <<<"$RANDOM$RANDOM").txt
	cp "$STATE/nginx/rootfs/var/www/demo/1000.txt" "$STATE/nginx/rootfs/var/www/demo/$name"
	carry nginx curl -sf "http://127.0.0.1/$name"
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
	plain) carry nginx curl -s "$page" ;;
	head) carry nginx curl -sI "$page" ;;
	range) carry nginx curl -s -r 10-$((number % 90 + 10)) "$page" ;;
	post) carry nginx curl -s -d "a=$number" "$page" ;;
	gzip) carry nginx curl -s --compressed "$page" ;;
	several) carry nginx curl -s "$page" "$page?$number" "http://127.0.0.1/$number" ;;
	brand) carry nginx curl -s http://127.0.0.1/brand/logo.txt ;;
	fresh) fresh_page ;;
	esac
}

nginx_upkeep() {
	case $(($1 % 2)) in
	0) carry nginx inside nginx 0:0 nginx -s reload ;;
	1) carry nginx inside nginx 0:0 nginx -s reopen ;;
	esac
}

health_nginx() {
	inside nginx 0:0 curl -sf http://127.0.0.1/health
}

# over NAME END: is the load to end? END 0: only when it is told to
over() {
	[ -e "$STATE/stop" ] || [ -e "$STATE/$1/stop" ] || { [ "$2" -ne 0 ] && [ "$SECONDS" -ge "$2" ]; }
}

# steady NAME MIX END: what goes by the clock, however busy the machine: health checks and upkeep.
# A line for each upkeep in STATE/NAME/upkeep, with which the next load goes on.
steady() {
	local turn=0 every=2 kept=()

	[ "$2" = train ] || every=6
	[ ! -e "$STATE/$1/upkeep" ] || mapfile -t kept <"$STATE/$1/upkeep"
	while sleep $((2 + REST)) && ! over "$1" "$3"; do
		carry "$1" "health_$1"
		turn=$((turn + 1))
		[ $((turn % every)) -eq 0 ] || continue
		kept+=("$2")
		"${1}_upkeep" ${#kept[@]}
		echo "$2" >>"$STATE/$1/upkeep"
	done
}

# load NAME MIX SEED SECONDS: all of it until the time is over, 0 for ever, or STATE/stop or
# STATE/NAME/stop appears
load() {
	local name=$1 mix=$2 begin=$SECONDS end=$(($4 ? SECONDS + $4 : 0)) clockwork

	RANDOM=$3
	steady "$name" "$mix" "$end" >/dev/null 2>>"$STATE/$name/load.log" &
	clockwork=$!
	if [ "$mix" = train ] && ! over "$name" "$end"; then
		"${name}_round"
		echo "$mix" >>"$STATE/$name/rounds"
	fi >/dev/null 2>>"$STATE/$name/load.log"
	while ! over "$name" "$end"; do
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
	[ "$mix" = train ] || echo $((SECONDS - begin)) >>"$STATE/benign_seconds"
}

# spell NAME SEED: a few bursts of normal use, however long they take
spell() {
	local burst

	RANDOM=$2
	for burst in 1 2; do
		"${1}_burst" benign
	done >/dev/null 2>>"$STATE/$1/load.log"
}
