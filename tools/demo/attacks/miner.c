// SPDX-License-Identifier: GPL-2.0
/*
 * What a miner of coins looks like from outside: threads that hash, yield and
 * nap, and one that talks to a pool on loopback.
 *
 *	miner PORT REPORTS
 *
 * It ends when the pool got so many reports, five a second on a machine that is not busy.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS 4096

static atomic_int stop;
static _Atomic uint64_t best = UINT64_MAX;

/* The mixing of xxHash: a stand-in for SHA-256, which costs the same system calls: none. */
static uint64_t digest(uint64_t nonce)
{
	int round;

	for (round = 0; round < 64; round++) {
		nonce ^= nonce >> 33;
		nonce *= 0xc2b2ae3d27d4eb4full;
		nonce ^= nonce >> 29;
	}
	return nonce;
}

static void *mine(void *first)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	uint64_t nonce = (uintptr_t)first;
	int round;

	while (!stop) {
		for (round = 0; round < ROUNDS; round++, nonce += THREADS) {
			uint64_t hash = digest(nonce);

			if (hash < best)
				best = hash;
		}
		sched_yield();
		nanosleep(&nap, NULL);
	}
	return NULL;
}

static int report(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	char text[96];
	int length, pool, sent = 0;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	pool = socket(AF_INET, SOCK_STREAM, 0);
	if (!connect(pool, (struct sockaddr *)&address, sizeof(address))) {
		length = snprintf(text, sizeof(text),
				  "{\"method\":\"submit\",\"nonce\":\"%016llx\"}\n",
				  (unsigned long long)best);
		sent = send(pool, text, length, MSG_NOSIGNAL) == length;
	}
	close(pool);
	return sent;
}

int main(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = 200000000 };
	pthread_t thread[THREADS];
	int reports, i;

	if (argc != 3)
		return 2;
	for (i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, mine, (void *)(uintptr_t)i);
	for (reports = 0; reports < atoi(argv[2]); nanosleep(&pause, NULL))
		reports += report(atoi(argv[1]));
	stop = 1;
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
