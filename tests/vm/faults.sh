# SPDX-License-Identifier: GPL-2.0
# No memory, in each place where the module asks for some, again and again:
#
#	insmod, rmmod   x  x     x x   x  x   60 times and until it has loaded; or it says that it cannot
#	containers    ------------------------   threads, forks, 32-bit calls, judged by a model
#	alarmed         |-|   |-|   |-|   |-|    calls that raise alerts
#	commands        x status, x load, x score, x record ... until each has been refused
#	then            no faults: all is accounted for, all works, nothing more is held
#
# On a kernel with fault injection, of which only calls from modules get any: ours is the
# only one. Which functions of ours were refused memory is read from the kernel's log.
. ./library.sh

DEBUG=/sys/kernel/debug
# Where modules are: above the kernel's own text.
MODULES="0xffffffffa0000000 0xffffffffff000000"
# Functions that ask for memory and whose refusal leaves a stack in the log, by what they are
# compiled into. What asks with __GFP_NOWARN, or for more than a page, leaves none: of tasks,
# calls and vectors the counters tell.
ASK_LOADING="kanary_worker_init kanary_pool_init attach_dispatchers"
ASK_WORKING="kanary_upload_begin kanary_profile_set get_working get_status
	kanary_alert_raise|send_alert kanary_score_request_answer|read_steps|copy|reply_score"

# range FUNCTION: of the kernel's, which come in the order of their addresses
range() {
	grep -m 1 -A 1 " $1\$" /proc/kallsyms | awk '{ print "0x" $1 }' | paste -sd' '
}

# The last that a load asks for, which hardly any comes to where all may be refused.
KPROBES=$(range register_kprobe)
# A kprobe that ftrace has no memory to take off is a warning of the kernel's own.
SPARED=$(range unregister_kprobes)

setting() {
	local kind

	for kind in failslab fail_page_alloc; do
		echo "$2" >"$DEBUG/$kind/$1"
	done
}

# only RANGE: who has a function in it on the stack
only() {
	setting require-start "${1% *}"
	setting require-end "${1#* }"
}

