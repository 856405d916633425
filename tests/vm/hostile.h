/* SPDX-License-Identifier: GPL-2.0 */
/* A generic netlink socket that sends whatever it is given. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct hostile_socket - a socket, the message that is being made, the last answer
 * @text: what the kernel said in its extended ACK, or ""
 */
struct hostile_socket {
	int descriptor;
	int family;
	uint32_t sequence;
	size_t last;
	char text[256];
	_Alignas(8) unsigned char message[131072];
};

/** hostile_open() - 0 or -1 */
int hostile_open(struct hostile_socket *socket, int family);

/** hostile_family() - number of the family, and of its group unless NULL; -1 without a module */
int hostile_family(int *group);

void hostile_begin(struct hostile_socket *socket, uint8_t command);
void hostile_put(struct hostile_socket *socket, uint16_t type, const void *data, size_t size);
void hostile_put_u32(struct hostile_socket *socket, uint16_t type, uint32_t value);
void hostile_put_u64(struct hostile_socket *socket, uint16_t type, uint64_t value);

/** hostile_last() - the attribute put last, to be spoilt */
struct nlattr *hostile_last(struct hostile_socket *socket);

/** hostile_send() - errno of the answer, positive; 0 when it is done */
int hostile_send(struct hostile_socket *socket);

#endif /* HOSTILE_H */
