/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages that no honest client sends, over a raw netlink socket.
 *
 *	hostile messages CGROUP MODEL	wrong attributes and wrong models; CGROUP has MODEL in force
 *	hostile fuzz CGROUP N SEED	N random messages
 *	hostile probe FAMILY GROUP	every command must be refused to this caller
 *	hostile family			prints the numbers of the family and of its group
 *	hostile deaf			records, says ready, and never reads
 *
 * Prints a line for each thing that is not as it has to be. Exit status 0 when all is.
 */
#include <errno.h>
#include <stdarg.h>
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
#include "model.h"
#include "model_fixture.h"
#include "path_record.h"
#include "vector.h"

static int wrong;

static void complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	wrong++;
}

/* Says what the module answered where that is not @error with @text in its sentence. */
static void expect(struct hostile_socket *socket, const char *what, int error, const char *text)
{
	int got = hostile_send(socket);

	if (got != error)
		complain("%s: answered %s instead of %s (%s)", what, strerror(got),
			 strerror(error), socket->text);
	else if (text && !strstr(socket->text, text))
		complain("%s: the sentence is '%s', without '%s'", what, socket->text, text);
}

static void missing(struct hostile_socket *socket, u64 cgroup)
{
	hostile_begin(socket, KANARY_CMD_MODEL_BEGIN);
	expect(socket, "begin without a size", EINVAL, "the size of the model is missing");
	hostile_begin(socket, KANARY_CMD_MODEL_CHUNK);
	hostile_put(socket, KANARY_A_DATA, "1234", 4);
	expect(socket, "chunk without an offset", EINVAL, "the offset of the chunk is missing");
	hostile_begin(socket, KANARY_CMD_MODEL_CHUNK);
	hostile_put_u32(socket, KANARY_A_OFFSET, 0);
	expect(socket, "chunk without bytes", EINVAL, "the bytes of the chunk are missing");
	hostile_begin(socket, KANARY_CMD_MODEL_COMMIT);
	expect(socket, "commit without a container", EINVAL, "the container is missing");
	hostile_begin(socket, KANARY_CMD_UNLOAD);
	expect(socket, "unload without a container", EINVAL, "the container is missing");
	hostile_begin(socket, KANARY_CMD_SET_MODE);
	hostile_put_u32(socket, KANARY_A_MODE, KANARY_MODE_LEARN);
	expect(socket, "mode without a container", EINVAL, "the container is missing");
	hostile_begin(socket, KANARY_CMD_SET_MODE);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	expect(socket, "mode without a mode", EINVAL, "the mode is missing");
	hostile_begin(socket, KANARY_CMD_SCORE);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	expect(socket, "score without vectors", EINVAL, "the vectors are missing");
}

