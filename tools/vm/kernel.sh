#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unpack a stock Debian kernel with its headers into the cache; nothing is installed.
#
#	tools/vm/kernel.sh [[SUITE/]PACKAGE|kasan|lockdep|kcsan]
#
# PACKAGE is a linux-image package or one that stands for the newest of its kind. With a
# SUITE (bullseye, bookworm-backports ...) it comes from there, and headers of another
# Debian than this one bring that Debian's compiler with them. Without an argument: the
# kernel that linux-image-cloud-amd64 stands for today. Each of the last three is built:
# see debug-kernel.sh. Prints lines for eval:
#
#	RELEASE=6.1.0-NN-cloud-amd64
#	KERNEL_DIR=...	/boot and /lib/modules of the kernel
#	VMLINUZ=...
#	KDIR=...	for make module KDIR=...
#	BUILDER=...	words before that make, or empty
#
# Progress goes to stderr. A cached kernel is used without any network.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"

[ ! -e "$here/debug/${1:-none}.config" ] || exec "$here/debug-kernel.sh" "$1"

# What a build needs beside the headers and what those depend on.
TOOLS=(bash dash coreutils sed grep mawk findutils make gcc libelf1 perl-base diffutils)

depends() {
	apt-cache "${APT[@]}" depends --no-recommends --no-suggests "$1" 2>/dev/null |
		sed -n 's/^ *Depends: \(.*\)$/\1/p'
}

# newest PACKAGE: the one that it stands for, or itself
newest() {
	local found

	found=$(depends "$1" | grep -m 1 '^linux-image-[0-9]') || :
	[ -z "$found" ] && [[ $1 =~ ^linux-image-[0-9] ]] && found=$1
	echo "$found"
}

version_of() {
	apt-cache "${APT[@]}" show "$1" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1
}

# The image, and where it is in several packages, all of them.
image_packages() {
	echo "$1"
	depends "$1" | grep -E "^linux-(binary|modules|base)-[0-9]" || :
}

# header_packages IMAGE: the headers and what they depend on from the same source
header_packages() {
	echo "$headers"
	depends "$headers" | grep '^linux-' || :
}

# unpack DEBS ROOT: some Debians have /lib in /usr, some beside it
unpack() {
	local deb directory

	mkdir -p "$2"/usr/{bin,sbin,lib,lib64,lib32,libx32}
	for directory in bin sbin lib lib64 lib32 libx32; do
		ln -sfn "usr/$directory" "$2/$directory"
	done
	for deb in "$1"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$2" \
			--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
			--exclude='./usr/share/locale/*'
	done
}

# The headers name each other by /usr/src; here they lie elsewhere.
relocate() {
	local root=$1 final=$2 file

	for file in "$root"/usr/src/linux-headers-*/Makefile; do
		sed -i "s|^\(include *\)/usr/src/|\1$final/usr/src/|" "$file"
	done
	ln -sfn "$final/usr/src/$headers" "$root/lib/modules/$release/build"
	ln -sfn "$(echo "$final/usr/src/${headers%%"-${release#*-*-}"}"*-common*)" \
		"$root/lib/modules/$release/source"
}

# make_tree DIR: the headers, the compiler they want and a shell, as that Debian has them
make_tree() {
	# For the type information of modules, where the Debian has it.
	[ -z "$(version_of pahole)" ] || TOOLS+=(pahole)
	mkdir -p "$1.debs/partial"
	apt-get -qq -y "${APT[@]}" -o APT::Install-Recommends=0 -o "Dir::Cache::archives=$1.debs/" \
		--download-only install "${TOOLS[@]}" "$headers" >&2 ||
		die "download of the headers failed: check the network"
	unpack "$1.debs" "$1"
	rm -rf "$1.debs"
	mkdir -p "$1"/{proc,dev,tmp}
	ln -sf mawk "$1/usr/bin/awk"
}

package=${1:-linux-image-cloud-amd64} suite=
lock kernel
if [[ $package == */* ]]; then
	suite=${package%%/*} package=${package#*/}
	apt_suite "$suite"
fi
image=$(newest "$package")
if [ -z "$image" ]; then
	refresh_lists
	image=$(newest "$package")
fi
[ -n "$image" ] || die "apt knows no $package${suite:+ in $suite}: run apt-get update on a Debian 12"
version=$(version_of "$image")
[ -n "$version" ] || die "apt knows no package $image: see apt-cache search linux-image"
release=${image#linux-image-}
headers=linux-headers-${release/-unsigned/}
native=true
[ -z "$suite" ] || [ "${suite%%-*}" = "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" ] ||
	native=false
final=$KANARY_CACHE/kernels/${release}_${version//[^A-Za-z0-9.+-]/_}_$(recipe "$0" "$here/common.sh")

if [ ! -e "$final/done" ]; then
	echo "kernel: fetching $image $version" >&2
	rm -rf "$final" "$final.new"
	# shellcheck disable=SC2046
	fetch_packages "$final.new/debs" $(image_packages "$image") \
		$(! $native || header_packages)
	unpack "$final.new/debs" "$final.new"
	rm -rf "$final.new/debs"
	if $native; then
		relocate "$final.new" "$final"
	else
		make_tree "$final.new/tree"
	fi
	mkdir -p "$final.new/boot"
	[ -e "$final.new/boot/vmlinuz-$release" ] ||
		ln -s "../usr/lib/modules/$release/vmlinuz" "$final.new/boot/vmlinuz-$release"
	depmod -b "$final.new" "$release"
	touch "$final.new/done"
	mv "$final.new" "$final"
fi

echo "RELEASE='$release'"
echo "KERNEL_DIR='$final'"
echo "VMLINUZ='$final/boot/vmlinuz-$release'"
if $native; then
	echo "KDIR='$final/usr/src/$headers'"
	echo "BUILDER=''"
else
	echo "KDIR='/usr/src/$headers'"
	echo "BUILDER='$here/inside.sh $final/tree'"
fi
