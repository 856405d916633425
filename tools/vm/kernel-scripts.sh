#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unpack what the kernel's developers check its source with, from Debian's linux-source, into the cache.
#
#	tools/vm/kernel-scripts.sh
#
# Prints the folder: coccinelle/, checkpatch.pl and what they read. Progress goes to stderr. A
# cached one is used without any network.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"

PACKAGE=linux-source-6.1
SCRIPTS=(scripts/coccinelle scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch)

version_of() {
	apt-cache show --no-all-versions "$PACKAGE" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1
}

version=$(version_of)
if [ -z "$version" ]; then
	refresh_lists
	version=$(version_of)
fi
[ -n "$version" ] || die "apt knows no package $PACKAGE: run apt-get update on a Debian 12"
final=$KANARY_CACHE/scripts/${version}_$(recipe "$0" "$here/common.sh")

lock scripts
if [ ! -e "$final/done" ]; then
	echo "kernel-scripts: fetching $PACKAGE $version" >&2
	rm -rf "$final" "$final.new"
	mkdir -p "$final.new/debs"
	fetch_packages "$final.new/debs" "$PACKAGE"
	# tar ends as soon as it has them all, and what still sends to it is no failure.
	dpkg-deb --fsys-tarfile "$final.new"/debs/*.deb |
		tar -xO --wildcards './usr/src/linux-source-*.tar.xz' | xz -dc -T0 |
		tar -x --strip-components=2 --wildcards -C "$final.new" "${SCRIPTS[@]/#/*/}" || :
	for script in "${SCRIPTS[@]}"; do
		[ -e "$final.new/${script#scripts/}" ] || die "$PACKAGE has no $script"
	done
	rm -rf "$final.new/debs"
	touch "$final.new/done"
	mv "$final.new" "$final"
fi
echo "$final"
