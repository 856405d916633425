# SPDX-License-Identifier: GPL-2.0
# Whoever switches the hook off is noticed, and so is the end of it:
#
#	calls     ----------------------------------------------->
#	kprobes   on ----- off ----- on --------------------------
#	ftrace    on ----------------------- off ----- on --------
#	state     working | silent | working | silent | working
#	log                *        *         *        *             one line each
#	boot      kanary.disable on the command line: not loaded
. ./library.sh

KPROBES=/sys/kernel/debug/kprobes/enabled
SILENT='kanary: watchdog: the hook is silent'
AGAIN='kanary: watchdog: the hook sees system calls again'

state() {
	[ "$(kanary status --json | jq -r .watchdog)" = "$1" ]
}

# said TEXT: so many lines of the kernel log
said() {
	dmesg -t | grep -cF "$1" || :
}

# tested N: so many more tests
tested() {
	[ "$(counter watchdog_tests)" -ge "$1" ]
}

# disturbed NAME FILE OFF ON: silent while it is off, once in the log, and well again
disturbed() {
	local silent again failures

	silent=$(said "$SILENT") again=$(said "$AGAIN")
	echo "$3" >"$2"
	await 20 state hook-silent
	await 20 tested $(($(counter watchdog_tests) + 3))
	[ "$(said "$SILENT")" -eq $((silent + 1)) ] ||
		fail "$1 off: $(($(said "$SILENT") - silent)) lines in the log: $(dmesg -t | grep watchdog)"
	failures=$(counter watchdog_failures)
	[ "$failures" -ge 3 ] || fail "$1 off: $failures failures are counted"
	echo "$4" >"$2"
	await 20 state working
	[ "$(said "$AGAIN")" -eq $((again + 1)) ] || fail "$1 on again: the log does not say it"
	[ "$(said "$SILENT")" -eq $((silent + 1)) ] || fail "$1 on again: it complained once more"
}

above() {
	[ "$(counter "$1")" -gt "$2" ]
}

insmod kanary.ko watchdog=1 period=64
isolated calls chrt --idle 0 storm calls 0 &
await 20 above watchdog_tests 1
state working || fail "nothing is wrong: $(kanary status)"
[ "$(said 'kanary: watchdog:')" -eq 0 ] || fail "nothing is wrong: $(dmesg -t | grep watchdog)"
disturbed kprobes "$KPROBES" 0 1
disturbed ftrace /proc/sys/kernel/ftrace_enabled 0 1
kanary status | grep -q '^watchdog    working$' || fail "the text does not say it: $(kanary status)"
# What is seen is seen again, too.
await 20 above seen "$(counter seen)"
balanced
rmmod kanary

# Where each call's own function is hooked, it is proven the same way.
insmod kanary.ko hook=handlers watchdog=1 period=64
await 20 above watchdog_tests 1
state working || fail "handlers: $(kanary status)"
disturbed kprobes "$KPROBES" 0 1
rmmod kanary

insmod kanary.ko watchdog=0
state off || fail "watchdog=0: $(kanary status)"
rmmod kanary
! insmod kanary.ko watchdog=9999 2>/dev/null || fail "it was loaded with a watchdog of 9999 s"

# For recovery: modprobe looks for the module's parameters where the boot loader left them.
mkdir -p "/lib/modules/$(uname -r)/updates"
cp kanary.ko "/lib/modules/$(uname -r)/updates/"
depmod
sed 's/$/ kanary.disable/' /proc/cmdline >command_line
mount --bind command_line /proc/cmdline
! modprobe kanary 2>modprobe.said || fail "it was loaded with kanary.disable on the command line"
grep -qi cancel modprobe.said || fail "modprobe said: $(cat modprobe.said)"
dmesg -t | grep -q '^kanary: not loaded: switched off by kanary.disable' ||
	fail "the log does not say why: $(dmesg -t | grep kanary | tail -n 3)"
umount /proc/cmdline
modprobe kanary || fail "it cannot be loaded without kanary.disable"
