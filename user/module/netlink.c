// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lockdown.h"
#include "terminal/message.h"
#include "netlink.h"
#include "netlink_family.h"

/* Many seconds of vectors of a busy host, should the disk be slow. */
#define RECEIVE_BUFFER (16 * 1024 * 1024)
#define SEND_BUFFER (1024 * 1024)
/* The module answers within the system call; a loaded machine may take a while to let us read. */
#define ANSWER_MILLISECONDS 30000
/* The answer may be what the full buffer cost us. */
#define ANSWER_AFTER_OVERRUN_MILLISECONDS 2000
#define DUMP_ATTEMPTS 10

struct kanary_netlink {
	struct nl_sock *socket;
	int family;
	int alerts;		/* multicast group, or -errno of libnl */
	uint64_t overruns;
	kanary_netlink_handler event;
	void *event_context;
	int event_result;	/* first nonzero one of the handler */
	bool gone;		/* the module was unloaded */
	/* the request under way */
	kanary_netlink_handler reply;
	void *reply_context;
	uint32_t sequence;
	bool done;
	bool inconsistent;
	int result;		/* 0 or -errno */
	char error[512];
};

/* The list, kept until it is known to be consistent. */
struct collection {
	struct nlmsghdr **messages;
	size_t count;
};

static int fail(struct kanary_netlink *netlink, int error, const char *text)
{
	snprintf(netlink->error, sizeof(netlink->error), "%s", text);
	return error;
}

static int fail_errno(struct kanary_netlink *netlink, int error, const char *text)
{
	if (text && *text)
		return fail(netlink, error, text);
	if (error == -EPERM)
		return fail(netlink, error,
			    "not permitted: needs root (CAP_NET_ADMIN in the initial user namespace)");
	if (error == -EOPNOTSUPP)
		return fail(netlink, error,
			    "the module does not know this command: install matching versions of both");
	return fail(netlink, error, strerror(-error));
}

static int take_valid(struct nl_msg *message, void *context)
{
	const struct nlmsghdr *header = nlmsg_hdr(message);
	struct kanary_netlink *netlink = context;
	uint32_t command = kanary_protocol_command(header);

	if (kanary_netlink_family_read(header) == KANARY_NETLINK_FAMILY_WENT)
		netlink->gone = true;
	if (header->nlmsg_type != netlink->family)
		return NL_SKIP;
	if (command == KANARY_CMD_VECTORS || command == KANARY_CMD_PATHS ||
	    command == KANARY_CMD_ALERT || command == KANARY_CMD_TAMPER) {
		if (netlink->event && !netlink->event_result)
			netlink->event_result = netlink->event(header, netlink->event_context);
	} else if (netlink->reply && !netlink->done && header->nlmsg_seq == netlink->sequence) {
		int result = netlink->reply(header, netlink->reply_context);

		if (result && !netlink->result)
			netlink->result = result;
	}
	return NL_OK;
}

static int take_ack(struct nl_msg *message, void *context)
{
	struct kanary_netlink *netlink = context;

	if (nlmsg_hdr(message)->nlmsg_seq == netlink->sequence)
		netlink->done = true;
	return NL_OK;
}

static int take_finish(struct nl_msg *message, void *context)
{
	const struct nlmsghdr *header = nlmsg_hdr(message);
	struct kanary_netlink *netlink = context;

	if (header->nlmsg_seq != netlink->sequence)
		return NL_OK;
	netlink->done = true;
	/* A dump that failed half-way ends with the reason. */
	if (header->nlmsg_len >= NLMSG_LENGTH(sizeof(int)) && *(int *)nlmsg_data(header) < 0 &&
	    !netlink->result)
		netlink->result = fail_errno(netlink, *(int *)nlmsg_data(header), NULL);
	return NL_OK;
}

static int take_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *context)
{
	const struct nlmsghdr *header = (struct nlmsghdr *)((char *)error - NLMSG_HDRLEN);
	struct kanary_netlink *netlink = context;
	char text[256];
	int number;

	if (header->nlmsg_seq != netlink->sequence)
		return NL_SKIP;
	number = kanary_protocol_refusal(header, text, sizeof(text));
	netlink->result = fail_errno(netlink, number ? -number : -EPROTO, text);
	netlink->done = true;
	return NL_SKIP;
}

static int take_interrupted(struct nl_msg *message, void *context)
{
	struct kanary_netlink *netlink = context;

	netlink->inconsistent = true;
	return NL_OK;
}

static int skip_check(struct nl_msg *message, void *context)
{
	return NL_OK;
}

/* One datagram or, in a dump, all of them. Return: 0 or -errno. */
static int receive(struct kanary_netlink *netlink)
{
	int error = nl_recvmsgs_default(netlink->socket);

	switch (error) {
	case -NLE_NOMEM:
		/* ENOBUFS: the kernel dropped messages; what they were the sequence tells. */
		netlink->overruns++;
		return 0;
	case -NLE_DUMP_INTR:
		netlink->inconsistent = true;
		return 0;
	case -NLE_AGAIN:
	case -NLE_INTR:
		return 0;
	default:
		return error < 0 ? fail(netlink, -EIO, nl_geterror(error)) : 0;
	}
}

