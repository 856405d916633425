#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build status, which tells the scripts the counters: build_status.sh FILE
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
# shellcheck disable=SC2046
gcc -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Icommon -Iuser \
	$(pkg-config --cflags libnl-genl-3.0 jansson) -o "$1" tests/vm/status.c \
	user/{status,netlink,protocol,arguments,message,json_output}.c common/*.c \
	$(pkg-config --libs libnl-genl-3.0 jansson) -lm
