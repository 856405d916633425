# SPDX-License-Identifier: GPL-2.0
# Normal use of PostgreSQL and of the web application, by seed and mix, beside the demo's load.sh,
# which calls these functions. Sourced in the guest.

# pgbench's own scripts, and one with sorting and counting.
postgres_burst() {
	local flags=(-n -h 127.0.0.1 -U postgres) most=60

	case $1 in
	train) pick tpcb-like simple-update select-only select-only count connect prepared ;;
	benign) pick select-only select-only select-only tpcb-like count prepared connect ;;
	esac
	case $REPLY in
	count) flags+=(-f count.sql) ;;
	connect)
		flags+=(-b select-only -C)
		most=15
		;;
	prepared) flags+=(-b select-only -M prepared) ;;
	*) flags+=(-b "$REPLY") ;;
	esac
	draw 1 6
	flags+=(-c "$REPLY")
	draw 3 $most
	carry postgres pgbench "${flags[@]}" -t "$REPLY" shop
}

POSTGRES_TALK='version activity sort out in temporary explain function error notify cursor size lock'

# postgres_talk [KIND]
postgres_talk() {
	local number=$RANDOM

	# shellcheck disable=SC2086
	pick ${1:-$POSTGRES_TALK}
	case $REPLY in
	version) carry postgres sql -c 'select version()' ;;
	activity) carry postgres sql -c 'select * from pg_stat_activity' -c 'select * from pg_stat_database' ;;
	sort) carry postgres sql -c 'select card from customer order by card desc limit 10' ;;
	out) carry postgres sql -c "copy (select * from customer where id < $((number % 900))) to stdout" ;;
	in)
		seq "$number" $((number + 200)) | sed 's/$/,new,0/' >"$STATE/postgres/new"
		carry postgres sql -c "\\copy customer from $STATE/postgres/new csv"
		;;
	temporary) carry postgres sql -c 'create temp table t as select * from customer' -c 'select count(*) from t' ;;
	explain) carry postgres sql -c 'explain analyze select count(*) from customer group by id % 10' ;;
	function) carry postgres sql -c "select sum(length(md5(i::text))) from generate_series(1, $number) i" ;;
	error) carry postgres postgres_error ;;
	notify) carry postgres sql -c 'listen news' -c "notify news, '$number'" ;;
	cursor)
		carry postgres sql -c 'begin' -c 'declare c cursor for select * from customer' -c 'fetch 200 c' \
			-c 'move 500 c' -c 'fetch 50 c' -c 'commit' ;;
	size) carry postgres sql -c "select pg_database_size('shop'), pg_total_relation_size('customer')" ;;
	lock) carry postgres sql -c 'begin' -c 'lock table customer in share mode' -c 'rollback' ;;
	esac
}

postgres_error() {
	! sql -c 'select nonsense'
}

UPKEEP_KINDS+=([postgres]=6 [webapp]=2)

postgres_upkeep() {
	case $(($1 % 6)) in
	0) carry postgres sql -c 'vacuum analyze customer' ;;
	1) carry postgres sql -c 'checkpoint' ;;
	2) carry postgres pg_dump -h 127.0.0.1 -U postgres -t customer shop ;;
	3) carry postgres sql -c 'reindex table pgbench_branches' -c 'select pg_switch_wal()' ;;
	4) carry postgres sql -c "delete from customer where name = 'new'" ;;
	5) carry postgres sql -c 'select pg_reload_conf()' ;;
	esac
}

# Its log grows with each transaction, by some hundred bytes.
answered_postgres() {
	sql -c "select pg_current_wal_insert_lsn() - '0/0'"
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
		carry postgres pgbench -n -h 127.0.0.1 -U postgres -b "$kind" -c 3 -t 20 shop
		carry postgres pgbench -n -h 127.0.0.1 -U postgres -b "$kind" -c 2 -t 5 -C shop
	done
	carry postgres pgbench -n -h 127.0.0.1 -U postgres -b select-only -M prepared -c 2 -t 20 shop
	carry postgres pgbench -n -h 127.0.0.1 -U postgres -f count.sql -c 2 -t 10 shop
	carry postgres leave postgres 20000 pgbench -n -h 127.0.0.1 -U postgres -T 1000 -c 3 shop
}

health_postgres() {
	inside postgres 102:103 pg_isready -q -h 127.0.0.1
}

SHOP=http://127.0.0.1:8080

webapp_burst() {
	local flags=(-q) page

	pick 0 1
	[ "$REPLY" -eq 0 ] || flags+=(-k)
	draw 6 60
	flags+=(-n "$REPLY")
	draw 1 6
	flags+=(-c "$REPLY")
	case $1 in
	train) pick '' '' item?id=7 item?id=9999 hello static/100.txt static/200000.txt \
		archive?name=5000.txt account health nothing ;;
	benign) pick '' item?id=3 item?id=77 item?id=2 hello static/5000.txt account ;;
	esac
	page=$REPLY
	carry webapp ab -s 300 "${flags[@]}" "$SHOP/$page"
}

WEBAPP_TALK='order account archive head wrong large several template missing'

# webapp_talk [KIND]
webapp_talk() {
	local number=$RANDOM jar=$STATE/webapp/cookies

	# shellcheck disable=SC2086
	pick ${1:-$WEBAPP_TALK}
	case $REPLY in
	order) carry webapp curl -s -d "item=$((number % 500))&number=2" "$SHOP/order" ;;
	account) carry webapp curl -s -c "$jar" -b "$jar" "$SHOP/account" ;;
	archive) carry webapp curl -s "$SHOP/archive?name=5000.txt" "$SHOP/archive?name=none.txt" ;;
	head) carry webapp curl -sI "$SHOP/" ;;
	wrong) carry webapp curl -s "$SHOP/$number" ;;
	large) carry webapp curl -s "$SHOP/static/200000.txt" ;;
	several) carry webapp curl -s "$SHOP/" "$SHOP/item?id=$number" "$SHOP/static/100.txt" ;;
	template) carry webapp curl -s -G --data-urlencode "text=sum: {{ $number + 1 }}" "$SHOP/hello" ;;
	missing) carry webapp curl -s "$SHOP/static/$number.txt" ;;
	esac
}

webapp_upkeep() {
	case $(($1 % 2)) in
	0) carry webapp inside webapp 33:33 sh -c 'gzip -c /srv/data/access.log >/srv/data/access.log.gz' ;;
	1) carry webapp inside webapp 33:33 python3 /srv/webapp.py --upkeep ;;
	esac
}

answered_webapp() {
	wc -l <"$STATE/webapp/rootfs/srv/data/access.log"
}

webapp_round() {
	local kind

	for kind in $WEBAPP_TALK; do
		webapp_talk "$kind"
	done
	for kind in '' item?id=7 item?id=9999 hello static/100.txt static/200000.txt \
		archive?name=5000.txt account health nothing; do
		carry webapp ab -s 300 -q -n 10 -c 3 "$SHOP/$kind"
		carry webapp ab -s 300 -q -k -n 10 -c 3 "$SHOP/$kind"
		carry webapp leave webapp 20 ab -q -s 300 -n 10000 -c 5 "$SHOP/$kind"
	done
}

health_webapp() {
	inside webapp 33:33 curl -sf --max-time $((20 * PATIENCE)) "$SHOP/health"
}
