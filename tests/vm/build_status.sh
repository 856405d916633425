#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build status, which tells the scripts the counters: build_status.sh BUILD_DIR FILE
#
# Of what `make user` left in BUILD_DIR.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
common=(common/*.c)
common=("${common[@]/#/$1/user/}")
# shellcheck disable=SC2046
gcc -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Icommon -Iuser \
	$(pkg-config --cflags libnl-genl-3.0 jansson) -o "$2" tests/vm/status.c \
	"$1"/user/user/{status,netlink,protocol,arguments,message,json_output}.o \
	"${common[@]/%.c/.o}" \
	$(pkg-config --libs libnl-genl-3.0 jansson) -lm
