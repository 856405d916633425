// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

#include "recording_fixture.h"

static struct kanary_recording_writer *writer;

void recording_fixture_begin(const char *path, const char *boot)
{
	writer = kanary_recording_create(path, 64, 0, "kernel", 0);
	assert_non_null(writer);
	if (boot)
		assert_int_equal(kanary_recording_write_host(writer, 100, boot, "6.1.0-9"), 0);
}

void recording_fixture_note(uint64_t cgroup, uint64_t time, enum kanary_recording_event event,
			    const char *runtime, const char *name, const char *id)
{
	char path[128];
	const char *const texts[] = { runtime, name, id, "nginx:1.22", path };

	snprintf(path, sizeof(path), "/system.slice/%s-%s.scope", runtime, id);
	assert_int_equal(kanary_recording_write_container(writer, cgroup, time, event, texts), 0);
}

static void write_stream(uint64_t cgroup, uint64_t stream, uint64_t time, uint32_t first,
			 uint32_t count)
{
	_Alignas(8) uint8_t
		bytes[sizeof(struct kanary_vector) + sizeof(struct kanary_count)] = { 0 };
	struct kanary_vector *vector = (struct kanary_vector *)bytes;

	vector->stream = stream;
	vector->cgroup = cgroup;
	vector->calls = 5;
	vector->length = 1;
	vector->counts[0].count = 5;
	for (vector->index = first; vector->index < first + count; vector->index++) {
		vector->time = time++;
		assert_int_equal(kanary_recording_write(writer, vector), 0);
	}
}

void recording_fixture_vectors(uint64_t cgroup, uint64_t time, uint32_t count)
{
	write_stream(cgroup, cgroup + time, time, 0, count);
}

void recording_fixture_stream(uint64_t cgroup, uint64_t stream, uint32_t first, uint32_t count)
{
	write_stream(cgroup, stream, 1, first, count);
}

void recording_fixture_end(void)
{
	assert_int_equal(kanary_recording_finish(writer), 0);
}

void recording_fixture_loss(const struct kanary_recording_loss *loss)
{
	assert_int_equal(kanary_recording_write_loss(writer, loss), 0);
}

static void web(uint64_t cgroup, uint64_t time, enum kanary_recording_event event, const char *id)
{
	recording_fixture_note(cgroup, time, event, "docker", "web", id);
}

/* A day: web restarts, is made anew, and what was blue is renamed; a process without a name. */
void recording_fixture_day(void)
{
	recording_fixture_begin("day.rec", "boot-a");
	web(10, 110, KANARY_RECORDING_SEEN, RECORDING_FIXTURE_WEB);
	recording_fixture_vectors(10, 120, 1);
	recording_fixture_note(20, 130, KANARY_RECORDING_SEEN, "podman", "cache", "abc1");
	recording_fixture_vectors(20, 140, 2);
	web(10, 150, KANARY_RECORDING_GONE, RECORDING_FIXTURE_WEB);
	web(11, 160, KANARY_RECORDING_SEEN, RECORDING_FIXTURE_WEB);
	recording_fixture_vectors(11, 170, 4);
	web(12, 180, KANARY_RECORDING_SEEN, RECORDING_FIXTURE_WEB_AGAIN);
	recording_fixture_vectors(12, 190, 8);
	recording_fixture_note(30, 200, KANARY_RECORDING_SEEN, "docker", "blue", "abc2");
	recording_fixture_vectors(30, 210, 16);
	recording_fixture_note(30, 220, KANARY_RECORDING_CHANGED, "docker", "green", "abc2");
	recording_fixture_vectors(30, 230, 32);
	recording_fixture_vectors(40, 240, 64);
	recording_fixture_end();
}
