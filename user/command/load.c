// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "terminal/arguments.h"
#include "commands.h"
#include "container_claim.h"
#include "container_list.h"
#include "container/container_name.h"
#include "terminal/message.h"
#include "judge/model_file.h"
#include "target.h"

struct options {
	struct kanary_target target;
	const char *model;
	const char *signature;	/* file, NULL for none */
	int mode;
};

/* What the kernel can be given as a signature. */
struct signature {
	uint32_t size;
	char data[KANARY_SIGNATURE_MAX + 1];
};

static const struct argp_option arguments[] = {
	{ "container", 'c', "C", 0, "which container it is for: as in kanary containers", 0 },
	{ "mode", 'm', "MODE", 0, "then switch to learn, monitor or enforce", 0 },
	{ "signature", 's', "FILE", 0, "the model's signature: detached PKCS#7, DER", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		options->target.text = argument;
		return 0;
	case 'm':
		options->mode = kanary_protocol_mode(argument);
		if (options->mode < 0)
			return kanary_arguments_refuse(state,
						       "'%s' is no mode: learn, monitor and enforce are",
						       argument);
		return 0;
	case 's':
		options->signature = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (options->model)
			return kanary_arguments_extra(state, argument);
		options->model = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->model)
			return kanary_arguments_refuse(state, "the MODEL is missing");
		if (!options->target.text)
			return kanary_arguments_refuse(state, "--container C is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse_argument,
	.args_doc = "MODEL --container C",
	.doc = "Give a model to the kernel for a container, in place of the one it may have.\n\n"
	       "The file is checked here and again in the kernel; a refused model changes nothing.\n"
	       "A signature must be of a key that the kernel trusts, such as the machine owner's:\n"
	       "openssl cms -sign -binary -noattr -outform DER -signer CERT -inkey KEY \\\n"
	       "    -in MODEL -out FILE\n"
	       "\vExample:\n\n  kanary load web.model --container web\n",
};

static int send_number(struct kanary_netlink *netlink, enum kanary_command command, int attribute,
		       uint32_t number, const void *data, uint32_t size)
{
	struct nl_msg *message = kanary_netlink_message(netlink, command, size + 64);

	if (message) {
		nla_put_u32(message, attribute, number);
		if (data && nla_put(message, KANARY_A_DATA, (int)size, data) < 0) {
			nlmsg_free(message);
			message = NULL;
		}
	}
	return kanary_netlink_request(netlink, message, NULL, NULL);
}

static int upload(struct kanary_netlink *netlink, const struct kanary_model_file *file)
{
	uint32_t offset, size;
	int error;

	error = send_number(netlink, KANARY_CMD_MODEL_BEGIN, KANARY_A_SIZE, (uint32_t)file->size,
			    NULL, 0);
	for (offset = 0; !error && offset < file->size; offset += size) {
		size = (uint32_t)file->size - offset;
		if (size > KANARY_CHUNK_MAX)
			size = KANARY_CHUNK_MAX;
		error = send_number(netlink, KANARY_CMD_MODEL_CHUNK, KANARY_A_OFFSET, offset,
				    (char *)file->data + offset, size);
	}
	if (error)
		return kanary_message_error("load: %s", kanary_netlink_error(netlink));
	return 0;
}

/* What is too long is left for the kernel to refuse as it refuses all else that is none. */
static int read_signature(const char *path, struct signature *signature)
{
	FILE *file;

	signature->size = 0;
	if (!path)
		return 0;
	file = fopen(path, "rbe");
	if (!file)
		return kanary_message_error("load: %s: %s", path, strerror(errno));
	signature->size = (uint32_t)fread(signature->data, 1, sizeof(signature->data), file);
	fclose(file);
	if (!signature->size || signature->size > KANARY_SIGNATURE_MAX)
		return kanary_message_error("load: %s: no signature: 1 to %d bytes of PKCS#7", path,
					    KANARY_SIGNATURE_MAX);
	return 0;
}

/* For the kernel's log, which is read when the container may be gone. */
static void put_name(struct nl_msg *message, uint64_t cgroup)
{
	const struct kanary_container_name *name = kanary_container_name_resolve(cgroup);
	char text[KANARY_CONTAINER_SIZE];

	snprintf(text, sizeof(text), "%.*s", (int)sizeof(text) - 1, name->name);
	if (*name->path)
		nla_put_string(message, KANARY_A_CONTAINER, text);
}

static int commit(const struct kanary_target *target, const struct signature *signature)
{
	struct nl_msg *message = kanary_netlink_message(target->netlink, KANARY_CMD_MODEL_COMMIT,
							signature->size + 64 +
							KANARY_CONTAINER_SIZE);

	if (message) {
		nla_put_u64(message, KANARY_A_CGROUP, target->cgroup);
		put_name(message, target->cgroup);
		if (signature->size)
			nla_put(message, KANARY_A_SIGNATURE, (int)signature->size,
				signature->data);
	}
	if (kanary_netlink_request(target->netlink, message, NULL, NULL))
		return kanary_message_error("load: %s", kanary_netlink_error(target->netlink));
	return 0;
}

/* What it was given, and what it had before. */
static void report(const struct options *options, const struct kanary_model_file *file,
		   const struct kanary_container_list *before)
{
	const struct kanary_target *target = &options->target;
	const struct kanary_container_entry *entry;
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(KANARY_NAME_SIZE)], text[2048];

	entry = kanary_container_list_find(before, target->cgroup);
	printf("%s (profile %s) now watches %s", options->model,
	       kanary_message_escape(file->model.header->name, KANARY_NAME_SIZE, escaped),
	       kanary_container_name_describe(kanary_container_name_resolve(target->cgroup), text,
					      sizeof(text)));
	if (entry && *entry->container.profile)
		printf(", before: profile %s",
		       kanary_message_escape(entry->container.profile, KANARY_NAME_SIZE, escaped));
	putchar('\n');
	kanary_container_claim_warn(kanary_container_name_resolve(target->cgroup));
}

