// SPDX-License-Identifier: GPL-2.0
#include "counters.h"

#include <linux/cpumask.h>

DEFINE_PER_CPU(struct kanary_counters, kanary_counters);

u64 kanary_counters_read(enum kanary_counter counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(kanary_counters, cpu).value[counter]);
	return sum;
}
