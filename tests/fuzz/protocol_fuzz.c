// SPDX-License-Identifier: GPL-2.0
/* A netlink message that says that it is the module's. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "module/protocol.h"

static int take(const struct kanary_vector *vector, void *sum)
{
	*(uint64_t *)sum += vector->calls;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kanary_verdict verdicts[4];
	struct kanary_container container;
	struct kanary_vectors vectors;
	struct kanary_status status;
	struct kanary_tamper tamper;
	struct kanary_alert alert;
	struct nlmsghdr *message;
	uint64_t sum = 0;
	char text[128];

	if (size < NLMSG_HDRLEN)
		return 0;
	message = malloc(size);
	memcpy(message, data, size);
	/* The transport hands on whole messages only. */
	message->nlmsg_len = (uint32_t)size;
	kanary_protocol_command(message);
	kanary_protocol_status(message, &status);
	kanary_protocol_container(message, &container);
	kanary_protocol_alert(message, &alert);
	kanary_protocol_tamper(message, &tamper);
	kanary_protocol_vectors(message, &vectors, take, &sum);
	kanary_protocol_verdicts(message, verdicts, 4);
	kanary_protocol_refusal(message, text, sizeof(text));
	free(message);
	return 0;
}
