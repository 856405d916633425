# SPDX-License-Identifier: GPL-2.0
# Nothing that is sent, and nobody who sends it, stops what works:
#
#	root     wrong attributes, wrong models, random messages --> an error, a sentence
#	nobody, root of a user namespace, root of a container with all
#	         capabilities, in a user namespace or with a
#	         network of its own, root of a network namespace --> refused
#	worker   ---- storm, scored by the model, all along ----
. ./library.sh

# What the kernel holds of the container's model
in_force() {
	kanary containers --json | jq -e -r --argjson id "$container" \
		'.containers[] | select(.cgroup == $id) | [.profile.model_checksum, .profile.mode] | join(" ")'
}

above() {
	[ "$(counter "$1")" -gt "$2" ]
}

works() {
	[ "$(in_force)" = "$force" ] || fail "$1: in force was '$force', is '$(in_force)'"
	await 10 above scored "$(counter scored)"
	balanced
}

refused 1 "the kanary module is not loaded: modprobe kanary" kanary status
refused 1 "the kanary module is not loaded" kanary watch
refused 2 "is no command" kanary frobnicate

# A module that speaks another language.
insmod kanary-api99.ko
refused 1 "the module speaks API 99, this kanary speaks" kanary status
rmmod kanary

for wrong in period=15 period=32769 max_tasks=1 queue_length=100 scope=everything hook=line; do
	! insmod kanary.ko "$wrong" 2>/dev/null || fail "insmod took $wrong"
	dmesg -t | tail -n 1 | grep -q "^kanary: ${wrong%=*}" ||
		fail "$wrong was refused without saying why: $(dmesg -t | tail -n 1)"
done

insmod kanary.ko period=64
yielding worker storm calls 0 &
await 10 above seen 0
container=$(identity worker)
# with names, for paths to be judged
model quiet.model 64 quiet 1 16 0 0 2000
kanary load quiet.model --container "$container"
force=$(in_force)
hostile messages "$container" quiet.model || fail "see above"
works "after wrong messages"
for seed in 1 2 3; do
	hostile fuzz "$container" 3000 "$seed" || fail "random messages with seed $seed"
done
works "after random messages"

# The same through the front door
head -c 5000 quiet.model >cut.model
refused 1 "cut off" kanary load cut.model --container "$container"
refused 1 "" kanary load nothing.model --container "$container"
model other.model 128 quiet
refused 1 "is of 128 calls a vector, the module counts 64" kanary load other.model --container "$container"
refused 1 "" kanary load quiet.model --container no-such-container
refused 1 "" kanary unload --container 1
refused 2 "" kanary mode "$container" kill
refused 1 "" kanary mode 1 learn
works "after wrong commands"

# Everyone but root on the host
read -r family group <<<"$(hostile family)"
refused 1 "not permitted: needs root" setpriv --reuid 65534 --regid 65534 --clear-groups kanary status
refused 1 "not permitted: needs root" setpriv --bounding-set=-net_admin --inh-caps=-net_admin kanary status
refused 1 "not permitted: needs root" unshare -U -r kanary status
refused 1 "not loaded" unshare -n kanary status
refused 1 "not loaded" unshare -U -r -n kanary status
for who in "setpriv --reuid 65534 --regid 65534 --clear-groups" "unshare -U -r" \
	"unshare -U -r -n" "unshare -n"; do
	# shellcheck disable=SC2086
	said=$($who hostile probe "$family" "$group") || fail "$who: $said"
	[[ $who == *-n* || $said != joined ]] || fail "$who may listen to the alerts"
done

# Root in a container, with every capability there is, in its own user namespace
bundle inside hostile probe "$family" "$group"
alter inside '.process.capabilities = (["bounding", "permitted", "effective", "inheritable"] |
	map({(.): ["CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE"]}) | add)
	| .linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
chmod 755 "$BUNDLES" "$BUNDLES/inside"
said=$(run inside 2>&1) || fail "root in a container: $said"
[[ $said != *joined* ]] || fail "root in a container may listen to the alerts: $said"

# The same without a user namespace, but with a network of its own: every capability of the host's
# root, as docker run --privileged gives it, and no family to use it on.
every=$(setpriv --list-caps | jq -R '"CAP_" + ascii_upcase' | jq -s .)
bundle privileged hostile probe "$family" "$group"
alter privileged ".process.capabilities = ([\"bounding\", \"permitted\", \"effective\", \"inheritable\"] |
	map({(.): $every}) | add) | .linux.namespaces += [{type: \"network\"}]"
said=$(run privileged 2>&1) || fail "a privileged container: $said"

# And with the host's network, but no more than docker run gives: the family is there, and refuses.
bundle ordinary hostile probe "$family" "$group"
alter ordinary '.process.capabilities = (["bounding", "permitted", "effective"] |
	map({(.): ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_SETUID",
		"CAP_SETGID", "CAP_NET_RAW", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_MKNOD"]}) | add)'
said=$(run ordinary 2>&1) || fail "a container on the host's network: $said"
[[ $said != *joined* ]] || fail "a container on the host's network may listen to the alerts: $said"
works "after all of them"
