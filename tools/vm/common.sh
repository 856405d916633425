# SPDX-License-Identifier: GPL-2.0
# Shared by kernel.sh, image.sh and run.sh: the cache, and talking to apt.

KANARY_CACHE=${KANARY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kanary}

die() {
	echo "kanary: $*" >&2
	exit 1
}

# The cache is shared by concurrent runs: one of them builds, the others wait.
lock() {
	mkdir -p "$KANARY_CACHE"
	exec 9>"$KANARY_CACHE/$1.lock"
	flock 9
}

# Package lists may never have been fetched, or be older than the packages on the mirror.
refresh_lists() {
	[ "$(id -u)" -ne 0 ] || apt-get -qq update >&2 ||
		die "apt-get update failed: check the network and /etc/apt/sources.list"
}

# fetch_packages DIR NAME...: download without installing; whatever lies there already is kept.
fetch_packages() {
	local directory=$1 try

	shift
	mkdir -p "$directory"
	for try in 1 2; do
		(cd "$directory" && apt-get -qq -o APT::Sandbox::User=root download "$@" >&2) && return
		[ "$try" -eq 2 ] || refresh_lists
	done
	die "apt-get download $1 failed: check the network and /etc/apt/sources.list"
}

# recipe FILE...: a short hash of the scripts that build a cache entry
recipe() {
	cat "$@" | sha256sum | cut -c1-10
}
