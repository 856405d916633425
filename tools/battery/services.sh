# SPDX-License-Identifier: GPL-2.0
# The battery's services beside the demo's redis and nginx: PostgreSQL and a web application in
# Python. Sourced in the guest after containers.sh.

COMM+=([webapp]=python3)
DATABASE=/data/base

# The services with which Kanary was designed, and those that are only reported.
role() {
	case $1 in
	redis | nginx) echo design ;;
	*) echo reported ;;
	esac
}

sql() {
	psql -X -q -A -t -h 127.0.0.1 -U postgres -d shop "$@"
}

ready_postgres() {
	pg_isready -q -h 127.0.0.1 && { [ -e "$STATE/postgres/filled" ] || postgres_fill; }
}

ready_webapp() {
	curl -sf -o /dev/null --max-time 20 http://127.0.0.1:8080/health
}

# The first life of a database: made, filled, read for the first time.
postgres_fill() {
	{
		psql -X -q -h 127.0.0.1 -U postgres -d postgres -c 'create database shop'
		pgbench -i -q -s 1 -h 127.0.0.1 -U postgres shop
		sql -c "create table customer as select i as id, 'name ' || i as name,
			md5(i::text) as card from generate_series(1, 3000) i"
	} >"$STATE/postgres/fill.log" 2>&1 && touch "$STATE/postgres/filled"
}

make_postgres() {
	local root=$STATE/postgres/rootfs

	bundle postgres '[102, 103]' "postgres -D $DATABASE"
	mkdir -p "$root/data"
	chown 102:103 "$root/data"
	setpriv --reuid 102 --regid 103 --clear-groups initdb -D "$root/$DATABASE" --no-sync \
		-A trust -U postgres --locale C.UTF-8 >initdb.log 2>&1 ||
		fail "initdb: $(tail -n 3 initdb.log)"
	cat >>"$root/$DATABASE/postgresql.conf" <<-'END'
	listen_addresses = '127.0.0.1'
	unix_socket_directories = ''
	shared_buffers = 32MB
	work_mem = 256kB
	autovacuum_naptime = 10s
	checkpoint_timeout = 30s
	logging_collector = off
	END
}

make_webapp() {
	local root=$STATE/webapp/rootfs size

	bundle webapp '[33, 33]' 'python3 /srv/webapp.py'
	mkdir -p "$root"/srv/{data,shop/static}
	cp webapp.py "$root/srv/"
	for size in 100 5000 200000; do
		head -c "$size" /dev/urandom | base64 | head -c "$size" >"$root/srv/shop/static/$size.txt"
	done
	echo '<html><body><h1>Shop</h1>ITEMS</body></html>' >"$root/srv/shop/template.html"
	chown -R 33:33 "$root/srv"
}

# Byte code once for all: on the root file system that all containers share.
compile_python() {
	python3 -c 'import base64, hashlib, http.server, json, pickle, sqlite3, subprocess, threading'
}

# What the attacks suppose: rights that are too wide, as they often are.
make_holes() {
	local root=$STATE/redis/rootfs

	{
		echo 'enable-protected-configs yes'
		echo 'enable-debug-command yes'
	} >>"$root/etc/redis/demo.conf"
	mkdir -p "$root"/var/spool/cron/crontabs "$root/root/.ssh"
	chmod 755 "$root/root"
	chown 100:101 "$root/var/spool/cron/crontabs" "$root/root/.ssh"
	chown 33:33 "$STATE/nginx/rootfs/var/www/demo/template.html"
	mkdir -p "$STATE/postgres/rootfs/var/lib/postgresql/.ssh"
	chown -R 102:103 "$STATE/postgres/rootfs/var/lib/postgresql"
}

make_services() {
	compile_python
	make_containers
	make_postgres
	make_webapp
	make_holes
	upload $CONTAINERS
}
