# SPDX-License-Identifier: GPL-2.0
# Normal use of PostgreSQL and of the web application, by seed and mix, beside the demo's load.sh,
# which calls these functions. Sourced in the guest.

# pgbench's own scripts, and one with sorting and counting.
postgres_burst() {
	local flags=(-n -h 127.0.0.1 -U postgres)

	case $1 in
	train) pick tpcb-like simple-update select-only select-only count connect prepared ;;
	benign) pick select-only select-only select-only tpcb-like count prepared connect ;;
	esac
	case $REPLY in
	count) flags+=(-f count.sql) ;;
	connect) flags+=(-b select-only -C) ;;
	prepared) flags+=(-b select-only -M prepared) ;;
	*) flags+=(-b "$REPLY") ;;
	esac
	draw 1 6
	flags+=(-c "$REPLY")
	draw 3 60
	timeout 8 pgbench "${flags[@]}" -t "$REPLY" shop
}

POSTGRES_TALK='version activity sort out in temporary explain function error notify cursor size lock'

# postgres_talk [KIND]
postgres_talk() {
	local number=$RANDOM

	# shellcheck disable=SC2086
	pick ${1:-$POSTGRES_TALK}
	case $REPLY in
	version) sql -c 'select version()' ;;
	activity) sql -c 'select * from pg_stat_activity' -c 'select * from pg_stat_database' ;;
	sort) sql -c 'select card from customer order by card desc limit 10' ;;
	out) sql -c "copy (select * from customer where id < $((number % 900))) to stdout" ;;
	in)
		seq "$number" $((number + 200)) | sed 's/$/,new,0/' |
			sql -c "copy customer from stdin csv" ;;
	temporary) sql -c 'create temp table t as select * from customer' -c 'select count(*) from t' ;;
	explain) sql -c 'explain analyze select count(*) from customer group by id % 10' ;;
	function) sql -c "select sum(length(md5(i::text))) from generate_series(1, $number) i" ;;
	error) sql -c 'select nonsense' ;;
	notify) sql -c 'listen news' -c "notify news, '$number'" ;;
	cursor)
		sql -c 'begin' -c 'declare c cursor for select * from customer' -c 'fetch 200 c' \
			-c 'move 500 c' -c 'fetch 50 c' -c 'commit' ;;
	size) sql -c "select pg_database_size('shop'), pg_total_relation_size('customer')" ;;
	lock) sql -c 'begin' -c 'lock table customer in share mode' -c 'rollback' ;;
	esac
}

postgres_upkeep() {
	case $(($1 % 6)) in
	0) sql -c 'vacuum analyze customer' ;;
	1) sql -c 'checkpoint' ;;
	2) pg_dump -h 127.0.0.1 -U postgres -t customer shop ;;
	3) sql -c 'reindex table pgbench_branches' -c 'select pg_switch_wal()' ;;
	4) sql -c "delete from customer where name = 'new'" ;;
	5) sql -c 'select pg_reload_conf()' ;;
	esac
}

postgres_round() {
	local kind

	for kind in 0 1 2 3 4 5; do
		postgres_upkeep "$kind"
	done
	for kind in $POSTGRES_TALK; do
		postgres_talk "$kind"
	done
	for kind in tpcb-like simple-update select-only; do
		timeout 20 pgbench -n -h 127.0.0.1 -U postgres -b "$kind" -c 3 -t 20 shop
		timeout 20 pgbench -n -h 127.0.0.1 -U postgres -b "$kind" -c 2 -t 5 -C shop
	done
	timeout 20 pgbench -n -h 127.0.0.1 -U postgres -b select-only -M prepared -c 2 -t 20 shop
	timeout 20 pgbench -n -h 127.0.0.1 -U postgres -f count.sql -c 2 -t 10 shop
	timeout 0.5 pgbench -n -h 127.0.0.1 -U postgres -T 10 -c 3 shop
}

health_postgres() {
	inside postgres 102:103 pg_isready -q -h 127.0.0.1
}

SHOP=http://127.0.0.1:8080

webapp_burst() {
	local flags=(-q) page

	pick 0 1
	[ "$REPLY" -eq 0 ] || flags+=(-k)
	draw 5 60
	flags+=(-n "$REPLY")
	draw 1 6
	flags+=(-c "$REPLY")
	case $1 in
	train) pick '' '' item?id=7 item?id=9999 hello static/100.txt static/200000.txt \
		archive?name=5000.txt account health nothing ;;
	benign) pick '' item?id=3 item?id=77 item?id=2 hello static/5000.txt account ;;
	esac
	page=$REPLY
	timeout 8 ab "${flags[@]}" "$SHOP/$page"
}

WEBAPP_TALK='order account archive head wrong large several template missing'

# webapp_talk [KIND]
webapp_talk() {
	local number=$RANDOM jar=$STATE/webapp/cookies

	# shellcheck disable=SC2086
	pick ${1:-$WEBAPP_TALK}
	case $REPLY in
	order) curl -s --max-time 20 -d "item=$((number % 500))&number=2" "$SHOP/order" ;;
	account) curl -s --max-time 20 -c "$jar" -b "$jar" "$SHOP/account" ;;
	archive) curl -s --max-time 20 "$SHOP/archive?name=5000.txt" "$SHOP/archive?name=none.txt" ;;
	head) curl -sI --max-time 20 "$SHOP/" ;;
	wrong) curl -s --max-time 20 "$SHOP/$number" ;;
	large) curl -s --max-time 20 "$SHOP/static/200000.txt" ;;
	several) curl -s --max-time 20 "$SHOP/" "$SHOP/item?id=$number" "$SHOP/static/100.txt" ;;
	template) curl -s --max-time 20 -G --data-urlencode "text=sum: {{ $number + 1 }}" "$SHOP/hello" ;;
	missing) curl -s --max-time 20 "$SHOP/static/$number.txt" ;;
	esac
}

webapp_upkeep() {
	case $(($1 % 2)) in
	0) inside webapp 33:33 sh -c 'gzip -c /srv/data/access.log >/srv/data/access.log.gz' ;;
	1) inside webapp 33:33 python3 /srv/webapp.py --upkeep ;;
	esac
}

webapp_round() {
	local kind

	for kind in $WEBAPP_TALK; do
		webapp_talk "$kind"
	done
	for kind in '' item?id=7 item?id=9999 hello static/100.txt static/200000.txt \
		archive?name=5000.txt account health nothing; do
		timeout 8 ab -q -n 10 -c 3 "$SHOP/$kind"
		timeout 8 ab -q -k -n 10 -c 3 "$SHOP/$kind"
		timeout 0.5 ab -q -n 10000 -c 5 "$SHOP/$kind"
	done
}

health_webapp() {
	inside webapp 33:33 curl -sf --max-time 20 "$SHOP/health"
}
