/* SPDX-License-Identifier: GPL-2.0 */
/* vectors RECORDING: a line of JSON for each vector, then what damage there is. */
#include <stdio.h>

#include "recording/recording.h"
#include "syscall_name.h"

static const char *name_bin(u32 bin, char name[32])
{
	if (bin < KANARY_PATH_FIRST)
		return kanary_syscall_name(bin, name, 32);
	snprintf(name, 32, "path_%u", bin - KANARY_PATH_FIRST);
	return name;
}

static void print(const struct kanary_vector *vector)
{
	char name[32];
	u16 i;

	printf("{\"stream\":%llu,\"cgroup\":%llu,\"time\":%llu,\"pid\":%u,\"tgid\":%u,",
	       vector->stream, vector->cgroup, vector->time, vector->pid, vector->tgid);
	printf("\"index\":%u,\"calls\":%u,\"reason\":%u,\"counts\":{", vector->index,
	       vector->calls, vector->reason);
	for (i = 0; i < vector->length; i++)
		printf("%s\"%s\":%u", i ? "," : "", name_bin(vector->counts[i].bin, name),
		       vector->counts[i].count);
	printf("}}\n");
}

int main(int argc, char **argv)
{
	struct kanary_recording_reader *reader;
	const struct kanary_vector *vector;
	const char *why;

	if (argc != 2)
		return 2;
	reader = kanary_recording_open(argv[1], &why);
	if (!reader) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	while ((vector = kanary_recording_next(reader)))
		print(vector);
	why = kanary_recording_damage(reader);
	if (why)
		fprintf(stderr, "%s\n", why);
	kanary_recording_close(reader);
	return 0;
}