/* The words for these are the kernel's own. */
static void malformed(struct hostile_socket *socket, u64 cgroup)
{
	static char block[65000];

	hostile_begin(socket, KANARY_CMD_MODEL_BEGIN);
	hostile_put(socket, KANARY_A_SIZE, "12", 2);
	expect(socket, "size of 2 bytes", EINVAL, "invalid attribute length");
	hostile_begin(socket, KANARY_CMD_MODEL_BEGIN);
	hostile_put(socket, KANARY_A_SIZE, "12345678", 8);
	expect(socket, "size of 8 bytes", EINVAL, "invalid attribute length");
	hostile_begin(socket, KANARY_CMD_UNLOAD);
	hostile_put_u32(socket, KANARY_A_CGROUP, (u32)cgroup);
	expect(socket, "container of 4 bytes", EINVAL, "invalid attribute length");
	hostile_begin(socket, KANARY_CMD_SET_MODE);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	hostile_put_u32(socket, KANARY_A_MODE, KANARY_MODE_ENFORCE + 1);
	expect(socket, "mode 3", ERANGE, "out of range");
	hostile_begin(socket, KANARY_CMD_MODEL_CHUNK);
	hostile_put_u32(socket, KANARY_A_OFFSET, 0);
	hostile_put(socket, KANARY_A_DATA, "", 0);
	expect(socket, "chunk of 0 bytes", ERANGE, "size out of range");
	hostile_begin(socket, KANARY_CMD_MODEL_CHUNK);
	hostile_put_u32(socket, KANARY_A_OFFSET, 0);
	hostile_put(socket, KANARY_A_DATA, block, KANARY_CHUNK_MAX + 1);
	expect(socket, "chunk of 32 KiB and a byte", ERANGE, "size out of range");
	hostile_begin(socket, KANARY_CMD_UNLOAD);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	hostile_put_u32(socket, KANARY_A_MODE, 0);
	expect(socket, "unload with a mode", EINVAL, "Unknown attribute type");
	hostile_begin(socket, KANARY_CMD_GET_STATUS);
	hostile_put_u32(socket, KANARY_A_SIZE, 0);
	expect(socket, "status with a size", EINVAL, "Unknown attribute type");
	hostile_begin(socket, KANARY_CMD_RECORD_STOP);
	hostile_put_u32(socket, 999, 0);
	expect(socket, "attribute 999", EINVAL, "Unknown attribute type");
	hostile_begin(socket, KANARY_CMD_UNLOAD);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	hostile_last(socket)->nla_len += 40;
	expect(socket, "attribute longer than its message", EINVAL, "leftover");
	hostile_begin(socket, KANARY_CMD_UNLOAD);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	hostile_last(socket)->nla_len = 2;
	expect(socket, "attribute shorter than its header", EINVAL, "leftover");
	hostile_begin(socket, KANARY_CMD_ALERT);
	expect(socket, "an event as a command", EOPNOTSUPP, NULL);
	hostile_begin(socket, 200);
	expect(socket, "command 200", EOPNOTSUPP, NULL);
}

static void score_with(struct hostile_socket *socket, u64 cgroup, const char *what,
		       const struct kanary_vector *vector, size_t size, int error)
{
	hostile_begin(socket, KANARY_CMD_SCORE);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	hostile_put(socket, KANARY_A_VECTOR, vector, size);
	expect(socket, what, error, error ? "" : NULL);
	if (error && !*socket->text)
		complain("%s: refused without a sentence", what);
}

static void vectors(struct hostile_socket *socket, u64 cgroup)
{
	struct {
		struct kanary_vector vector;
		struct kanary_count counts[3];
	} good = {
		.vector = { .stream = 1, .cgroup = cgroup, .calls = 6, .length = 3 },
		.counts = { { 0, 1 }, { 1, 2 }, { 959, 3 } },
	}, bad;
	/* Not sizeof: the structure around it is padded. */
	size_t size = kanary_vector_size(&good.vector);
	u32 i;

	score_with(socket, cgroup, "a good vector", &good.vector, size, 0);
	score_with(socket, cgroup, "half a vector", &good.vector, 40, ERANGE);
	score_with(socket, cgroup, "a vector without its last count", &good.vector,
		   size - 4, EINVAL);
	bad = good;
	bad.vector.calls = 7;
	score_with(socket, cgroup, "calls that are not the sum", &bad.vector, size, EINVAL);
	bad = good;
	bad.counts[2].bin = KANARY_VECTOR_BINS;
	score_with(socket, cgroup, "a bin that is not there", &bad.vector, size, EINVAL);
	bad = good;
	bad.counts[0].bin = 1;
	score_with(socket, cgroup, "the same bin twice", &bad.vector, size, EINVAL);
	bad = good;
	bad.vector.length = 0;
	score_with(socket, cgroup, "no counts", &bad.vector, size, EINVAL);
	bad = good;
	bad.vector.reason = 77;
	score_with(socket, cgroup, "reason 77", &bad.vector, size, EINVAL);

	hostile_begin(socket, KANARY_CMD_SCORE);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	for (i = 0; i <= KANARY_SCORE_MAX; i++)
		hostile_put(socket, KANARY_A_VECTOR, &good, size);
	expect(socket, "257 vectors", E2BIG, "too many vectors");
	score_with(socket, 1ull << 60, "score of a container that is not there", &good.vector,
		   size, ENOENT);
}

