// SPDX-License-Identifier: GPL-2.0
/*
 * seeds DIRECTORY: what the fuzzers begin with, as far as it is no text.
 *
 * Small models of every shape, a recording, single vectors, messages of the module,
 * and a zip archive. The same files on every machine.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive_fixture.h"
#include "model_fixture.h"
#include "path_record.h"
#include "recording/random_vector.h"
#include "recording/recording.h"

static const char *top;

static const char *place(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void give_up(const char *path)
{
	fprintf(stderr, "seeds: %s: %s\n", path, strerror(errno));
	exit(1);
}

/* A path below the directory; its folder is made. */
static const char *place(const char *format, ...)
{
	static char path[4096];
	va_list arguments;
	size_t used;
	char *slash;

	used = (size_t)snprintf(path, sizeof(path), "%s/", top);
	va_start(arguments, format);
	vsnprintf(path + used, sizeof(path) - used, format, arguments);
	va_end(arguments);
	slash = strrchr(path, '/');
	*slash = 0;
	if (mkdir(path, 0777) && errno != EEXIST)
		give_up(path);
	*slash = '/';
	return path;
}

static void write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	if (!file || fwrite(data, 1, size, file) != size || fclose(file))
		give_up(path);
}

/* As small as they may be, so that an execution is short and a change hits something. */
static void write_models(void)
{
	static const struct model_fixture_shape shapes[] = {
		{ .inputs = 4, .code = 2 },
		{ .inputs = 6, .code = 2, .sequence = { 2, 2, 1, 0 } },
		{ .inputs = 6, .code = 2, .container = { 2, 2, 1, 0 } },
		{ .inputs = 8, .code = 4, .kinds = 2 },
		{ .inputs = 8, .code = 2, .states = 3 },
		{ .inputs = 8, .code = 2, .sequence = { 4, 3, 2, 0 }, .container = { 2, 3, 1, 0 },
		  .kinds = 2, .states = 2 },
		{ .inputs = 4, .code = 2, .paths_inputs = 8, .paths_code = 2, .names = 5 },
	};
	struct model_fixture fixture;
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		model_fixture_create_whole(&fixture, i + 1, &shapes[i]);
		write_file(place("model/%zu", i), fixture.file, fixture.size);
		model_fixture_destroy(&fixture);
	}
}

static void write_vectors(void)
{
	static struct kanary_random_vector source;
	const struct kanary_vector *vector;
	int i;

	kanary_random_vector_seed(&source, 1);
	for (i = 0; i < 8; i++) {
		vector = kanary_random_vector_next(&source, i == 7);
		write_file(place("vector/%d", i), vector, kanary_vector_size(vector));
	}
}

static const struct kanary_path *a_path(void)
{
	static _Alignas(8) u8 memory[sizeof(struct kanary_path) + 16];
	struct kanary_path *path = (void *)memory;

	path->stream = 1;
	path->cgroup = 7;
	path->pid = 12;
	path->call = 2;
	path->length = 11;
	memcpy(path->name, "/etc/passwd", 11);
	return path;
}

static void write_recording(void)
{
	const char *path = place("recording/whole");
	static struct kanary_random_vector source;
	struct kanary_recording_writer *writer;
	const char *const texts[] = { "docker", "web", "abcd", "nginx:1.22", "/a/docker-abcd" };
	const struct kanary_recording_loss loss = { .vectors = 1, .end = KANARY_RECORDING_ENDED };
	int i, error;

	writer = kanary_recording_create(path, 64, 0, "seeds", 0);
	if (!writer)
		give_up(path);
	kanary_random_vector_seed(&source, 2);
	kanary_recording_write_host(writer, 1, "boot", "6.1.0");
	kanary_recording_write_container(writer, 7, 2, KANARY_RECORDING_SEEN, texts);
	error = kanary_recording_write_path(writer, a_path());
	for (i = 0; !error && i < 4; i++)
		error = kanary_recording_write(writer, kanary_random_vector_next(&source, i == 3));
	kanary_recording_write_loss(writer, &loss);
	if (kanary_recording_finish(writer))
		give_up(path);
}