/* The kernel refuses it as well, but cannot say the numbers. */
static int check_period(const struct options *options, const struct kanary_model_file *file)
{
	uint32_t module = options->target.status.period, period = file->model.header->period;

	if (module == period)
		return 0;
	return kanary_message_error("load: %s is of %u calls a vector, the module counts %u: load the module with period=%u, or record and train again",
				    options->model, period, module, period);
}

static int load(struct options *options, const struct kanary_model_file *file,
		const struct signature *signature)
{
	struct kanary_target *target = &options->target;
	struct kanary_container_list before = { 0 };
	int error;

	error = kanary_target_open("load", target) ||
		kanary_container_claim_check("load", kanary_container_name_resolve(target->cgroup),
					     &target->status) ||
		check_period(options, file);
	if (!error && kanary_container_list_read(&before, target->netlink))
		error = kanary_message_error("load: %s", kanary_netlink_error(target->netlink));
	error = error || upload(target->netlink, file) || commit(target, signature);
	if (!error && options->mode >= 0)
		error = kanary_target_send("load", target, KANARY_CMD_SET_MODE, options->mode);
	if (!error)
		report(options, file, &before);
	kanary_container_list_free(&before);
	kanary_target_close(target);
	return error;
}

int kanary_load_main(int argc, char **argv)
{
	struct options options = { .mode = -1 };
	static struct signature signature;
	struct kanary_model_file file;
	int error;

	error = kanary_arguments_parse(&argp, argc, argv, &options);
	if (error)
		return error;
	if (read_signature(options.signature, &signature) ||
	    kanary_model_file_read("load", options.model, &file))
		return 1;
	error = load(&options, &file, &signature);
	kanary_model_file_free(&file);
	return error;
}
