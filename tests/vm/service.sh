# SPDX-License-Identifier: GPL-2.0
# Two services for scripts in this folder, each in a container of its own: what they are used for,
# by one client, so that their calls do not depend on how fast the kernel is; and an attack on each.

SITE=/var/www/service
declare -A PORT=([redis]=6379 [nginx]=80)

# build_NAME: the bundle
build_redis() {
	bundle redis redis-server --bind 127.0.0.1 --save "" --logfile "" --jemalloc-bg-thread no
	alter redis '.process.cwd = "/tmp"'
}

build_nginx() {
	local root=$BUNDLES/nginx/rootfs size

	bundle nginx nginx -g 'daemon off;' -c /etc/nginx/service.conf
	alter nginx '["CAP_CHOWN", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID"] as $need |
		.process.capabilities = {bounding: $need, effective: $need, permitted: $need}'
	mkdir -p "$root/etc/nginx" "$root$SITE" "$root/var/log/nginx" "$root/var/lib/nginx"
	for size in 100 5000 200000; do
		head -c "$size" /dev/zero >"$root$SITE/$size.txt"
	done
	cat >"$root/etc/nginx/service.conf" <<-END
		worker_processes 1;
		error_log /var/log/nginx/error.log;
		pid /tmp/nginx.pid;
		events { worker_connections 64; }
		http {
			access_log /var/log/nginx/access.log;
			sendfile on;
			gzip on;
			server { listen 127.0.0.1:80; root $SITE; }
		}
	END
}

ready_redis() {
	[ "$(redis-cli ping 2>/dev/null)" = PONG ]
}

ready_nginx() {
	curl -sf -o /dev/null http://127.0.0.1/100.txt
}

# use_NAME N: so many requests of each kind, of redis four times as many
use_redis() {
	redis-benchmark -q -n $((4 * $1)) -c 1 -d 32 -t set,get,incr,lpush >/dev/null
}

use_nginx() {
	local size

	for size in 100 5000 200000; do
		ab -q -n "$1" http://127.0.0.1/$size.txt >/dev/null
		ab -q -k -n "$1" -H 'Accept-Encoding: gzip' http://127.0.0.1/$size.txt >/dev/null
	done
	curl -s -o /dev/null http://127.0.0.1/nothing
}
