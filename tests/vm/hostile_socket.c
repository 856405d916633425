/* SPDX-License-Identifier: GPL-2.0 */
#include "hostile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <linux/genetlink.h>

#include "kanary_netlink.h"

static struct nlmsghdr *header(struct hostile_socket *socket)
{
	return (struct nlmsghdr *)socket->message;
}

int hostile_open(struct hostile_socket *sock, int family)
{
	struct timeval timeout = { .tv_sec = 20 };
	int one = 1, bytes = 1 << 20;

	memset(sock, 0, sizeof(*sock));
	sock->family = family;
	sock->descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sock->descriptor < 0)
		return -1;
	setsockopt(sock->descriptor, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(sock->descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(sock->descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	return setsockopt(sock->descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
}

void hostile_begin(struct hostile_socket *socket, uint8_t command)
{
	struct genlmsghdr *generic;

	memset(socket->message, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	header(socket)->nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	header(socket)->nlmsg_type = (uint16_t)socket->family;
	header(socket)->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (command == KANARY_CMD_GET_CONTAINERS && socket->family != GENL_ID_CTRL)
		header(socket)->nlmsg_flags |= NLM_F_DUMP;
	header(socket)->nlmsg_seq = ++socket->sequence;
	generic = NLMSG_DATA(header(socket));
	generic->cmd = command;
	generic->version = KANARY_FAMILY_VERSION;
}

struct nlattr *hostile_last(struct hostile_socket *socket)
{
	return (struct nlattr *)(socket->message + socket->last);
}

void hostile_put(struct hostile_socket *socket, uint16_t type, const void *data, size_t size)
{
	size_t used = NLMSG_ALIGN(header(socket)->nlmsg_len);

	if (used + NLA_HDRLEN + NLA_ALIGN(size) > sizeof(socket->message) || size > 65000)
		abort();
	socket->last = used;
	hostile_last(socket)->nla_type = type;
	hostile_last(socket)->nla_len = (uint16_t)(NLA_HDRLEN + size);
	memset(socket->message + used + NLA_HDRLEN, 0, NLA_ALIGN(size));
	memcpy(socket->message + used + NLA_HDRLEN, data, size);
	header(socket)->nlmsg_len = (uint32_t)(used + NLA_HDRLEN + NLA_ALIGN(size));
}

void hostile_put_u32(struct hostile_socket *socket, uint16_t type, uint32_t value)
{
	hostile_put(socket, type, &value, sizeof(value));
}

void hostile_put_u64(struct hostile_socket *socket, uint16_t type, uint64_t value)
{
	hostile_put(socket, type, &value, sizeof(value));
}

static void read_text(struct hostile_socket *socket, const struct nlmsghdr *answer)
{
	const struct nlattr *attribute;
	size_t at = NLMSG_HDRLEN + sizeof(struct nlmsgerr);

	/* NETLINK_CAP_ACK: our own message is not in it. */
	while ((answer->nlmsg_flags & NLM_F_ACK_TLVS) && at + NLA_HDRLEN <= answer->nlmsg_len) {
		attribute = (const struct nlattr *)((const char *)answer + at);
		if (attribute->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(socket->text, sizeof(socket->text), "%s",
				 (const char *)attribute + NLA_HDRLEN);
		at += NLA_ALIGN(attribute->nla_len);
	}
}

/* Return: whether it ends the answer to our last message, with its errno in @error. */
static int take(struct hostile_socket *socket, const struct nlmsghdr *answer, int *error)
{
	if (answer->nlmsg_seq != socket->sequence)
		return 0;
	if (answer->nlmsg_type == NLMSG_DONE) {
		*error = 0;
		return 1;
	}
	if (answer->nlmsg_type != NLMSG_ERROR)
		return 0;
	*error = -((const struct nlmsgerr *)NLMSG_DATA(answer))->error;
	read_text(socket, answer);
	return 1;
}

int hostile_send(struct hostile_socket *socket)
{
	static _Alignas(8) unsigned char buffer[131072];
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int error = 0;

	socket->text[0] = '\0';
	if (sendto(socket->descriptor, socket->message, header(socket)->nlmsg_len, 0,
		   (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return errno;
	for (;;) {
		ssize_t size = recv(socket->descriptor, buffer, sizeof(buffer), 0);
		const struct nlmsghdr *answer = (const struct nlmsghdr *)buffer;

		if (size < 0)
			return errno;
		for (; NLMSG_OK(answer, size); answer = NLMSG_NEXT(answer, size))
			if (take(socket, answer, &error))
				return error;
	}
}

int hostile_family(int *group)
{
	struct hostile_socket *socket = malloc(sizeof(*socket));
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	_Alignas(8) unsigned char buffer[16384];
	ssize_t size;
	int family = -1, i;

	if (!socket || hostile_open(socket, GENL_ID_CTRL))
		return -1;
	hostile_begin(socket, CTRL_CMD_GETFAMILY);
	hostile_put(socket, CTRL_ATTR_FAMILY_NAME, KANARY_FAMILY_NAME, sizeof(KANARY_FAMILY_NAME));
	sendto(socket->descriptor, socket->message, header(socket)->nlmsg_len, 0,
	       (struct sockaddr *)&kernel, sizeof(kernel));
	size = recv(socket->descriptor, buffer, sizeof(buffer), 0);
	if (size > 0 && ((struct nlmsghdr *)buffer)->nlmsg_type == NLMSG_ERROR)
		size = 0;
	/* Numbers are looked for where the kernel puts them: attributes in order, groups nested. */
	for (i = NLMSG_HDRLEN + GENL_HDRLEN; i + NLA_HDRLEN <= size;) {
		const struct nlattr *attribute = (const struct nlattr *)(buffer + i);
		int type = attribute->nla_type & NLA_TYPE_MASK;

		if (attribute->nla_len < NLA_HDRLEN)
			break;
		if (type == CTRL_ATTR_FAMILY_ID)
			family = *(const uint16_t *)(buffer + i + NLA_HDRLEN);
		if (type == CTRL_ATTR_MCAST_GROUPS && group) {
			/* nest, group 1, its number */
			const unsigned char *nest = buffer + i + 2 * NLA_HDRLEN;
			const struct nlattr *first = (const struct nlattr *)nest;

			if ((first->nla_type & NLA_TYPE_MASK) != CTRL_ATTR_MCAST_GRP_ID)
				first = (const struct nlattr *)(nest + NLA_ALIGN(first->nla_len));
			*group = (int)*(const uint32_t *)((const char *)first + NLA_HDRLEN);
		}
		i += NLA_ALIGN(attribute->nla_len);
	}
	free(socket);
	return family;
}
