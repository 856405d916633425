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

# Words for apt-get and apt-cache: none for this machine's own Debian, see apt_suite.
APT=()

# mirror_of SUITE: where this machine gets it from
mirror_of() {
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
		awk -v suite="$1" '$2 == suite { print $1; exit }'
}

# apt_suite SUITE: from here on, packages of another Debian from this machine's mirror; what
# apt knows of it is kept in the cache. SUITE may be CODENAME or CODENAME-backports.
apt_suite() {
	local suite=$1 base=${1%%-*} state=$KANARY_CACHE/apt/$1 own mirror security

	own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	mirror=$(mirror_of "$own")
	if [ -z "$mirror" ]; then
		refresh_lists
		mirror=$(mirror_of "$own")
	fi
	security=$(mirror_of "$own-security")
	[ -n "$mirror" ] || die "apt's sources name no mirror of $own: see /etc/apt/sources.list"
	mkdir -p "$state"/lists/partial
	{
		echo "deb $mirror $base main"
		[ "$suite" = "$base" ] || echo "deb $mirror $suite main"
		[ -z "$security" ] || echo "deb $security $base-security main"
	} >"$state/sources.list"
	: >"$state/status"
	APT=(-o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=-
		-o "Dir::State=$state" -o "Dir::State::status=$state/status"
		-o "Dir::Cache=$state" -o APT::Sandbox::User=root)
	[ "$suite" = "$base" ] || APT+=(-o "APT::Default-Release=$suite")
}

# Package lists may never have been fetched, or be older than the packages on the mirror.
refresh_lists() {
	[ ${#APT[@]} -eq 0 ] && [ "$(id -u)" -ne 0 ] || apt-get -qq "${APT[@]}" update >&2 ||
		die "apt-get update failed: check the network and /etc/apt/sources.list"
}

# fetch_packages DIR NAME...: download without installing; whatever lies there already is kept.
fetch_packages() {
	local directory=$1 try

	shift
	mkdir -p "$directory"
	for try in 1 2; do
		(cd "$directory" && apt-get -qq -o APT::Sandbox::User=root "${APT[@]}" download "$@" >&2) &&
			return
		[ "$try" -eq 2 ] || refresh_lists
	done
	die "apt-get download $1 failed: check the network and /etc/apt/sources.list"
}

# recipe FILE...: a short hash of the scripts that build a cache entry
recipe() {
	cat "$@" | sha256sum | cut -c1-10
}
