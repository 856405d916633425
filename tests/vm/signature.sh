# SPDX-License-Identifier: GPL-2.0
# A locked-down kernel takes signed modules only, and a strict module signed models only:
#
#	firmware   -- the owner's certificate --> kernel's keyring
#	owner      kanary.ko + signature --> insmod;  a model + signature --> load
#	stranger   signs the same with a key of his own             --> refused
#
# Booted by UEFI with lockdown=integrity; at the end it is raised to confidentiality.
. ./library.sh

# sign WHO FILE: detached, as kanary load --help says
sign() {
	openssl cms -sign -binary -noattr -outform DER -signer "$1.pem" -inkey "$1.key" \
		-in "$2" -out "$2.$1"
}

state() {
	kanary status --json | jq -r .signatures
}

mountpoint -q /sys/kernel/security || mount -t securityfs security /sys/kernel/security
grep -q '\[integrity\]' /sys/kernel/security/lockdown ||
	fail "the kernel is not locked down: $(cat /sys/kernel/security/lockdown)"
grep -q 'Kanary test owner' /proc/keys || fail "the owner's key is in no keyring: $(cat /proc/keys)"

# What README.md says of it
! insmod kanary.ko 2>insmod.log || fail "a locked-down kernel took a module that is not signed"
grep -q 'Operation not permitted\|Key was rejected' insmod.log || fail "insmod: $(cat insmod.log)"
dmesg -t | grep 'Lockdown: insmod: unsigned module loading is restricted' ||
	fail "the log does not say why: $(dmesg -t | tail -n 3)"

insmod kanary-signed.ko period=64
isolated worker storm calls 0 &
await 10 contained worker
container=$(identity worker)
model first.model 64 quiet 1
model second.model 64 quiet 2
for file in first second; do
	sign owner $file.model
	sign stranger $file.model
done
head -c 20000 /dev/urandom >long.p7s
head -c 900 /dev/urandom >noise.p7s

# Where it is not required, a signature is checked nevertheless.
[ "$(state)" = optional ] || fail "signatures are $(state)"
load() {
	kanary load "$1" --container "$container" ${2:+--signature "$2"}
}
load first.model
load second.model second.model.owner
refused 1 "signed with a key that the kernel does not trust" load first.model first.model.stranger
refused 1 "not one of this model" load first.model second.model.owner
refused 1 "no detached PKCS#7" load first.model noise.p7s
refused 1 "no signature: 1 to 16384 bytes" load first.model long.p7s
refused 1 "nothing.p7s" load first.model nothing.p7s
printf x | dd of=first.model bs=1 seek=300 conv=notrunc status=none
refused 1 "" load first.model first.model.owner

rmmod kanary
insmod kanary-signed.ko period=64 require_signature=1
[ "$(state)" = required ] || fail "signatures are $(state)"
refused 1 "takes signed models only: kanary load --signature" load second.model
refused 1 "does not trust" load second.model second.model.stranger
! kanary containers --json | jq -e '.containers[] | select(.profile != null)' >/dev/null ||
	fail "a refused model is in force"
load second.model second.model.owner
kanary score second.model --random 20 --kernel "$container" >/dev/null

# The strictest lockdown forbids kprobes to those who trace, not to modules.
rmmod kanary
echo confidentiality >/sys/kernel/security/lockdown
grep -q '\[confidentiality\]' /sys/kernel/security/lockdown || fail "it is not confidential"
insmod kanary-signed.ko period=64 require_signature=1
[ "$(kanary status --json | jq -r '.hook + " " + .self_test')" = "x64_sys_call passed" ] ||
	fail "under confidentiality: $(kanary status | head -n 2)"
load second.model second.model.owner
seen_beyond() {
	[ "$(counter scored)" -gt 0 ]
}
await 10 seen_beyond
balanced
