#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unpack a stock Debian kernel with its headers into the cache; nothing is installed.
#
#	tools/vm/kernel.sh [linux-image-PACKAGE]
#
# Without an argument: the kernel that linux-image-cloud-amd64 stands for today.
# Prints lines for eval:
#
#	RELEASE=6.1.0-NN-cloud-amd64
#	KERNEL_DIR=...	/boot and /lib/modules of the kernel
#	VMLINUZ=...
#	KDIR=...	for make module KDIR=...
#
# Progress goes to stderr. A cached kernel is used without any network.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"

newest() {
	apt-cache depends --no-recommends --no-suggests linux-image-cloud-amd64 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1
}

version_of() {
	apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1
}

# The headers name each other by /usr/src; here they lie elsewhere.
relocate() {
	local root=$1 final=$2 file

	for file in "$root"/usr/src/linux-headers-*/Makefile; do
		sed -i "s|^\(include *\)/usr/src/|\1$final/usr/src/|" "$file"
	done
	ln -sfn "$final/usr/src/linux-headers-$release" "$root/lib/modules/$release/build"
	ln -sfn "$final/usr/src/linux-headers-${release%-cloud-amd64}-common" \
		"$root/lib/modules/$release/source"
}

# header_packages IMAGE: the headers and what they depend on from the same source
header_packages() {
	local headers=${1/linux-image-/linux-headers-}

	echo "${headers/-unsigned/}"
	apt-cache depends --no-recommends --no-suggests "${headers/-unsigned/}" |
		sed -n 's/^ *Depends: \(linux-.*\)$/\1/p'
}

image=${1:-$(newest)}
if [ -z "$image" ]; then
	refresh_lists
	image=$(newest)
fi
[ -n "$image" ] || die "apt knows no linux-image-cloud-amd64: run apt-get update on a Debian 12"
version=$(version_of "$image")
[ -n "$version" ] || die "apt knows no package $image: see apt-cache search linux-image"
release=${image#linux-image-}
final=$KANARY_CACHE/kernels/${release}_${version//[^A-Za-z0-9.+-]/_}_$(recipe "$0" "$here/common.sh")

lock kernel
if [ ! -e "$final/done" ]; then
	echo "kernel: fetching $image $version" >&2
	rm -rf "$final" "$final.new"
	mkdir -p "$final.new/debs"
	# shellcheck disable=SC2046
	fetch_packages "$final.new/debs" "$image" $(header_packages "$image")
	for deb in "$final.new"/debs/*.deb; do
		dpkg-deb -x "$deb" "$final.new"
	done
	rm -rf "$final.new/debs"
	relocate "$final.new" "$final"
	depmod -b "$final.new" "$release"
	touch "$final.new/done"
	mv "$final.new" "$final"
fi

echo "RELEASE='$release'"
echo "KERNEL_DIR='$final'"
echo "VMLINUZ='$final/boot/vmlinuz-$release'"
echo "KDIR='$final/usr/src/linux-headers-$release'"