static void write_archive(void)
{
	static const char text[] = "6 6 63 6 42 120 6 195 120 6 6 114 114 1 1 252 252 252\n";
	const char *path = place("adfa/archive.zip");
	struct archive *archive = archive_fixture_create(path);

	archive_fixture_add(archive, "a/UAD-1.txt", text);
	archive_fixture_finish(archive);
}

/* One message with all attributes that the module ever sends in it. */
static void write_message(int command)
{
	static struct kanary_random_vector source;
	const struct kanary_vector *vector;
	static u8 zeros[256];
	struct nl_msg *message = nlmsg_alloc_size(65536);
	struct nlattr *nest;
	int attribute;

	kanary_random_vector_seed(&source, 3);
	vector = kanary_random_vector_next(&source, false);
	genlmsg_put(message, 1, 1, NLMSG_MIN_TYPE, 0, 0, (uint8_t)command, 1);
	for (attribute = 1; attribute <= KANARY_A_MAX; attribute++) {
		switch (attribute) {
		case KANARY_A_VECTOR:
			nla_put(message, attribute, (int)kanary_vector_size(vector),
				vector);
			break;
		case KANARY_A_PATH:
			nla_put(message, attribute, (int)kanary_path_record_size(11), a_path());
			break;
		case KANARY_A_VERDICT:
			nla_put(message, attribute, sizeof(struct kanary_verdict), zeros);
			break;
		case KANARY_A_COUNTERS:
		case KANARY_A_UNUSUAL:
			nest = nla_nest_start(message, attribute);
			nla_put_u32(message, KANARY_A_BIN, 7);
			nla_put_u32(message, KANARY_A_EXCESS, 7);
			nla_put_u64(message, KANARY_A_COUNTER_SEEN, 7);
			nla_nest_end(message, nest);
			break;
		case KANARY_A_CGROUP:
		case KANARY_A_TIME:
		case KANARY_A_MEMORY:
		case KANARY_A_VECTORS:
		case KANARY_A_BUDGET:
		case KANARY_A_SCORED:
		case KANARY_A_ALERTS:
		case KANARY_A_LOST:
			nla_put_u64(message, attribute, 7);
			break;
		case KANARY_A_PAD:
		case KANARY_A_DATA:
			break;
		case KANARY_A_VERSION:
		case KANARY_A_HOOK:
		case KANARY_A_COMM:
		case KANARY_A_PROFILE:
		case KANARY_A_ATTEMPT:
			nla_put_string(message, attribute, "text");
			break;
		default:
			nla_put_u32(message, attribute, 7);
		}
	}
	write_file(place("protocol/%d", command), nlmsg_hdr(message),
		   nlmsg_hdr(message)->nlmsg_len);
	nlmsg_free(message);
}

static void write_refusal(void)
{
	static const char why[] = "a sentence";
	struct nl_msg *message = nlmsg_alloc();
	struct nlmsgerr error = { .error = -EINVAL, .msg = { .nlmsg_len = NLMSG_HDRLEN } };

	nlmsg_put(message, 1, 1, NLMSG_ERROR, 0, NLM_F_ACK_TLVS | NLM_F_CAPPED);
	nlmsg_append(message, &error, sizeof(error), NLMSG_ALIGNTO);
	nla_put_string(message, NLMSGERR_ATTR_MSG, why);
	write_file(place("protocol/refusal"), nlmsg_hdr(message), nlmsg_hdr(message)->nlmsg_len);
	nlmsg_free(message);
}

int main(int argc, char **argv)
{
	int command;

	if (argc != 2) {
		fprintf(stderr, "usage: seeds DIRECTORY\n");
		return 2;
	}
	top = argv[1];
	write_models();
	write_vectors();
	write_recording();
	write_archive();
	for (command = 1; command <= KANARY_CMD_MAX; command++)
		write_message(command);
	write_refusal();
	return 0;
}