static void put_one_vector(struct hostile_socket *socket, u64 stream)
{
	struct {
		struct kanary_vector vector;
		struct kanary_count count;
	} one = {
		.vector = { .stream = stream, .calls = 3, .length = 1 }, .count = { 7, 3 },
	};

	hostile_put(socket, KANARY_A_VECTOR, &one, kanary_vector_size(&one.vector));
}

/* A vector of stream 1 behind a path. */
static void score_path(struct hostile_socket *socket, u64 cgroup, const char *what,
		       const struct kanary_path *path, size_t size, int error, const char *text)
{
	hostile_begin(socket, KANARY_CMD_SCORE);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	hostile_put(socket, KANARY_A_PATH, path, size);
	put_one_vector(socket, 1);
	expect(socket, what, error, text);
}

static void paths(struct hostile_socket *socket, u64 cgroup)
{
	_Alignas(8) u8 memory[KANARY_PATH_RECORD_SIZE_MAX + 1] = { 0 };
	struct kanary_path *path = (struct kanary_path *)memory;
	const size_t size = kanary_path_record_size(4);
	u32 i;

	path->stream = 1;
	path->length = 4;
	memcpy(path->name, "/etc", 4);
	score_path(socket, cgroup, "a good path", path, size, 0, NULL);
	score_path(socket, cgroup, "half a path", path, 39, ERANGE, "size out of range");
	score_path(socket, cgroup, "a path of 257 bytes", path, sizeof(memory), ERANGE,
		   "size out of range");
	score_path(socket, cgroup, "a path without its last byte", path, size - 1, EINVAL,
		   "does not follow from its length");
	path->stream = 2;
	score_path(socket, cgroup, "a path of another stream", path, size, EINVAL,
		   "another stream");
	path->stream = 1;
	path->flags = KANARY_PATH_RELATIVE;
	score_path(socket, cgroup, "/etc, relative", path, size, EINVAL, "not relative");
	path->flags = 0x8000;
	score_path(socket, cgroup, "an unknown flag", path, size, EINVAL, "unknown flag");
	path->flags = 0;
	path->name[2] = 0;
	score_path(socket, cgroup, "a zero in a path", path, size, EINVAL, "byte of 0");
	path->name[2] = '\n';
	score_path(socket, cgroup, "a newline in a path", path, size, 0, NULL);
	path->length = KANARY_PATH_SIZE_MAX;
	memset(path->name, 0xff, KANARY_PATH_SIZE_MAX);
	path->flags = KANARY_PATH_RELATIVE | KANARY_PATH_TRUNCATED;
	score_path(socket, cgroup, "256 bytes of 255", path, sizeof(memory) - 1, 0, NULL);

	path->length = 4;
	path->flags = 0;
	memcpy(path->name, "/etc", 4);
	hostile_begin(socket, KANARY_CMD_SCORE);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	put_one_vector(socket, 1);
	hostile_put(socket, KANARY_A_PATH, path, size);
	expect(socket, "a path behind the last vector", EINVAL, "without a vector");
	hostile_begin(socket, KANARY_CMD_SCORE);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	hostile_put(socket, KANARY_A_PATH, path, size);
	expect(socket, "a path alone", EINVAL, "the vectors are missing");
	for (i = 0; i < 2; i++) {
		u32 left = KANARY_SCORE_PATHS_MAX + i;

		hostile_begin(socket, KANARY_CMD_SCORE);
		hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
		while (left--)
			hostile_put(socket, KANARY_A_PATH, path, size);
		put_one_vector(socket, 1);
		expect(socket, i ? "1025 paths" : "1024 paths", i ? E2BIG : 0,
		       i ? "too many paths" : NULL);
	}
	hostile_begin(socket, KANARY_CMD_UNLOAD);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
	hostile_put(socket, KANARY_A_PATH, path, size);
	expect(socket, "unload with a path", EINVAL, "Unknown attribute type");
}

