# SPDX-License-Identifier: GPL-2.0
# What becomes of models is in the log, with whose they are and who did it:
#
#	my web  load ---- load ---- mode, mode ---- unload     a line each, by pid and comm
#	shop    load ---- alert ---- exit, rmdir               gone, after its last verdict: a line
#	shadow  cat /etc/shadow, a tree of unknown files       the file is named first, not the loader's
#	none    load                                           refused: there is no such cgroup
#	rmmod                                                  how many models went with it
. ./library.sh

log() {
	dmesg -t | sed -n 's/^kanary: //p'
}

# says REGEXP: a whole line of the log
says() {
	log | grep -qxE "$1" || fail "not in the log: $1: $(log | tail -n 8)"
}

# profile CGROUP: what the list says of its model
profile() {
	kanary containers --json | jq -c --argjson id "$1" '.containers[] | select(.cgroup == $id) | .profile'
}

spoken() {
	log | grep -q "$1"
}

insmod kanary.ko period=64 paths=1 queue_length=4096
says 'version [0-9.]+ watches through x64_sys_call \(self-test passed\), period=64 scope=containers paths=[1-9][0-9]+'
mkdir "$CGROUPS/my web"
web=$(identity "my web")
whose="container=my.x20web cgroup=$web profile=fixture-1"
who="pid=[0-9]+ comm=kanary"
model first.model 64 quiet
model second.model 64 quiet 2
kanary load first.model --container "$web"
says "load $whose mode=monitor checksum=[0-9a-f]{8} $who"
kanary mode "$web" enforce
says "mode $whose mode=enforce before=monitor $who"
kanary load second.model --container "$web"
says "load $whose mode=enforce checksum=[0-9a-f]{8} before=fixture-1 $who"
# Who may do it names itself as it likes.
cp "$(command -v kanary)" $'/tmp/x\nforged=1'
$'/tmp/x\nforged=1' unload --container "$web"
says "unload $whose mode=enforce scored=0 alerts=0 pid=[0-9]+ comm=x.x0aforged.x3d1"

# An administrator is never throttled.
kanary load first.model --container "$web"
for _ in $(seq 6); do
	kanary mode "$web" learn
	kanary mode "$web" monitor
done
[ "$(log | grep -c "^mode $whose ")" -eq 13 ] || fail "13 changes of the mode are not 13 lines: $(log | grep ^mode)"

mkdir "$CGROUPS/shop"
shop=$(identity shop)
model alarm.model 64 alarm
kanary load alarm.model --container "$shop"
isolated shop storm calls 640
rmdir "$CGROUPS/shop"
await 10 spoken "cgroup=$shop .* is gone"
said=$(log | grep "is gone")
[[ $said =~ ^"container=shop cgroup=$shop profile=fixture-1 is gone: its model watches nobody (scored="([0-9]+)" alerts="([0-9]+)\)$ ]] ||
	fail "what has gone: $said"
[ "${BASH_REMATCH[1]}" -ge 10 ] && [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ] ||
	fail "not all vectors were judged before: $said"
[ "$(log | grep -n "^alert container=shop\|is gone" | tail -n 1)" = "$(log | grep -n "is gone")" ] ||
	fail "an alert came after it was gone: $(log | tail -n 4)"
[ "$(counter containers_gone)" = 1 ] || fail "$(counter containers_gone) have gone"
[ -n "$(profile "$shop")" ] || fail "its model is not listed: $(kanary containers)"
[ "$(profile "$web" | jq .mode)" = '"monitor"' ] || fail "the other one's model: $(profile "$web")"
refused 1 "load: there is no such cgroup" kanary load alarm.model --container "$shop"
kanary unload --container "$shop"

# A model that has never seen a program begin: all that its loader uses is news, too.
mkdir "$CGROUPS/shadow"
shadow=$(identity shadow)
model names.model 64 alarm 1 16 0 0 2000
kanary load names.model --container "$shadow"
# named FILE COMMAND...: the first path of an alert of it
named() {
	local paths file=$1

	shift
	# A program that reads its locale has more paths of its own.
	LC_ALL=C isolated shadow "$@" >/dev/null 2>&1 || :
	await 10 judged "$(counter seen)"
	paths=$(log | grep "^alert container=shadow .* comm=${1##*/} .* paths=" | tail -n 1 | sed 's/.* paths=//')
	[[ $paths == "$file" || $paths == "$file,"* ]] || fail "$*: $file is not the first of '$paths': $(log | tail -n 4)"
}
named /etc/shadow /usr/bin/cat /etc/shadow
named /root/.ssh/id_rsa /usr/bin/head -n 1 /root/.ssh/id_rsa
named /etc/gshadow /usr/bin/wc /etc/gshadow
log | grep -q '^alert container=shadow .* paths=/etc/shadow.*,/[a-z0-9/_-]*lib' ||
	echo "the loader's paths are not told at all"

alerts=$(counter alerts)
rmmod kanary
says "unloaded: 2 models were in force, $alerts alerts were raised"
