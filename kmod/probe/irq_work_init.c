// SPDX-License-Identifier: GPL-2.0
/* Since 5.11: before, the fields are set one by one. */
#include <linux/irq_work.h>

struct irq_work probe(void (*function)(struct irq_work *work))
{
	return IRQ_WORK_INIT_LAZY(function);
}
