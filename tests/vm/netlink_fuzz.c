/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random messages of the right shape, from the family's definition.
 *
 *	netlink_fuzz CGROUP MODEL MESSAGES SEED
 *
 * Five sockets at once send requests of every command but lock, most of them with the
 * attributes that the definition gives to it, some too long, too short, twice, foreign,
 * nested, or cut; they upload MODEL, whole or with bits turned, start and stop recordings,
 * listen to alerts, send several messages in one go, and close in the midst of all that.
 *
 * The same SEED sends the same messages. At the end each command must have been both done
 * and refused, and the module must still answer. Prints what was, for each command.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "hostile.h"
#include "kanary_netlink.h"
#include "recording/random_path.h"
#include "recording/random_vector.h"

enum { WAY_DO, WAY_DUMP, WAY_EVENT };
enum { KIND_PAD, KIND_U16, KIND_U32, KIND_S32, KIND_U64, KIND_STRING, KIND_BINARY, KIND_NEST };

/* A command, and what its request may hold. */
struct operation {
	uint8_t command;
	const char *name;
	int way;
	int length;
	const uint16_t *request;
};

/* What the definition says of an attribute; @largest is -1 where any value means something. */
struct attribute {
	int kind;
	uint32_t low;
	uint32_t high;
	int64_t largest;
	bool repeated;
};

#include "netlink_tables.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

enum { SOCKETS = 5, BATCH_MAX = 24, BATCH_BYTES = 60000, ATTRIBUTE_MAX = 33000, SEQUENCES = 4096 };

/* A socket, and how far its upload is. */
struct sender {
	int descriptor;
	uint32_t size;
	uint32_t offset;
	bool spoilt;
};

static struct sender senders[SOCKETS];
static struct kanary_random_vector source;
static struct kanary_random_path path_source;
static uint64_t random_state;
static uint64_t cgroup;
static uint8_t model[1 << 19];
static uint32_t model_size;
static int family, group;

/* What is being sent, and which command each number of a message stands for. */
static _Alignas(8) uint8_t batch[BATCH_BYTES + 2 * 65536];
static size_t used;
static uint32_t sequence;
static uint8_t command_of[SEQUENCES];

static uint64_t done[256], refused[256], sent[256];

/* xorshift64*: the state is never 0. */
static uint32_t draw(uint32_t limit)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)(((random_state * 0x2545f4914f6cdd1dull) >> 32) * limit >> 32);
}

static bool chance(uint32_t one_in)
{
	return !draw(one_in);
}

static const uint64_t edges[] = { 0, 1, 2, 3, 255, 256, 4096, 32767, 32768, 65535, 65536,
		0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, 0xffffffffffffffff };

static uint64_t number(void)
{
	return chance(4) ? (uint64_t)draw(1u << 31) << draw(33) : edges[draw(LENGTH(edges))];
}

