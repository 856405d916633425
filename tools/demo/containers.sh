# SPDX-License-Identifier: GPL-2.0
# The two services, each in an OCI container of its own. Sourced in the guest after carry.sh.

CGROUPS=/sys/fs/cgroup
# What a service's processes are called, where it is not the service's name.
declare -A COMM=([redis]=redis-server)

# What Docker gives to a container.
CAPABILITIES='["CAP_CHOWN","CAP_DAC_OVERRIDE","CAP_FOWNER","CAP_FSETID","CAP_KILL","CAP_MKNOD",
	"CAP_NET_BIND_SERVICE","CAP_NET_RAW","CAP_SETGID","CAP_SETPCAP","CAP_SETUID","CAP_SYS_CHROOT"]'

# bundle NAME USER COMMAND: the command is run again when it ends, as a supervisor does
bundle() {
	local name=$1 user=$2 command=$3 directory=$STATE/$1

	mkdir -p "$directory"/{upper,work,rootfs}
	mount -t overlay overlay -o \
		"lowerdir=/,upperdir=$directory/upper,workdir=$directory/work" "$directory/rootfs"
	jq -n --arg name "$name" --arg command "while :; do $command; sleep 0.2; done" \
		--argjson user "$user" --argjson capabilities "$CAPABILITIES" '{
		ociVersion: "1.0.2",
		hostname: $name,
		root: {path: "rootfs"},
		process: {
			user: {uid: $user[0], gid: $user[1]},
			args: ["/bin/sh", "-c", $command],
			env: ["PATH=/usr/sbin:/usr/bin", "LANG=C.UTF-8"],
			cwd: "/",
			capabilities: {bounding: $capabilities, permitted: $capabilities,
				effective: $capabilities}
		},
		mounts: [
			{destination: "/proc", type: "proc", source: "proc"},
			{destination: "/dev", type: "tmpfs", source: "tmpfs",
				options: ["nosuid", "mode=755"]},
			{destination: "/dev/shm", type: "tmpfs", source: "shm"},
			{destination: "/sys", type: "sysfs", source: "sysfs", options: ["ro"]},
			{destination: "/run", type: "tmpfs", source: "tmpfs", options: ["mode=1777"]}
		],
		linux: {
			cgroupsPath: ("/" + $name),
			namespaces: [{type: "pid"}, {type: "mount"}, {type: "ipc"}, {type: "uts"},
				{type: "cgroup"}]
		}
	}' >"$directory/config.json"
}

# start NAME: returns once the container runs
start() {
	crun --cgroup-manager=cgroupfs run --detach --bundle "$STATE/$1" "$1" \
		</dev/null >"$STATE/$1/log" 2>&1 || fail "crun run $1: $(cat "$STATE/$1/log")"
}

# inside NAME UID:GID COMMAND...: a new process in the container
inside() {
	local name=$1 user=$2

	shift 2
	crun exec --user "$user" "$name" "$@" </dev/null
}

# identity NAME: the cgroup id, by which the kernel knows the container
identity() {
	stat -c %i "$CGROUPS/$1"
}

# service_pids NAME COMM: processes of that name in the container, as seen from outside
service_pids() {
	local pid

	while read -r pid; do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != "$2" ] || echo "$pid"
	done <"$CGROUPS/$1/cgroup.procs"
}

ready_redis() {
	[ "$(redis-cli ping 2>/dev/null)" = PONG ]
}

ready_nginx() {
	curl -sf -o /dev/null --max-time 20 http://127.0.0.1/health
}

gone() {
	local pid

	for pid in "$@"; do
		ended "$pid" || return 1
	done
}

# restart NAME SIGNAL: an operator's answer to a turned service; the supervisor starts it afresh
restart() {
	local pids

	touch "$STATE/$1/restarting"
	mapfile -t pids < <(service_pids "$1" "${COMM[$1]:-$1}")
	[ ${#pids[@]} -eq 0 ] || kill -s "$2" "${pids[@]}"
	# Until it is gone, the old one still answers.
	await 60 gone "${pids[@]}" || fail "$1 does not end at SIG$2"
	await 120 "ready_$1" || fail "$1 did not come back after its restart"
	lives "$1"
	echo $((LIVES + 1)) >"$STATE/$1/lives"
	rm "$STATE/$1/restarting"
}

make_site() {
	local site=$STATE/nginx/rootfs/var/www/demo size

	mkdir -p "$site"
	for size in 100 1000 10000 100000 1000000; do
		head -c "$size" /dev/urandom | base64 | head -c "$size" >"$site/$size.txt"
	done
	echo '<html><body><h1>NAME</h1></body></html>' >"$site/template.html"
	mkdir -p "$STATE/nginx/rootfs/etc/brand"
	cp "$site/1000.txt" "$STATE/nginx/rootfs/etc/brand/logo.txt"
	mkdir -p "$STATE/nginx/rootfs/var/log/nginx" "$STATE/nginx/rootfs/var/lib/nginx"
	cp nginx.conf "$STATE/nginx/rootfs/etc/nginx/nginx.conf"
}

# upload NAME...: what the attackers bring along
upload() {
	local name

	for name in "$@"; do
		mkdir -p "$STATE/$name/rootfs/opt/upload"
		cp attacks/* "$STATE/$name/rootfs/opt/upload/"
	done
}

make_containers() {
	modprobe overlay
	bundle redis '[100, 101]' 'redis-server /etc/redis/demo.conf'
	mkdir -p "$STATE/redis/rootfs/data"
	cp redis.conf "$STATE/redis/rootfs/etc/redis/demo.conf"
	chown -R 100:101 "$STATE/redis/rootfs/data"
	bundle nginx '[0, 0]' 'nginx'
	make_site
	upload redis nginx
}
