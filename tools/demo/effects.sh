# SPDX-License-Identifier: GPL-2.0
# What attacks need to see that they did their work. Sourced in the guest after containers.sh.

# within NAME PATH: a file of the container, as seen from outside
within() {
	echo "$STATE/$1/rootfs$2"
}

listening() {
	ss -ltn | grep -q ":$1 "
}

# typed FILE PORT PAUSE LINE...: somebody at the other end of a reverse shell, in the background;
# what comes back is in FILE
typed() {
	local file=$1 port=$2 pause=$3

	shift 3
	for line in "$@"; do
		sleep "$pause"
		echo "$line"
	done | nc -l -p "$port" >"$file" &
	await 30 listening "$port"
}

redis_module() {
	redis-cli module list | grep -q turn ||
		redis-cli -e module load "$UPLOAD/redis-module.so"
}

# counted MINIMUM COMMAND...: does the command print a number as large as that?
counted() {
	local minimum=$1 number

	shift
	number=$("$@")
	echo "$number"
	[[ $number =~ ^[0-9]+$ && $number -ge $minimum ]]
}