static void containers(struct hostile_socket *socket)
{
	hostile_begin(socket, KANARY_CMD_UNLOAD);
	hostile_put_u64(socket, KANARY_A_CGROUP, 1ull << 60);
	expect(socket, "unload of a container without a model", ENOENT, "has no model");
	hostile_begin(socket, KANARY_CMD_SET_MODE);
	hostile_put_u64(socket, KANARY_A_CGROUP, 1ull << 60);
	hostile_put_u32(socket, KANARY_A_MODE, 0);
	expect(socket, "mode of a container without a model", ENOENT, "has no model");
	hostile_begin(socket, KANARY_CMD_RECORD_STOP);
	expect(socket, "stop of a recording that is not ours", ENOENT, "not the recorder");
}

static void begin(struct hostile_socket *socket, u32 size)
{
	hostile_begin(socket, KANARY_CMD_MODEL_BEGIN);
	hostile_put_u32(socket, KANARY_A_SIZE, size);
}

static void chunk(struct hostile_socket *socket, u32 offset, const void *data, u32 size)
{
	hostile_begin(socket, KANARY_CMD_MODEL_CHUNK);
	hostile_put_u32(socket, KANARY_A_OFFSET, offset);
	hostile_put(socket, KANARY_A_DATA, data, size);
}

static void commit(struct hostile_socket *socket, u64 cgroup)
{
	hostile_begin(socket, KANARY_CMD_MODEL_COMMIT);
	hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
}

static void upload(struct hostile_socket *socket, const void *file, u32 size)
{
	u32 offset, length;

	begin(socket, size);
	expect(socket, "begin", 0, NULL);
	for (offset = 0; offset < size; offset += length) {
		length = size - offset < KANARY_CHUNK_MAX ? size - offset : KANARY_CHUNK_MAX;
		chunk(socket, offset, (const u8 *)file + offset, length);
		expect(socket, "chunk", 0, NULL);
	}
}

static void refuse_model(struct hostile_socket *socket, u64 cgroup, const char *what,
			 const void *file, u32 size, const char *text)
{
	upload(socket, file, size);
	commit(socket, cgroup);
	expect(socket, what, EINVAL, text);
	if (!*socket->text)
		complain("%s: refused without a sentence", what);
}

static void uploads(struct hostile_socket *socket, int family, u64 cgroup, const u8 *file,
		    u32 size)
{
	struct hostile_socket other[5];
	u32 i;

	chunk(socket, 0, file, 16);
	expect(socket, "chunk without a begin", EINVAL, "no upload has been begun");
	commit(socket, cgroup);
	expect(socket, "commit without a begin", EINVAL, "no upload has been begun");
	begin(socket, 0);
	expect(socket, "model of 0 bytes", EINVAL, "no model has this size");
	begin(socket, KANARY_MODEL_SIZE_MAX + 1);
	expect(socket, "model of 4 MiB and a byte", EINVAL, "no model has this size");
	begin(socket, 0xffffffff);
	expect(socket, "model of 4 GiB", EINVAL, "no model has this size");
	begin(socket, size);
	expect(socket, "begin", 0, NULL);
	chunk(socket, 16, file + 16, 16);
	expect(socket, "the second chunk first", EINVAL, "missing or repeated");
	chunk(socket, 0, file, 16);
	expect(socket, "the first chunk", 0, NULL);
	chunk(socket, 0, file, 16);
	expect(socket, "the first chunk again", EINVAL, "missing or repeated");
	commit(socket, cgroup);
	expect(socket, "commit of half a model", EINVAL, "not complete");
	begin(socket, 200);
	expect(socket, "begin", 0, NULL);
	chunk(socket, 0, file, 201);
	expect(socket, "a byte too many", EINVAL, "more bytes than");
	/* The first of them is half way; sockets that close must give their place back. */
	for (i = 0; i < 5; i++) {
		hostile_open(&other[i], family);
		begin(&other[i], size);
		expect(&other[i], "upload at once with others", i < 3 ? 0 : EBUSY,
		       i < 3 ? NULL : "too many uploads");
	}
	for (i = 0; i < 5; i++)
		close(other[i].descriptor);
}