static int transact(struct kanary_netlink *netlink, struct nl_msg *message)
{
	struct pollfd ready = { .fd = nl_socket_get_fd(netlink->socket), .events = POLLIN };
	uint64_t overruns = netlink->overruns;
	int error;

	netlink->done = false;
	netlink->inconsistent = false;
	netlink->result = 0;
	*netlink->error = 0;
	error = nl_send_auto(netlink->socket, message);
	if (error < 0)
		return fail(netlink, -EIO, nl_geterror(error));
	netlink->sequence = nlmsg_hdr(message)->nlmsg_seq;
	while (!netlink->done) {
		bool overrun = netlink->overruns != overruns;

		error = poll(&ready, 1, overrun ? ANSWER_AFTER_OVERRUN_MILLISECONDS :
						  ANSWER_MILLISECONDS);
		if (error < 0 && errno == EINTR)
			continue;
		if (error < 0)
			return fail_errno(netlink, -errno, NULL);
		if (!error)
			return fail(netlink, -ETIMEDOUT, overrun ?
				    "the answer was lost in a flood of events: try again" :
				    "the module does not answer: see the kernel log");
		error = receive(netlink);
		if (error)
			return error;
	}
	return netlink->result;
}

struct nl_msg *kanary_netlink_message(struct kanary_netlink *netlink, enum kanary_command command,
				      size_t size)
{
	struct nl_msg *message = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + 64 + size);

	if (message && !genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, netlink->family, 0, 0,
				    command, KANARY_FAMILY_VERSION)) {
		nlmsg_free(message);
		message = NULL;
	}
	return message;
}

int kanary_netlink_request(struct kanary_netlink *netlink, struct nl_msg *message,
			   kanary_netlink_handler reply, void *context)
{
	int error;

	if (!message)
		return fail_errno(netlink, -ENOMEM, NULL);
	netlink->reply = reply;
	netlink->reply_context = context;
	error = transact(netlink, message);
	netlink->reply = NULL;
	nlmsg_free(message);
	return error;
}

static int collect(const struct nlmsghdr *message, void *context)
{
	struct collection *collection = context;
	struct nlmsghdr **messages;

	messages = realloc(collection->messages, (collection->count + 1) * sizeof(*messages));
	if (!messages)
		return -ENOMEM;
	collection->messages = messages;
	messages[collection->count] = malloc(message->nlmsg_len);
	if (!messages[collection->count])
		return -ENOMEM;
	memcpy(messages[collection->count++], message, message->nlmsg_len);
	return 0;
}

static void forget(struct collection *collection)
{
	while (collection->count)
		free(collection->messages[--collection->count]);
	free(collection->messages);
	collection->messages = NULL;
}

int kanary_netlink_dump(struct kanary_netlink *netlink, enum kanary_command command,
			kanary_netlink_handler reply, void *context)
{
	struct collection collection = { 0 };
	int attempt = 0;
	int error;
	size_t i;

	do {
		struct nl_msg *message = kanary_netlink_message(netlink, command, 0);

		forget(&collection);
		if (message)
			nlmsg_hdr(message)->nlmsg_flags |= NLM_F_DUMP;
		error = kanary_netlink_request(netlink, message, collect, &collection);
	} while (!error && netlink->inconsistent && ++attempt < DUMP_ATTEMPTS);
	/* A list that never stands still is better than none. */
	for (i = 0; !error && i < collection.count; i++)
		error = reply(collection.messages[i], context);
	if (error && !*netlink->error)
		fail_errno(netlink, error, NULL);
	forget(&collection);
	return error;
}

void kanary_netlink_events(struct kanary_netlink *netlink, kanary_netlink_handler event,
			   void *context)
{
	netlink->event = event;
	netlink->event_context = context;
	netlink->event_result = 0;
}

int kanary_netlink_subscribe(struct kanary_netlink *netlink)
{
	int error = netlink->alerts;

	if (error >= 0)
		error = nl_socket_add_membership(netlink->socket, error);
	if (error == -NLE_PERM)
		return fail_errno(netlink, -EPERM, NULL);
	return error < 0 ? fail(netlink, -EIO, nl_geterror(error)) : 0;
}

int kanary_netlink_guard(struct kanary_netlink *netlink)
{
	int error = kanary_netlink_family_notices();

	if (error >= 0)
		error = nl_socket_add_membership(netlink->socket, error);
	return error < 0 ? fail(netlink, -EIO, nl_geterror(error)) : 0;
}

int kanary_netlink_check(struct kanary_netlink *netlink)
{
	int error;

	if (!netlink->gone) {
		error = kanary_netlink_request(netlink,
					       kanary_netlink_message(netlink,
								      KANARY_CMD_GET_STATUS, 0),
					       NULL, NULL);
		/* The family's number is nobody's any more. What else failed may yet do. */
		netlink->gone |= error == -ENOENT;
	}
	return netlink->gone ? fail(netlink, -ENODEV, "the kanary module was unloaded") : 0;
}

