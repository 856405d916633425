#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The battery of attacks, inside the virtual machine.
#
#	            record, train, load       benign        attack   grace  clean-up
#	redis     |------------------------|#############|##[=====]-------|....|##[==]-------|...
#	nginx     |------------------------|#############|##[==]-------|....|##[======]---...
#	postgres  |------------------------|#############|##[===]-------|....|##[=]-------|...
#	webapp    |------------------------|#############|##[=]-------|....|##[====]-------|...
#
#	##	benign load alone: an alert here is a false alarm. The load goes on through
#		everything else, too.
#	[==]	an attack does its work, through a hole of the service
#	---	GRACE seconds: an alert of that container from the attack's beginning until here
#		is a detection
#	....	what the attacker left is removed, turned services are started afresh: an alert
#		here is neither
#
# The four containers are attacked at the same time, each in a lane of its own. Leaves
# /out/result.json. Exit status 0 when everything ran whole: a service that does not answer,
# or an attack or a step of normal use that could not be carried out in two tries, is a failure, a
# missed attack is not.
#
# DRY=1: the attacks alone, without learning and judging: do they work? ONLY=PATTERN: those
# whose line in intrusions.sh matches.
set -u
. ./carry.sh
. ./containers.sh
. ./load.sh
. ./learn.sh
. ./effects.sh
. ./services.sh
. ./use.sh
. ./intrusions.sh

PERIOD=${PERIOD:-64}
TRAIN=${TRAIN:-90}
VECTORS=${VECTORS:-2000}
BENIGN=${BENIGN:-90}
BUDGET=${BUDGET:-1/day}
TRAIN_WORK=${TRAIN_WORK:-1500k}
GRACE=${GRACE:-8}
SPELL=${SPELL:-3}
CONTAINERS=${CONTAINERS:-redis nginx postgres webapp}
ALERTS=/out/alerts.json
SCENARIO=battery
export PGCONNECT_TIMEOUT=$((30 * PATIENCE))

# clean SERVICE AFTER: what an attack may leave; no service has processes of these names
clean() {
	local pid comm

	while read -r pid; do
		read -r comm <"/proc/$pid/comm"
		case $comm in
		miner | nc | bash | find | inject | escape | port-scan | *.sh | *.s) kill -KILL "$pid" ;;
		esac
	done <"$CGROUPS/$1/cgroup.procs" 2>/dev/null
	rm -rf "$(within "$1" /tmp)"/{loot,home,.x,escape,fifo,.bash_history,over.*}
	rm -f "/tmp/loot.$1" "/tmp/shell.$1" "/tmp/read.$1"
	[ -z "$2" ] || restart "$1" KILL
}

# attack_try SERVICE NAME VARIANT AFTER COMMAND TRY: a line of JSON with its moments; fails where the
# attack did not do its work
attack_try() {
	local service=$1 worked=true start finish over

	start=$(now_ns)
	# The command is one of the table's, with quotes of its own.
	bounded $((ATTACK_SECONDS + 20)) eval "$5" </dev/null >"attack.$service.log" 2>&1 ||
		worked=false
	finish=$(now_ns)
	sleep "$GRACE"
	clean "$service" "$4" >>"attack.$service.log" 2>&1 || worked=false
	sleep 1
	over=$(now_ns)
	settle
	[ "$worked" = true ] ||
		sed "s/^/	/" "attack.$service.log" | tail -n 8
	jq -nc --arg service "$service" --arg name "$2" --arg variant "$3" --argjson worked $worked \
		--argjson attempt "$6" --arg seen "$(last_words "attack.$service.log")" \
		--argjson start "$start" --argjson finish "$finish" --argjson over "$over" \
		--argjson grace "$GRACE" --argjson cgroup "$(identity "$service")" --arg role "$(role "$service")" '
		{name: $name, service: $service, variant: $variant, role: $role, worked: $worked,
			attempt: $attempt, seen: $seen, cgroup: $cgroup, start: $start, finish: $finish,
			until: ($finish + $grace * 1000000000), over: $over}' >>"attacks.$service"
	[ $worked = true ]
}

