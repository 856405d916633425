# SPDX-License-Identifier: GPL-2.0
# The kernel alone, for a debug kernel has faults of its own to tell of:
#
#	calls, forks, threads  ------------------   storms
#	container                  |---|            with a real runtime
#	tracer                   |-------|          on the function that the module hooks
#
# No module anywhere. What is reported here is not ours.
. ./library.sh

TRACING=/sys/kernel/tracing

isolated calls storm calls 0 &
isolated forks storm forks 0 &
isolated threads storm threads 0 &
[ ! -e $TRACING/set_ftrace_filter ] || {
	echo x64_sys_call >$TRACING/set_ftrace_filter
	echo function >$TRACING/current_tracer
}
bundle control storm forks 20
run control
stop control 2>/dev/null || :
[ ! -e $TRACING/current_tracer ] || echo nop >$TRACING/current_tracer
for cgroup in calls forks threads; do
	grep -q "populated 1" "$CGROUPS/$cgroup/cgroup.events" || fail "$cgroup did not survive it"
done