/* What a person could not tell from a good model. */
static void models(struct hostile_socket *socket, u64 cgroup, const u8 *file, u32 size)
{
	struct kanary_model_header *header;
	struct kanary_model model;
	uint64_t random = 12345;
	u8 *copy = malloc(size + 8);
	u32 i;

	header = (struct kanary_model_header *)copy;
	memset(copy, 0, size + 8);
#define FRESH() memcpy(copy, file, size)
	FRESH();
	refuse_model(socket, cgroup, "a model without its end", copy, size - 8, "cut off");
	refuse_model(socket, cgroup, "a model's header", copy, sizeof(*header), "cut off");
	refuse_model(socket, cgroup, "a model with bytes behind", copy, size + 8, "beyond");
	for (i = 0; i < 60; i++) {
		u32 at = model_fixture_random(&random) % size;

		FRESH();
		copy[at] ^= 1 << (model_fixture_random(&random) % 8);
		refuse_model(socket, cgroup, "a model with one bit wrong", copy, size, "");
	}
#define SEALED(what, text) do { \
		model_fixture_seal(copy, size); \
		refuse_model(socket, cgroup, what, copy, size, text); \
		FRESH(); \
	} while (0)
	FRESH();
	header->version++;
	SEALED("a model of the next version", "another format version");
	header->inputs = 0xfffe;
	SEALED("65534 inputs", "inputs");
	header->sequence.steps = 0xffff;
	SEALED("65535 steps", "steps");
	header->period *= 2;
	SEALED("a model with another period", "another period");
	header->name[0] = '\n';
	SEALED("a name with a newline", "name");
	header->reserved = 1;
	SEALED("a reserved field in use", "reserved");
	kanary_model_layout(&model, copy);
	((u32 *)model.process_weight)[3] = 0x7fc00000;
	SEALED("a weight that is a NaN", "too large");
	((struct kanary_model_row *)model.encode.row)[0].bias = 0x7fffffff;
	SEALED("a row that could overflow", "");
	((struct kanary_model_reference *)model.reference)->verdict.process_error ^= 1;
	model_fixture_seal(copy, size);
	upload(socket, copy, size);
	commit(socket, cgroup);
	expect(socket, "a reference verdict that is off by one", EILSEQ, "reference vector");
	free(copy);
}

static int run_messages(int argc, char **argv)
{
	struct hostile_socket socket, second;
	u8 file[200000];
	u64 cgroup;
	int family;
	size_t size;
	FILE *stream;

	if (argc != 4)
		return 2;
	cgroup = strtoull(argv[2], NULL, 10);
	stream = fopen(argv[3], "rb");
	size = stream ? fread(file, 1, sizeof(file), stream) : 0;
	family = hostile_family(NULL);
	if (!size || family < 0 || hostile_open(&socket, family)) {
		complain("cannot begin: family %d, model of %zu bytes", family, size);
		return 1;
	}
	missing(&socket, cgroup);
	malformed(&socket, cgroup);
	vectors(&socket, cgroup);
	paths(&socket, cgroup);
	containers(&socket);
	uploads(&socket, family, cgroup, file, (u32)size);
	models(&socket, cgroup, file, (u32)size);
	hostile_begin(&socket, KANARY_CMD_RECORD_START);
	expect(&socket, "recording", 0, NULL);
	hostile_open(&second, family);
	hostile_begin(&second, KANARY_CMD_RECORD_START);
	expect(&second, "a second recorder", EBUSY, "another recorder is running");
	hostile_begin(&second, KANARY_CMD_RECORD_STOP);
	expect(&second, "stopping someone else's recording", ENOENT, "not the recorder");
	/* Not of the recorder: nobody reads what it is sent, so the answer may find no room. */
	hostile_begin(&second, KANARY_CMD_GET_STATUS);
	expect(&second, "status after all that", 0, NULL);
	return !!wrong;
}

static void put_random(struct hostile_socket *socket, uint64_t *random, u64 cgroup)
{
	u32 kind = model_fixture_random(random), size, i;
	u8 data[1024];

	if (kind % 3 == 0) {
		hostile_put_u64(socket, KANARY_A_CGROUP, cgroup);
		return;
	}
	size = kind % 5 ? (kind >> 8) % 16 : (kind >> 8) % sizeof(data);
	for (i = 0; i < size; i++)
		data[i] = (u8)(model_fixture_random(random) >> 8 & (kind % 7 ? 3 : 0xff));
	hostile_put(socket, (u16)((kind >> 4) % (KANARY_A_MAX + 3)), data, size);
	if (kind % 11 == 0)
		hostile_last(socket)->nla_len += (u16)(model_fixture_random(random) % 64);
}

