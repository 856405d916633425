#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build the guest's root image and initramfs in the cache, for a kernel of kernel.sh.
#
#	tools/vm/image.sh KERNEL_DIR RELEASE
#
# The image is a small Debian userland: packages are unpacked, not installed (no
# maintainer script runs), so that neither root nor a chroot is needed. Prints
# for eval: ROOT=...ext4 and INITRAMFS=...
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"

[ $# -eq 2 ] || { echo "usage: image.sh KERNEL_DIR RELEASE" >&2; exit 2; }
kernel=$1 release=$2

PACKAGES=(usr-is-merged base-files bash coreutils dash grep sed mawk findutils tar gzip
	util-linux mount procps iproute2 kmod libc-bin jq curl openssl netcat-openbsd
	crun redis-server redis-tools nginx-light libnginx-mod-http-lua apache2-utils
	postgresql-15 python3
	libnl-3-200 libnl-genl-3-200 libgsl27 libopenblas0-pthread libjansson4 libarchive13
	libasan8 libubsan1)

# apt_empty DIR ARGS...: apt's solver against an empty system, so that the closure is complete
apt_empty() {
	local directory=$1

	shift
	: >"$directory/status"
	apt-get -qq -y -o Dir::State::status="$directory/status" -o APT::Sandbox::User=root \
		-o Dir::Cache::archives="$directory/archives/" -o APT::Install-Recommends=0 "$@"
}

resolve() {
	apt_empty "$1" --print-uris install "${PACKAGES[@]}" 2>"$1/error" |
		awk '{ print $2 }' | sort
}

unpack() {
	local root=$1 deb

	mkdir -p "$root"/usr/{bin,sbin,lib,lib64,lib32,libx32}
	for directory in bin sbin lib lib64; do
		ln -s "usr/$directory" "$root/$directory"
	done
	for deb in "$work"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$root" \
			--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
			--exclude='./usr/share/locale/*' --exclude='./usr/share/perl*' \
			--exclude='./usr/lib/x86_64-linux-gnu/perl*'
	done
}

# What maintainer scripts would have done, as far as the guest needs it.
configure() {
	local root=$1 library=usr/lib/x86_64-linux-gnu

	cat >"$root/etc/passwd" <<-END
	root:x:0:0:root:/root:/bin/bash
	www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
	redis:x:100:101:redis:/var/lib/redis:/usr/sbin/nologin
	postgres:x:102:103:postgres:/var/lib/postgresql:/bin/bash
	nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
	END
	printf '%s\n' root:x:0: www-data:x:33: redis:x:101: postgres:x:103: nogroup:x:65534: >"$root/etc/group"
	printf '%s\n' 'root:$6$kanary$notarealhash:19000:0:99999:7:::' \
		'redis:!:19000::::::' >"$root/etc/shadow"
	printf '127.0.0.1 localhost kanary\n' >"$root/etc/hosts"
	echo kanary >"$root/etc/hostname"
	: >"$root/etc/fstab"
	mkdir -p "$root"/{dev,proc,sys,run,tmp,root,out,files,var/log/nginx,var/lib/redis}
	mkdir -p "$root"/{var/lib/nginx,var/cache/ldconfig,etc/nginx/modules-enabled}
	chmod 1777 "$root/tmp"
	ln -sf mawk "$root/usr/bin/awk"
	ln -sf nc.openbsd "$root/usr/bin/nc"
	ln -sf ../run "$root/var/run"
	for file in "$root/$library"/openblas-pthread/*.so.*; do
		ln -sf "openblas-pthread/${file##*/}" "$root/$library/${file##*/}"
	done
	# Lua needs the development kit, which therefore goes first, as Debian numbers them.
	ln -sf /usr/share/nginx/modules-available/mod-http-ndk.conf \
		"$root/etc/nginx/modules-enabled/10-mod-http-ndk.conf"
	ln -sf /usr/share/nginx/modules-available/mod-http-lua.conf \
		"$root/etc/nginx/modules-enabled/50-mod-http-lua.conf"
	# psql without Debian's wrapper, which is Perl.
	for file in "$root"/usr/lib/postgresql/*/bin/*; do
		ln -sf "../lib/postgresql/${file#*/usr/lib/postgresql/}" "$root/usr/bin/${file##*/}"
	done
	ldconfig -r "$root"
}

build_root() {
	local root=$work/root

	unpack "$root"
	configure "$root"
	cp -a "$kernel/lib/modules" "$root/usr/lib/"
	rm -f "$root/usr/lib/modules/$release"/{build,source}
	install -m 755 /bin/busybox "$root/usr/bin/busybox"
	install -m 755 "$here/guest-init" "$root/usr/sbin/guest-init"
	truncate -s 3G "$work/root.ext4"
	mke2fs -q -t ext4 -O ^has_journal -m 0 -E root_owner=0:0 -d "$root" "$work/root.ext4"
	rm -rf "$root"
}

build_initramfs() {
	local root=$work/initramfs module

	mkdir -p "$root"/{bin,dev,proc,sys,root,lib/modules}
	install -m 755 /bin/busybox "$root/bin/busybox"
	for module in virtio_pci virtio_blk ext4; do
		modprobe -d "$kernel" -S "$release" --show-depends "$module" |
			awk '$1 == "insmod" { print $2 }'
	done | awk '!seen[$0]++' >"$work/order"
	: >"$root/modules"
	while read -r module; do
		cp "$module" "$root/lib/modules/"
		echo "/lib/modules/${module##*/}" >>"$root/modules"
	done <"$work/order"
	cat >"$root/init" <<-'END'
	#!/bin/busybox sh
	/bin/busybox mount -t devtmpfs dev /dev
	while read -r module; do
		/bin/busybox insmod "$module"
	done </modules
	until [ -b /dev/vda ]; do
		/bin/busybox usleep 10000
	done
	/bin/busybox mount -t ext4 /dev/vda /root
	/bin/busybox umount /dev
	exec /bin/busybox switch_root /root /usr/sbin/guest-init
	END
	chmod 755 "$root/init"
	(cd "$root" && find . | cpio --quiet -R 0:0 -o -H newc) | gzip -1 >"$work/initramfs.cpio.gz"
}

lock image
work=$(mktemp -d "$KANARY_CACHE/image.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/archives/partial"
list=$(resolve "$work") || list=
if [ -z "$list" ]; then
	refresh_lists
	list=$(resolve "$work") || die "apt cannot find the guest's packages: $(head -n 1 "$work/error")"
fi
key=$(cat "$0" "$here/common.sh" "$here/guest-init" - <<<"$kernel $list" | sha256sum | cut -c1-16)
final=$KANARY_CACHE/images/$key

if [ ! -e "$final/root.ext4" ]; then
	echo "image: fetching $(wc -l <<<"$list") packages for the guest" >&2
	apt_empty "$work" --download-only install "${PACKAGES[@]}" >&2 ||
		die "download of the guest's packages failed: check the network, run apt-get update"
	echo "image: building" >&2
	build_root
	build_initramfs
	mkdir -p "$KANARY_CACHE/images"
	rm -rf "$final"
	mkdir "$final"
	mv "$work/initramfs.cpio.gz" "$final/"
	mv "$work/root.ext4" "$final/root.ext4"
fi
# Each change of a package makes a new image; those that nobody used for a week go.
touch "$final"
find "$KANARY_CACHE/images" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} +

echo "ROOT='$final/root.ext4'"
echo "INITRAMFS='$final/initramfs.cpio.gz'"
