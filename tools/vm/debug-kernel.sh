#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build a kernel that finds faults, from Debian's linux-source-6.1, into the cache.
#
#	tools/vm/debug-kernel.sh kasan|lockdep|kcsan
#
# kasan	memory: KASAN, kmemleak, UBSAN, poisoned pages, checked lists, fault injection
# lockdep	locks and RCU proved, no sleep in atomic context, life of objects
# kcsan	data races
#
# Minimal: all of debug/common.config, one other file of that folder, and nothing else.
# Prints the same lines for eval as kernel.sh, and APPEND for its command line. Progress goes to stderr. A cached kernel
# is used without any network.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"

PACKAGE=linux-source-6.1
# Of each source file that no such kernel is built from.
LEFT_OUT=(--exclude='*/Documentation/*/*' --exclude='*/drivers/gpu/drm/amd/include'
	--exclude='*/tools/testing/*' --exclude='*/tools/perf/*')

flavour=${1:-}
[ -n "$flavour" ] && [ -e "$here/debug/$flavour.config" ] && [ "$flavour" != common ] ||
	{ echo "usage: debug-kernel.sh kasan|lockdep|kcsan" >&2; exit 2; }

version=$(apt-cache show --no-all-versions $PACKAGE 2>/dev/null | sed -n 's/^Version: //p' | head -n 1)
if [ -z "$version" ]; then
	refresh_lists
	version=$(apt-cache show --no-all-versions $PACKAGE | sed -n 's/^Version: //p' | head -n 1)
fi
[ -n "$version" ] || die "apt knows no package $PACKAGE: run apt-get update on a Debian 12"
# The kernel's own build, with all of a command's output shown only when it fails.
kernel_make() {
	make -C "$source" O="$final/build" ARCH=x86_64 -s "$@" >"$final/log" 2>&1 || {
		grep -m 5 -E 'error|Error|\*\*\*' "$final/log" >&2 || tail -n 20 "$final/log" >&2
		die "debug-kernel.sh: $flavour does not build: see $final/log"
	}
}

unpack_source() {
	local work=$source.new

	echo "kernel: fetching $PACKAGE $version" >&2
	rm -rf "$work"
	mkdir -p "$work/debs" "$work/tree"
	fetch_packages "$work/debs" "$PACKAGE"
	dpkg-deb --fsys-tarfile "$work"/debs/*.deb |
		tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
		xz -dc -T0 | tar -x --strip-components=1 "${LEFT_OUT[@]}" -C "$work/tree"
	# As in mainline since 6.2: with frame pointers the filter works on x86-64, too.
	sed -i '/^config FAULT_INJECTION_STACKTRACE_FILTER/,/help/{ /depends on !X86_64/d }' \
		"$work/tree/lib/Kconfig.debug"
	touch "$work/tree/.kanary-done"
	mv "$work/tree" "$source"
	rm -rf "$work"
}

# A line that kconfig did not take would be a check that is silently missing.
check_config() {
	local line name

	while read -r line; do
		case $line in
		CONFIG_*=n) name=${line%=n}; ! grep -q "^$name=" "$final/build/.config" || die "debug-kernel.sh: $name stays set" ;;
		CONFIG_*) grep -qxF "$line" "$final/build/.config" || die "debug-kernel.sh: kconfig does not take $line" ;;
		esac
	done <"$final/wanted"
}

build() {
	local begin=$SECONDS

	echo "kernel: building $flavour of $PACKAGE $version, some minutes" >&2
	# One that was interrupted goes on where it was.
	mkdir -p "$final/build" "$final/boot"
	cat "$here/debug/common.config" "$here/debug/$flavour.config" >"$final/wanted"
	kernel_make allnoconfig KCONFIG_ALLCONFIG="$final/wanted"
	check_config
	# Races are looked for between the module's own accesses; the kernel's would only be slow.
	kernel_make -j"$(nproc)" bzImage modules $([ "$flavour" != kcsan ] || echo KCSAN_SANITIZE=n)
	cp "$final/build/arch/x86/boot/bzImage" "$final/boot/vmlinuz-$(release "$final")"
	kernel_make INSTALL_MOD_PATH="$final" modules_install
	rm -f "$final"/lib/modules/*/{build,source}
	# A module is built against headers, symbols and scripts.
	find "$final/build" -name scripts -prune -o -name tools -prune -o \
		\( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o -name vmlinux -o -name 'bzImage' \) \
		-type f -print | xargs rm -f
	touch "$final/done"
	echo "kernel: built $flavour in $((SECONDS - begin)) s" >&2
}

release() {
	cat "$1/build/include/config/kernel.release"
}

source=$KANARY_CACHE/debug/source_${version}_$(recipe <(declare -p LEFT_OUT; declare -f unpack_source))
key=$(recipe <(echo "$source"; declare -f build kernel_make) \
	"$here/debug/common.config" "$here/debug/$flavour.config")
final=$KANARY_CACHE/debug/${flavour}_${version}_$key

# They differ in options only, not in modules: one image serves all that have the same.
share_modules() {
	local tree=$KANARY_CACHE/debug/modules_$(cd "$final" && find lib -type f | sort |
		xargs sha256sum | sha256sum | cut -c1-10)

	lock debug-modules
	mkdir -p "$tree"
	cp -rn "$final/lib" "$tree/"
	echo "$tree"
}

# One that is built must not keep another from being used.
lock "debug-$flavour"
if [ ! -e "$final/done" ]; then
	(lock debug-source && { [ -e "$source/.kanary-done" ] || unpack_source; })
	build
fi

echo "RELEASE='$(release "$final")'"
echo "KERNEL_DIR='$(share_modules)'"
echo "VMLINUZ='$final/boot/vmlinuz-$(release "$final")'"
echo "KDIR='$final/build'"
echo "BUILDER=''"
# A machine that runs other things, too, is no soft lockup and no stall.
echo "APPEND='nokaslr page_poison=1 watchdog_thresh=30 rcupdate.rcu_cpu_stall_timeout=100'"
