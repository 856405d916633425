// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "terminal/interrupt.h"

static void *sleep_for_ever(void *argument)
{
	for (;;)
		pause();
	return NULL;
}

/* A library's thread, with no signal blocked, must not let the signal kill us. */
static void test_signal(void **state)
{
	const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct pollfd ready = { .events = POLLIN };
	pthread_t thread;
	int descriptor;
	size_t i;

	assert_int_equal(pthread_create(&thread, NULL, sleep_for_ever, NULL), 0);
	for (i = 0; i < 3; i++) {
		signal(signals[i], SIG_IGN);
		descriptor = kanary_interrupt_open();
		assert_true(descriptor >= 0);
		assert_false(kanary_interrupt_pending(descriptor));
		pthread_kill(thread, signals[i]);
		ready.fd = descriptor;
		assert_int_equal(poll(&ready, 1, 10000), 1);
		assert_true(kanary_interrupt_pending(descriptor));
		close(descriptor);
	}
	pthread_cancel(thread);
	pthread_join(thread, NULL);
}

static void test_clock(void **state)
{
	uint64_t before = kanary_interrupt_now();

	assert_true(before > 0);
	assert_true(kanary_interrupt_now() >= before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