# Each refusal leaves a stack in the log: the first of our functions in it.
collect() {
	dmesg -c >dmesg.now
	# The hook is on all the time.
	grep -E 'hook is silent|does not fire|no hook that sees' dmesg.now >>odd || :
	awk '
	/FAULT_INJECTION: forcing/ { open = 1 }
	open && /\+0x[^ ]* \[kanary/ && !/ \? / {
		for (i = 1; i <= NF; i++) {
			if ($i ~ /\+0x/) {
				sub(/\+0x.*/, "", $i)
				sub(/\.(isra|constprop|part|cold).*/, "", $i)
				print $i
			}
		}
		open = 0
	}' dmesg.now >>refused.functions
}

faults() {
	setting probability "$1"
	[ "$1" -ne 0 ] || collect
}

nobody() {
	[ "$(counter tasks queued)" = "0 0" ]
}

# missing FUNCTIONS: the first that was never refused, if any
missing() {
	local asks

	for asks in $1; do
		grep -qxE "$asks" refused.functions || {
			echo "$asks"
			return
		}
	done
}

# Out of memory is an answer; another would be wrong.
may_fail() {
	local said

	said=$("$@" 2>&1 >/dev/null) && return
	[[ $said == *[mM]emory* || $said == *"no model"* || $said == *"did not answer"* ||
		$said == *"another recorder"* ]] || echo "$*: $said" >>odd
}

[ -e $DEBUG/failslab ] || fail "this kernel has no fault injection"
echo 4 >/proc/sys/kernel/printk
setting times -1
setting verbose 2
setting verbose_ratelimit_interval_ms 0
setting ignore-gfp-wait N
echo 0 >$DEBUG/fail_page_alloc/min-order
setting reject-start "${SPARED% *}"
setting reject-end "${SPARED#* }"
: >refused.functions
: >odd

# With a hook that asks for a lot, too, and with paths.
loaded=0
for n in $(seq 300); do
	[ "$n" -le 60 ] || [ "$loaded" -eq 0 ] || [ -n "$(missing "$ASK_LOADING")" ] || break
	hook=dispatcher paths=0
	[ "$n" -ne 60 ] || hook=handlers
	[ $((n % 10)) -ne 0 ] || paths=1
	only "$MODULES"
	[ $((n % 3)) -ne 2 ] || only "$KPROBES"
	# One asks some hundred times: of those that are refused one in a hundred hardly any comes
	# through, of one in a thousand most.
	setting interval $((n % 3 == 0 ? 10 : 1))
	faults $((n % 4 * 7 + 1))
	# The large tables are of pages, and are hardly ever had while these are refused.
	[ $((n % 2)) -eq 0 ] || echo 0 >$DEBUG/fail_page_alloc/probability
	if insmod kanary.ko period=64 "hook=$hook" "paths=$paths" 2>/dev/null; then
		loaded=$((loaded + 1))
		faults 0
		balanced
		rmmod kanary
	fi
	faults 0
done
setting interval 1
only "$MODULES"
[ "$loaded" -gt 0 ] && [ "$loaded" -lt "$n" ] || fail "of $n times it was loaded $loaded times"

[ ! -s odd ] || fail "not for want of memory: $(sort odd | uniq -c | head)"

insmod kanary.ko period=64 queue_length=256 watchdog=1
model alarm.model 64 alarm
model quiet.model 64 quiet
kanary record -o work.rec --all 2>record.said &
recorder=$!
await 20 grep -q ready record.said
isolated judged storm forks 100
kill -INT "$recorder" || fail "the recorder has ended: $(cat record.said)"
wait "$recorder" || fail "the recorder ended with status $?: $(cat record.said)"
container=$(identity judged)
kanary load alarm.model --container "$container"
isolated judged storm calls 640
kanary unload --container "$container"
await 20 nobody
before=$(counter memory_bytes)

isolated alarmed storm calls 64
alarmed=$(identity alarmed)
kanary load alarm.model --container "$alarmed"
yielding judged storm forks 0 &
await 60 contained judged
isolated compat sh -c 'while :; do storm compat 100; done' &
yielding free storm threads 0 &
# Whose turn it is to be refused is chance: until all had one.
for n in $(seq $((6 * ${ROUNDS:-40}))); do
	[ "$n" -le "${ROUNDS:-40}" ] || [ -n "$(missing "$ASK_WORKING")" ] || break
	faults $((n % 4 * 5 + 3))
	isolated alarmed storm calls 640
	may_fail kanary status --json
	may_fail kanary containers --json
	may_fail kanary load alarm.model --container "$container"
	may_fail kanary score alarm.model work.rec --kernel "$alarmed"
	[ $((n % 10)) -ne 0 ] || may_fail kanary record -o faults.rec --force --all --for 1s
	may_fail kanary unload --container "$container"
	faults 0
done
kanary load alarm.model --container "$container"
faults 15
kanary record -o faults.rec --force --all --for 2s 2>/dev/null || :
faults 0
kanary unload --container "$alarmed"
[ ! -s odd ] || fail "not for want of memory: $(sort odd | uniq -c | head)"

# Memory is there again, and all is as it was.
read -r calls vectors events <<<"$(counter calls_no_memory dropped_no_memory events_no_memory)"
[ "$calls" -gt 0 ] && [ "$vectors" -gt 0 ] && [ "$events" -gt 0 ] ||
	fail "$calls calls, $vectors vectors and $events events found no memory"
kanary containers --json >/dev/null
kanary load quiet.model --container "$container"
kanary score quiet.model work.rec --kernel "$container" >/dev/null || fail "score: status $?"
kanary unload --container "$container"
for cgroup in judged compat free; do
	echo 1 >"$CGROUPS/$cgroup/cgroup.kill"
done
await 60 nobody
balanced
[ "$(counter memory_bytes)" = "$before" ] || fail "$before bytes were held before, $(counter memory_bytes) are now"
rmmod kanary

never=$(missing "$ASK_LOADING $ASK_WORKING")
[ -z "$never" ] || fail "never refused: $never; only: $(sort -u refused.functions | paste -sd' ')"
echo "refused $(wc -l <refused.functions) times, in $(sort -u refused.functions | wc -l) functions"