static int open_sender(struct sender *sender)
{
	int one = 1, bytes = 4 << 20;

	memset(sender, 0, sizeof(*sender));
	sender->descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sender->descriptor < 0)
		return -1;
	setsockopt(sender->descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(sender->descriptor, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(sender->descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	setsockopt(sender->descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes));
	if (chance(3))
		setsockopt(sender->descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			   sizeof(group));
	return 0;
}

static void put(uint16_t type, const void *data, size_t size)
{
	struct nlattr *attribute = (struct nlattr *)(batch + used);

	attribute->nla_type = type;
	attribute->nla_len = (uint16_t)(NLA_HDRLEN + size);
	memset(batch + used + NLA_HDRLEN, 0, NLA_ALIGN(size));
	if (size)
		memcpy(batch + used + NLA_HDRLEN, data, size);
	used += NLA_HDRLEN + NLA_ALIGN(size);
}

/* A size within, at, or just beyond what is allowed. */
static size_t size_for(const struct attribute *attribute)
{
	uint32_t high = attribute->high ? attribute->high : attribute->low + 64;

	switch (draw(16)) {
	case 0:
		return attribute->low ? attribute->low - 1 : 0;
	case 1:
		return high + 1;
	case 2:
		return high;
	case 3:
		return draw(16);
	default:
		return attribute->low + draw((high > 512 ? 512 : high) - attribute->low + 1);
	}
}

/* Whole, or with a bit turned, or cut. */
static void put_spoilt(uint16_t type, const void *data, size_t size)
{
	static _Alignas(8) uint8_t copy[KANARY_VECTOR_SIZE_MAX];

	memcpy(copy, data, size);
	if (chance(24))
		copy[draw((uint32_t)size)] ^= (uint8_t)(1 << draw(8));
	if (chance(48))
		size = draw((uint32_t)size);
	put(type, copy, size);
}

static void put_path(const struct kanary_vector *vector)
{
	const struct kanary_path *path = kanary_random_path_next(&path_source, vector);

	put_spoilt(KANARY_A_PATH, path, kanary_path_record_size(path->length));
}

/* With the paths that were told before it. */
static void put_vector(void)
{
	const struct kanary_vector *vector = kanary_random_vector_next(&source, chance(8));

	while (chance(2))
		put_path(vector);
	put_spoilt(KANARY_A_VECTOR, vector, kanary_vector_size(vector));
}

static void put_any(uint16_t type, int depth)
{
	static uint8_t data[ATTRIBUTE_MAX];
	const struct attribute *attribute = &attributes[type];
	uint64_t value = number();
	size_t size, i, nest;

	switch (attribute->kind) {
	case KIND_U16:
		put(type, &value, 2);
		return;
	case KIND_U32:
	case KIND_S32:
		if (attribute->largest >= 0 && !chance(8))
			value = draw((uint32_t)attribute->largest + 1);
		put(type, &value, chance(32) ? 8 : 4);
		return;
	case KIND_U64:
		/* Only such containers as can be unloaded at the end. */
		if (type == KANARY_A_CGROUP)
			value = edges[draw(LENGTH(edges))];
		put(type, &value, chance(32) ? 4 : 8);
		return;
	case KIND_NEST:
		nest = used;
		put(type | (chance(2) ? NLA_F_NESTED : 0), NULL, 0);
		for (i = draw(4); i && depth < 3; i--)
			put_any((uint16_t)(1 + draw(KANARY_A_MAX)), depth + 1);
		((struct nlattr *)(batch + nest))->nla_len = (uint16_t)(used - nest);
		return;
	default:
		size = size_for(attribute);
		for (i = 0; i < size && i < 600; i++)
			data[i] = (uint8_t)draw(256);
		put(type, data, size);
	}
}

/* What would make sense here, given what this socket has sent before. */
static void put_sensible(struct sender *sender, uint16_t type)
{
	static uint8_t copy[KANARY_CHUNK_MAX];
	uint32_t size, i;

	switch (type) {
	case KANARY_A_CGROUP:
		put(type, &cgroup, sizeof(cgroup));
		return;
	case KANARY_A_SIZE:
		sender->size = model_size;
		sender->offset = 0;
		sender->spoilt = chance(2);
		put(type, &model_size, sizeof(model_size));
		return;
	case KANARY_A_OFFSET:
		put(type, &sender->offset, sizeof(sender->offset));
		return;
	case KANARY_A_DATA:
		size = sender->size - sender->offset;
		if (size > KANARY_CHUNK_MAX)
			size = KANARY_CHUNK_MAX;
		memcpy(copy, model + sender->offset, size);
		if (size && sender->spoilt && chance(4))
			copy[draw(size)] ^= (uint8_t)(1 << draw(8));
		put(type, copy, size);
		sender->offset += size;
		return;
	case KANARY_A_CONTAINER:
		size = draw(KANARY_CONTAINER_SIZE);
		for (i = 0; i < size; i++)
			copy[i] = (uint8_t)(1 + draw(255));
		copy[size] = 0;
		put(type, copy, size + 1);
		return;
	case KANARY_A_VECTOR:
		put_vector();
		return;
	case KANARY_A_PATH:
		/* Mostly of the stream that goes on. */
		put_path((const struct kanary_vector *)source.memory);
		return;
	default:
		put_any(type, 0);
	}
}

static void put_attributes(struct sender *sender, const struct operation *operation)
{
	/* Of the many messages of an upload, all have to be right for it to arrive. */
	uint32_t odds = operation->command == KANARY_CMD_MODEL_CHUNK ? 60 : 12;
	int i, repeat;

	for (i = 0; i < operation->length; i++) {
		const struct attribute *attribute = &attributes[operation->request[i]];

		/* A signature that is none has a model refused. */
		if (chance(odds) || (operation->request[i] == KANARY_A_SIGNATURE && !chance(8)))
			continue;
		for (repeat = attribute->repeated ? (int)draw(4) : 0; repeat >= 0; repeat--) {
			if (chance(odds))
				put_any(operation->request[i], 0);
			else
				put_sensible(sender, operation->request[i]);
		}
	}
	if (chance(odds))
		put_any((uint16_t)(1 + draw(KANARY_A_MAX)), 0);
	if (chance(40))
		put((uint16_t)draw(65536), "foreign", draw(8));
}

/* Whoever uploads goes on with it, or no model would ever arrive. */
static const struct operation *choose(const struct sender *sender)
{
	const struct operation *operation;
	uint8_t wanted = 0;

	if (sender->size && !chance(3))
		wanted = sender->offset < sender->size ? KANARY_CMD_MODEL_CHUNK :
							 KANARY_CMD_MODEL_COMMIT;
	do
		operation = &operations[draw(LENGTH(operations))];
	while (operation->command == KANARY_CMD_LOCK ||
	       (operation->command == KANARY_CMD_UNLOAD && !chance(4)) ||
	       (wanted && operation->command != wanted));
	return operation;
}

static void add_message(struct sender *sender)
{
	const struct operation *operation = choose(sender);
	size_t begin = NLMSG_ALIGN(used);
	struct nlmsghdr *message = (struct nlmsghdr *)(batch + begin);
	struct genlmsghdr *generic = NLMSG_DATA(message);

	memset(message, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	generic->cmd = chance(60) ? (uint8_t)(KANARY_CMD_MAX + 1 + draw(8)) : operation->command;
	generic->version = chance(60) ? (uint8_t)draw(256) : KANARY_FAMILY_VERSION;
	message->nlmsg_type = (uint16_t)family;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (operation->way == WAY_DUMP)
		message->nlmsg_flags |= NLM_F_DUMP;
	/* What is no request is acknowledged unread, and so NLM_F_REQUEST, the lowest, stays. */
	if (chance(50))
		message->nlmsg_flags ^= (uint16_t)(2 << draw(15));
	message->nlmsg_seq = ++sequence;
	used = begin + NLMSG_HDRLEN + GENL_HDRLEN;
	put_attributes(sender, operation);
	if (operation->command == KANARY_CMD_MODEL_COMMIT)
		sender->size = 0;
	message->nlmsg_len = (uint32_t)(used - begin);
	if (chance(50) && used > begin + NLMSG_HDRLEN + GENL_HDRLEN)
		((struct nlattr *)(generic + 1))->nla_len = (uint16_t)draw(65536);
	if (chance(100)) {
		message->nlmsg_len = NLMSG_HDRLEN + draw((uint32_t)(used - begin));
		used = begin + message->nlmsg_len;
	}
	command_of[sequence % SEQUENCES] = generic->cmd;
	sent[generic->cmd]++;
}

static void count(const struct nlmsghdr *answer)
{
	uint8_t command = command_of[answer->nlmsg_seq % SEQUENCES];

	if (answer->nlmsg_type == NLMSG_DONE)
		done[command]++;
	if (answer->nlmsg_type != NLMSG_ERROR || answer->nlmsg_len < NLMSG_LENGTH(sizeof(int)))
		return;
	if (((const struct nlmsgerr *)NLMSG_DATA(answer))->error)
		refused[command]++;
	else
		done[command]++;
}

/* All that has come for a socket, answers and events alike; some are left for a while. */
static void receive(struct sender *sender)
{
	static _Alignas(8) uint8_t buffer[1 << 17];

	for (;;) {
		ssize_t size = recv(sender->descriptor, buffer, sizeof(buffer), MSG_DONTWAIT);
		const struct nlmsghdr *answer = (const struct nlmsghdr *)buffer;

		if (size < 0 && errno == ENOBUFS)
			continue;
		if (size <= 0)
			return;
		for (; NLMSG_OK(answer, size); answer = NLMSG_NEXT(answer, size))
			count(answer);
	}
}

static uint32_t step(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct sender *sender = &senders[draw(SOCKETS)];
	uint32_t messages = chance(2) ? 1 : 1 + draw(BATCH_MAX), i;

	if (chance(150)) {
		close(sender->descriptor);
		if (open_sender(sender))
			return 0;
	}
	used = 0;
	for (i = 0; i < messages && used < BATCH_BYTES; i++)
		add_message(sender);
	if (sendto(sender->descriptor, batch, used, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0 && errno != ENOBUFS && errno != EAGAIN)
		perror("sendto");
	if (!chance(8))
		receive(sender);
	return i;
}

static int report(uint64_t messages)
{
	struct hostile_socket *last = malloc(sizeof(*last));
	int wrong = 0, error;
	size_t i;

	for (i = 0; i < LENGTH(operations); i++) {
		uint8_t command = operations[i].command;

		if (command == KANARY_CMD_LOCK)
			continue;
		printf("%-16s%9llu sent %9llu done %9llu refused\n", operations[i].name,
		       (unsigned long long)sent[command], (unsigned long long)done[command],
		       (unsigned long long)refused[command]);
		if (!refused[command] || (!done[command] && operations[i].way != WAY_EVENT) ||
		    (done[command] && operations[i].way == WAY_EVENT)) {
			printf("%s: it has to be done, and refused; an event refused only\n",
			       operations[i].name);
			wrong = 1;
		}
	}
	for (i = 0; i < SOCKETS; i++)
		close(senders[i].descriptor);
	if (!last || hostile_open(last, family))
		return 1;
	for (i = 0; i < LENGTH(edges); i++) {
		hostile_begin(last, KANARY_CMD_UNLOAD);
		hostile_put_u64(last, KANARY_A_CGROUP, edges[i]);
		hostile_send(last);
	}
	hostile_begin(last, KANARY_CMD_GET_STATUS);
	error = hostile_send(last);
	if (error)
		printf("status after %llu messages: %s\n", (unsigned long long)messages,
		       strerror(error));
	free(last);
	return wrong || error;
}

int main(int argc, char **argv)
{
	uint64_t messages, i;
	FILE *file;

	if (argc != 5) {
		fprintf(stderr, "usage: netlink_fuzz CGROUP MODEL MESSAGES SEED\n");
		return 2;
	}
	cgroup = strtoull(argv[1], NULL, 10);
	messages = strtoull(argv[3], NULL, 10);
	random_state = strtoull(argv[4], NULL, 10) * 0x9e3779b97f4a7c15ull + 1;
	kanary_random_vector_seed(&source, random_state);
	kanary_random_path_seed(&path_source, random_state);
	file = fopen(argv[2], "rb");
	model_size = file ? (uint32_t)fread(model, 1, sizeof(model), file) : 0;
	family = hostile_family(&group);
	if (!model_size || family < 0) {
		fprintf(stderr, "netlink_fuzz: cannot begin: family %d, model of %u bytes\n", family,
			model_size);
		return 1;
	}
	for (i = 0; i < SOCKETS; i++)
		if (open_sender(&senders[i]))
			return 1;
	for (i = 0; i < messages;)
		i += step();
	for (i = 0; i < SOCKETS; i++)
		receive(&senders[i]);
	return report(messages);
}
