# SPDX-License-Identifier: GPL-2.0
# Locked, nobody changes anything any more, and who tries is told of:
#
#	worker   ---- storm, scored ----------------------------------------->
#	root              lock | load, unload, mode, record, rmmod, rmmod -f
#	watch             -----| tamper, tamper, tamper ... ------------------>
#
# This machine keeps the module until its end: no test can follow.
. ./library.sh

in_force() {
	kanary containers --json | jq -e -r --argjson id "$container" \
		'.containers[] | select(.cgroup == $id) | [.profile.model_checksum, .profile.mode] | join(" ")'
}

scores_on() {
	local before

	before=$(counter scored)
	await 10 scored_beyond "$before"
	balanced
}

scored_beyond() {
	[ "$(counter scored)" -gt "$1" ]
}

# told NAME NUMBER: the watcher has heard of so many attempts of a name
told() {
	[ "$(jq -c --arg name "$1" 'select(.event == "tamper" and .attempt == $name)' watch.json |
		wc -l)" -ge "$2" ]
}

insmod kanary.ko period=64
isolated worker storm calls 0 &
await 10 contained worker
container=$(identity worker)
model quiet.model 64 quiet
kanary load quiet.model --container "$container"
force=$(in_force)
[ "$(kanary status --json | jq .locked)" = false ] || fail "locked before anybody locked it"

# Before it is locked, all of this is done as ever
kanary mode "$container" enforce
kanary mode "$container" monitor
kanary watch --json >watch.json 2>watch.log &
await 10 grep -q ready watch.log

refused 1 "not permitted: needs root" setpriv --reuid 65534 --regid 65534 --clear-groups kanary lock
[ "$(kanary status --json | jq .locked)" = false ] || fail "nobody has locked it"
touch /tmp/locked
[ "$(kanary lock --json | jq -c '[.locked, .before]')" = '[true,false]' ] || fail "kanary lock failed"
[ "$(kanary lock --json | jq -c '[.locked, .before]')" = '[true,true]' ] || fail "a second lock failed"
[ "$(kanary status --json | jq .locked)" = true ] || fail "status does not say that it is locked"

refused 1 "load: locked: nothing can be changed" kanary load quiet.model --container "$container"
refused 1 "unload: locked: nothing can be changed" kanary unload --container "$container"
refused 1 "mode: locked: nothing can be changed" kanary mode "$container" learn
refused 1 "locked: nothing can be changed" kanary record -o /tmp/out.rec --all --for 1s
# This one looks first, and does not even try.
! rmmod kanary 2>rmmod.log || fail "the module was unloaded"
grep -q "in use" rmmod.log || fail "rmmod says: $(cat rmmod.log)"
! busybox rmmod kanary 2>rmmod.log || fail "the module was unloaded"
grep -q "unavailable" rmmod.log || fail "busybox rmmod says: $(cat rmmod.log)"
for attempt in load unload mode record rmmod; do
	await 10 told "$attempt" 1
done
[ "$(counter tampers)" -eq 5 ] || fail "5 attempts are $(counter tampers): $(cat watch.json)"
[ "$(dmesg -t | grep -c '^kanary: tamper attempt=')" -eq 5 ] || fail "not 5 lines in the log"
dmesg -t | grep -q '^kanary: tamper attempt=mode pid=[0-9]* comm=kanary: refused' ||
	fail "the log does not say who tried: $(dmesg -t | grep tamper)"

# Other modules come and go as they like
modprobe dummy
rmmod dummy
[ "$(counter tampers)" -eq 5 ] || fail "another module's end counts as an attempt"
[ "$(in_force)" = "$force" ] || fail "in force was '$force', is '$(in_force)'"
scores_on

# Looking is allowed
kanary score quiet.model --random 20 --kernel "$container" >/dev/null
kanary containers >/dev/null

# Debian's kernel unloads by force what is in use. It waits for ever, and we go on.
busybox rmmod -f kanary &
await 10 told "rmmod-force" 1
scores_on
kanary containers --json | jq -e --argjson id "$container" \
	'any(.containers[]; .cgroup == $id)' >/dev/null || fail "no list of containers any more"
[ "$(counter tampers)" -eq 7 ] || fail "7 attempts are $(counter tampers): $(cat watch.json)"
refused 1 "locked: nothing can be changed" kanary unload --container "$container"
scores_on
