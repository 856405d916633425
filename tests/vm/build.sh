#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Put what the guest needs into a folder:
#
#	[MODULE_BUILD=DIR] build.sh BUILD_DIR OUT_DIR KDIR [MODULE_ARGUMENT...]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=$1 out=$2 kdir=$3
module=${MODULE_BUILD:-$build}
shift 3
flags=(-std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Icommon -Iuser -Itests/unit)

make --no-print-directory -s -j"$(nproc)" user BUILD="$build"
# What the command is made of, for programs that are compiled with the same flags.
common=(common/*.c)
common=("${common[@]/#/$build/user/}")
common=("${common[@]/%.c/.o}")
user=$build/user/user

rm -rf "$out" "$out.tables"
mkdir -p "$out"
make_module() {
	make --no-print-directory -s -j"$(nproc)" module BUILD="$module" KDIR="$kdir" "$@"
}
# First one that says that it speaks another version of the protocol: kmod/netlink.c alone says it.
make_module CFLAGS_kmod/netlink.o=-DKANARY_API_VERSION=99 "$@"
cp "$module/kanary.ko" "$out/kanary-api99.ko"
make_module "$@"
cp "$build"/kanary{,-model} "$module/kanary.ko" tests/vm/*.sh "$out/"

gcc "${flags[@]}" -static -pthread -o "$out/storm" tests/vm/storm.c
gcc "${flags[@]}" -static -o "$out/abi" tests/vm/abi.c
gcc "${flags[@]}" -static -pthread -o "$out/life" tests/vm/life.c
gcc "${flags[@]}" -static -o "$out/model" tests/vm/model.c tests/unit/model_fixture.c "${common[@]}"
gcc "${flags[@]}" -static -o "$out/vectors" tests/vm/vectors.c "$build/user/kanary.a"
gcc "${flags[@]}" -static -pthread -o "$out/paths" tests/vm/paths.c "$build/user/kanary.a"
gcc "${flags[@]}" -static -nostdlib -fno-stack-protector -o "$out/order_calls" tests/vm/order_calls.c
gcc "${flags[@]}" -static -o "$out/order_check" tests/vm/order_check.c \
	"$build/user/kanary.a"
gcc "${flags[@]}" -static -o "$out/hostile" tests/vm/hostile.c tests/vm/hostile_socket.c \
	tests/unit/model_fixture.c "${common[@]}"

mkdir "$out.tables"
tests/fuzz/family.py tables >"$out.tables/netlink_tables.h"
gcc "${flags[@]}" -I"$out.tables" -static -o "$out/netlink_fuzz" tests/vm/netlink_fuzz.c \
	tests/vm/hostile_socket.c "$user"/recording/random_{vector,path}.o "${common[@]}"

# A machine owner, whose key the firmware hands to the kernel, and somebody else
for who in owner stranger; do
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Kanary test $who" \
		-addext basicConstraints=critical,CA:FALSE -addext keyUsage=digitalSignature \
		-keyout "$out/$who.key" -out "$out/$who.pem" 2>/dev/null
done
virt-fw-vars -l error -i /usr/share/OVMF/OVMF_VARS_4M.fd -o "$out.variables" \
	--add-db 8be4df61-93ca-11d2-aa0d-00e098032b8c "$out/owner.pem"
# A kernel that knows no signatures has none to test.
[ ! -e "$kdir/scripts/sign-file" ] || "$kdir/scripts/sign-file" sha256 "$out/owner.key" "$out/owner.pem" "$out/kanary.ko" \
	"$out/kanary-signed.ko"
