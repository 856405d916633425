#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Prints common/syscall_table.c from the installed kernel headers, and from the
# list below of what is newer than they are:
#
#	tools/syscall-table.sh > common/syscall_table.c
set -eu

BANK=480
HEADERS=$(dirname "$(echo '#include <asm/unistd_64.h>' | ${CC:-gcc} -E - |
	sed -n 's/^# [0-9]* "\(.*unistd_64\.h\)".*/\1/p' | head -n 1)")

# The same numbers in both ABIs.
newer() {
	cat <<-END
	451 cachestat
	452 fchmodat2
	453 map_shadow_stack
	454 futex_wake
	455 futex_wait
	456 futex_requeue
	457 statmount
	458 listmount
	459 lsm_get_self_attr
	460 lsm_set_self_attr
	461 lsm_list_modules
	462 mseal
	463 setxattrat
	464 getxattrat
	465 listxattrat
	466 removexattrat
	467 open_tree_attr
	468 file_getattr
	469 file_setattr
	END
}

# Operations of io_uring that the headers may be too old for, in their order.
OPERATIONS="read_multishot waitid futex_wait futex_wake futex_waitv fixed_fd_install ftruncate bind
	listen recv_zc epoll_wait readv_fixed writev_fixed pipe nop128 uring_cmd128"

io_uring() {
	printf '\nconst char *const kanary_syscall_table_io_uring[KANARY_IO_URING_BINS] = {\n'
	{
		sed -n 's/^\tIORING_OP_\([A-Z0-9_]*\),.*/\1/p' "$HEADERS/../../linux/io_uring.h" |
			tr '[:upper:]' '[:lower:]' | grep -v '^last$'
		printf '%s\n' $OPERATIONS
	} | awk '!seen[$0]++ { printf "\t[%d] = \"io_uring:%s\",\n", n++, $0 }'
	printf '};\n'
}

# table NAME PREFIX HEADER
table() {
	printf '\nconst char *const kanary_syscall_table_%s[KANARY_BINS_BANK] = {\n' "$1"
	{
		sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/\2 \1/p' "$3"
		newer
	} | sort -n -s -u -k 1,1 | awk -v prefix="$2" -v bank="$BANK" \
		'$1 < bank { printf "\t[%d] = \"%s%s\",\n", $1, prefix, $2 }'
	printf '};\n'
}

printf '/* SPDX-License-Identifier: GPL-2.0 */\n/* Made by tools/syscall-table.sh. */\n'
printf '#include "syscall_table.h"\n'
table native "" "$HEADERS/unistd_64.h"
table compat "i386:" "$HEADERS/unistd_32.h"
io_uring