/* Unload, mode and recording are left out: they may do what they are asked to. */
static int run_fuzz(int argc, char **argv)
{
	static const u8 commands[] = {
		KANARY_CMD_GET_STATUS, KANARY_CMD_GET_CONTAINERS, KANARY_CMD_RECORD_STOP,
		KANARY_CMD_MODEL_BEGIN, KANARY_CMD_MODEL_CHUNK, KANARY_CMD_MODEL_COMMIT,
		KANARY_CMD_SCORE, KANARY_CMD_ALERT, KANARY_CMD_VECTORS, 77,
	};
	struct hostile_socket socket;
	uint64_t random, i, number;
	int family, refused = 0;
	u64 cgroup;
	u32 n;

	if (argc != 5)
		return 2;
	cgroup = strtoull(argv[2], NULL, 10);
	number = strtoull(argv[3], NULL, 10);
	random = strtoull(argv[4], NULL, 10) * 2 + 1;
	family = hostile_family(NULL);
	if (family < 0 || hostile_open(&socket, family))
		return 1;
	for (i = 0; i < number; i++) {
		hostile_begin(&socket, commands[model_fixture_random(&random) % sizeof(commands)]);
		for (n = model_fixture_random(&random) % 5; n; n--)
			put_random(&socket, &random, cgroup);
		refused += hostile_send(&socket) != 0;
	}
	printf("%llu messages, %d refused\n", (unsigned long long)number, refused);
	hostile_begin(&socket, KANARY_CMD_GET_STATUS);
	expect(&socket, "status after all that", 0, NULL);
	if (!refused)
		complain("not one of the messages was refused");
	return !!wrong;
}

static int run_probe(int argc, char **argv)
{
	struct hostile_socket sender;
	int group;
	u8 command;

	if (argc != 4)
		return 2;
	group = atoi(argv[3]);
	if (hostile_open(&sender, atoi(argv[2]))) {
		complain("no socket: %s", strerror(errno));
		return 1;
	}
	for (command = KANARY_CMD_GET_STATUS; command <= KANARY_CMD_MAX; command++) {
		int error;

		hostile_begin(&sender, command);
		hostile_put_u64(&sender, KANARY_A_CGROUP, 1);
		error = hostile_send(&sender);
		if (error != EPERM && error != ENOENT && error != EOPNOTSUPP)
			complain("command %d is answered with: %s", command, strerror(error));
	}
	/* Where the group can be joined nevertheless, it is another namespace's, and silent. */
	if (!setsockopt(sender.descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			sizeof(group)))
		printf("joined\n");
	return !!wrong;
}

static int run_deaf(void)
{
	struct hostile_socket recorder;
	int bytes = 65536;

	if (hostile_open(&recorder, hostile_family(NULL)))
		return 1;
	setsockopt(recorder.descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	hostile_begin(&recorder, KANARY_CMD_RECORD_START);
	expect(&recorder, "recording", 0, NULL);
	if (wrong)
		return 1;
	fprintf(stderr, "ready\n");
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int family, group = 0;

	if (argc > 1 && !strcmp(argv[1], "messages"))
		return run_messages(argc, argv);
	if (argc > 1 && !strcmp(argv[1], "fuzz"))
		return run_fuzz(argc, argv);
	if (argc > 1 && !strcmp(argv[1], "probe"))
		return run_probe(argc, argv);
	if (argc > 1 && !strcmp(argv[1], "deaf"))
		return run_deaf();
	if (argc > 1 && !strcmp(argv[1], "family")) {
		family = hostile_family(&group);
		printf("%d %d\n", family, group);
		return family < 0;
	}
	fprintf(stderr, "usage: hostile messages|fuzz|probe|family|deaf ...\n");
	return 2;
}
