#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An interactive shell whose terminal is somebody else's socket on loopback.
exec bash -i >"/dev/tcp/127.0.0.1/$1" 2>&1 0>&1