# attack_one SERVICE NAME VARIANT AFTER COMMAND: what could not be carried out is tried once more
attack_one() {
	attack_try "$@" 1 || attack_try "$@" 2
}

# said SERVICE: the outcome of the attack that was last
said() {
	tail -n 1 "attacks.$1" | jq -r --slurpfile alerts "$ALERTS" -f verdict.jq --arg lines yes
}

# lane SERVICE: all attacks on it, one after the other
lane() {
	local service name variant after command

	: >"attacks.$1"
	while IFS='|' read -r -u 3 service name variant after command; do
		[ "$service" = "$1" ] || continue
		sleep "$SPELL"
		attack_one "$service" "$name" "$variant" "$after" "$command"
		step "$(said "$service")"
	done 3< <(grep -E "${ONLY:-.}" <<<"$INTRUSIONS")
}

# Benign load on everything, alone at first, then beside the attacks.
lanes() {
	local name seed=9000 loads=() lanes=()

	rm -f "$STATE/stop" "$STATE"/*/stop
	now_ns >benign.start
	for name in $CONTAINERS; do
		REST=3 load "$name" benign "$seed" 0 &
		loads+=($!)
		seed=$((seed + 1))
	done
	[ -n "${DRY:-}" ] || sleep "$BENIGN"
	step "benign load for $BENIGN s alone: $(alerts); now the attacks, benign load beside them"
	for name in $CONTAINERS; do
		lane "$name" &
		lanes+=($!)
	done
	wait "${lanes[@]}"
	now_ns >benign.end
	touch "$STATE/stop"
	wait "${loads[@]}" 2>/dev/null
	for name in $CONTAINERS; do
		"ready_$name" || fail "$name does not answer at the end"
	done
}

result() {
	local name

	for name in $CONTAINERS; do
		cat "attacks.$name"
	done | jq -s --slurpfile alerts "$ALERTS" --slurpfile status status.json \
		--slurpfile containers <(container_json) --slurpfile tries "$TRIES" \
		--argjson begin "$(cat benign.start)" --argjson finish "$(cat benign.end)" \
		--argjson grace "$GRACE" --arg kernel "$(uname -r)" \
		--argjson identities "$(for name in $CONTAINERS; do
			jq -n --arg name "$name" --arg role "$(role "$name")" --argjson cgroup "$(identity "$name")" \
				'{name: $name, role: $role, cgroup: $cgroup}'
		done | jq -sc .)" -f result.jq >/out/result.json
}

mkdir -p "$STATE" /out
# Hundreds of alerts on an emulated serial line would slow everything down; what the kernel
# itself warns of ends the guest.
dmesg -n 4
trap 'cp ./*.rec ./*.model ./*.json ./*.log attacks.* "$TRIES" /out/ 2>/dev/null' EXIT
insmod kanary.ko period="$PERIOD" || fail "insmod kanary.ko failed: $(dmesg | tail -n 3)"
step "kanary.ko loaded on $(uname -r), hook $(counter .hook)"
make_services
step "containers: $CONTAINERS"
if [ -n "${DRY:-}" ]; then
	: >"$ALERTS"
	start_all
	start_listeners || fail "a listener does not answer"
	lanes
	idlers=$(jq -r 'select((.worked | not) and .attempt == 2) | "\(.service): \(.name), \(.variant)"' attacks.*
		jq -r 'select(.attempt == 2) | "\(.service): \(.step): \(.seen)"' "$TRIES")
	[ -z "$idlers" ] || fail "this could not be carried out in two tries: $idlers"
	exit 0
fi
step "recording all, each in a container of its own"
record first.rec $((TRAIN * 2 / 3)) $((VECTORS * 2 / 3)) 100 TERM
record second.rec $((TRAIN / 3)) "$VECTORS" 300 KILL
step "training a model for each"
train_all
monitor_all
start_listeners || fail "a listener does not answer"
step "monitoring; benign load with other seeds and another mix"
lanes
final_status
result || fail "no result: $(cat status.json)"
jq -r -f table.jq /out/result.json
jq -e '.failed == [] and .not_carried_out == [] and (.seen == .delivered + .scored + ([.dropped[]] | add))' \
	/out/result.json >/dev/null || fail "not all could be carried out, or vectors went missing: see above"
