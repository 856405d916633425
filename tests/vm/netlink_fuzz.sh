# SPDX-License-Identifier: GPL-2.0
# Any number of messages of the family's own shape, and the module goes on as before:
#
#	5 sockets  -- start, stop, upload, commit, unload, mode, score; cut, spoilt, doubled -->
#	worker     ---- calls, a little at a time, recorded and scored meanwhile ------------->
#
# MESSAGES says how many. Verdicts and messages take turns: beside a storm that is judged, most
# of the time would be the verdicts'.
. ./library.sh

insmod kanary.ko period=64
yielding worker sh -c 'while :; do storm calls 100; sleep 0.2; done' &
await 10 contained worker
container=$(identity worker)
# with names, for paths to be judged
model quiet.model 64 quiet 1 16 0 0 2000
memory=$(kanary status --json | jq .memory_bytes)
begin=$SECONDS messages=${MESSAGES:-10000}
netlink_fuzz "$container" quiet.model "$messages" "${SEED:-1}" || fail "see above"
took=$((SECONDS - begin))

# Nothing is left of it but at most one model and what it remembers of the worker's tasks.
recorder_gone() {
	[ "$(kanary status --json | jq .recorder_port)" = 0 ]
}
await 10 recorder_gone
kanary unload --container "$container" || :
balanced
! kanary containers --json | jq -e '.containers[] | select(.profile != null)' >/dev/null ||
	fail "a model is left: $(kanary containers)"
kanary load quiet.model --container "$container"
kanary score quiet.model --random 50 --kernel "$container" >/dev/null
kanary unload --container "$container"
crowd() {
	[ "$(kanary status --json | jq .memory_bytes)" -le $((memory + 262144)) ]
}
await 10 crowd
balanced
echo "RESULT ok ${PREFIX:-vm}/netlink_fuzz/$messages-messages $((took * 10))" >/run/results