int kanary_netlink_wait(struct kanary_netlink *netlink, int milliseconds, int wake)
{
	struct pollfd ready[] = {
		{ .fd = nl_socket_get_fd(netlink->socket), .events = POLLIN },
		{ .fd = wake, .events = POLLIN },
	};
	int messages, error;

	/* Not for ever in one go, as the caller has a clock to look at. */
	for (messages = 0; messages < 64; messages++) {
		error = poll(ready, 2, messages ? 0 : milliseconds);
		if (error < 0 && errno != EINTR)
			return fail_errno(netlink, -errno, NULL);
		if (error <= 0 || !ready[0].revents)
			return 0;
		error = receive(netlink);
		if (error || netlink->event_result)
			return error ? error : netlink->event_result;
		if (netlink->gone)
			return kanary_netlink_check(netlink);
	}
	return 0;
}

uint64_t kanary_netlink_overruns(const struct kanary_netlink *netlink)
{
	return netlink->overruns;
}

const char *kanary_netlink_error(const struct kanary_netlink *netlink)
{
	return netlink->error;
}

static void set_buffer(int descriptor, int forced, int plain, int size)
{
	/* Only root may go beyond the system's limit. */
	if (setsockopt(descriptor, SOL_SOCKET, forced, &size, sizeof(size)))
		setsockopt(descriptor, SOL_SOCKET, plain, &size, sizeof(size));
}

static void set_options(struct kanary_netlink *netlink)
{
	int descriptor = nl_socket_get_fd(netlink->socket);
	int one = 1;

	set_buffer(descriptor, SO_RCVBUFFORCE, SO_RCVBUF, RECEIVE_BUFFER);
	set_buffer(descriptor, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BUFFER);
	/* Without these an error still has its number. */
	setsockopt(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
}

static void set_callbacks(struct kanary_netlink *netlink)
{
	struct nl_cb *callbacks = nl_socket_get_cb(netlink->socket);

	nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, take_valid, netlink);
	nl_cb_set(callbacks, NL_CB_ACK, NL_CB_CUSTOM, take_ack, netlink);
	nl_cb_set(callbacks, NL_CB_FINISH, NL_CB_CUSTOM, take_finish, netlink);
	nl_cb_set(callbacks, NL_CB_DUMP_INTR, NL_CB_CUSTOM, take_interrupted, netlink);
	/* Events have no sequence number of ours; replies are checked above. */
	nl_cb_set(callbacks, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, skip_check, NULL);
	nl_cb_err(callbacks, NL_CB_CUSTOM, take_error, netlink);
	nl_cb_put(callbacks);
}

static int take_status(const struct nlmsghdr *message, void *context)
{
	return kanary_protocol_status(message, context) ? 0 : -EBADMSG;
}

/* Whether both sides mean the same by what they say. */
static bool shake_hands(struct kanary_netlink *netlink, struct kanary_status *status)
{
	int error;

	memset(status, 0, sizeof(*status));
	error = kanary_netlink_request(netlink,
				       kanary_netlink_message(netlink, KANARY_CMD_GET_STATUS, 0),
				       take_status, status);
	if (error && error != -EBADMSG) {
		kanary_message_error("%s", kanary_netlink_error(netlink));
		return false;
	}
	if (!error && status->api_version == KANARY_API_VERSION)
		return true;
	kanary_message_error("the module speaks API %u, this kanary speaks %u: install matching versions",
			     status->api_version, KANARY_API_VERSION);
	return false;
}

struct kanary_netlink *kanary_netlink_open(struct kanary_status *status)
{
	struct kanary_netlink *netlink = calloc(1, sizeof(*netlink));
	int error = -NLE_NOMEM;

	if (netlink)
		netlink->socket = nl_socket_alloc();
	if (!netlink || !netlink->socket)
		goto err_netlink;
	error = genl_connect(netlink->socket);
	if (error)
		goto err_netlink;
	netlink->family = genl_ctrl_resolve(netlink->socket, KANARY_FAMILY_NAME);
	if (netlink->family == -NLE_OBJ_NOTFOUND) {
		kanary_message_error("the kanary module is not loaded: modprobe kanary%s",
				     kanary_lockdown_engaged() ?
				     " (this kernel is locked down: it takes the module signed only)" :
				     " (it is seen from the host's network namespace only)");
		goto err_close;
	}
	error = netlink->family;
	if (error < 0)
		goto err_netlink;
	netlink->alerts = genl_ctrl_resolve_grp(netlink->socket, KANARY_FAMILY_NAME,
						KANARY_GROUP_ALERTS);
	set_options(netlink);
	set_callbacks(netlink);
	if (!shake_hands(netlink, status))
		goto err_close;
	return netlink;

err_netlink:
	kanary_message_error("cannot open a netlink socket: %s", nl_geterror(error));
err_close:
	kanary_netlink_close(netlink);
	return NULL;
}

void kanary_netlink_close(struct kanary_netlink *netlink)
{
	if (!netlink)
		return;
	nl_socket_free(netlink->socket);
	free(netlink);
}
