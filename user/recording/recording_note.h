/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a recording says beside vectors and paths: on which machine it was made, whose
 * the cgroup ids in it are, and what was lost. Each is a record of a kind of its own.
 */
#ifndef KANARY_RECORDING_NOTE_H
#define KANARY_RECORDING_NOTE_H

#include <stddef.h>
#include <stdint.h>

/* A runtime's name, two names of files and a path: more is no container's. */
#define KANARY_RECORDING_TEXT_MAX 2048

/** enum kanary_recording_event - why a container is written down */
enum kanary_recording_event {
	KANARY_RECORDING_SEEN,		/* for the first time */
	KANARY_RECORDING_CHANGED,	/* it has another name now */
	KANARY_RECORDING_GONE,		/* the last of its tasks ended */
	KANARY_RECORDING_EVENTS,
};

/**
 * enum kanary_recording_text - the texts of a container, in their order
 *
 * The name of a container of Kubernetes' is NAMESPACE/POD/CONTAINER: another pod has others.
 */
enum kanary_recording_text {
	KANARY_RECORDING_RUNTIME,
	KANARY_RECORDING_NAME,
	KANARY_RECORDING_ID,
	KANARY_RECORDING_IMAGE,
	KANARY_RECORDING_PATH,
	KANARY_RECORDING_TEXTS,
};

/**
 * struct kanary_recording_container - one life of a container, by what it was called then
 * @cgroup: cgroup v2 id, as in the vectors; unique within the recording's boot
 * @time: CLOCK_BOOTTIME, nanoseconds
 * @event: enum kanary_recording_event
 * @reserved: 0
 * @text: KANARY_RECORDING_TEXTS texts, each with its zero; empty where not known.
 *	Strangers chose them: escape before printing.
 */
struct kanary_recording_container {
	uint64_t cgroup;
	uint64_t time;
	uint32_t event;
	uint32_t reserved;
	char text[];
};

/**
 * struct kanary_recording_host - where and when a recording was made; before all else
 * @time: CLOCK_BOOTTIME at the recording's start, nanoseconds
 * @text: the boot's id as in /proc/sys/kernel/random/boot_id, and the kernel's release,
 *	each with its zero
 */
struct kanary_recording_host {
	uint64_t time;
	char text[];
};

/** enum kanary_recording_end - how far a recording has come */
enum kanary_recording_end {
	KANARY_RECORDING_RUNNING,	/* not at its end: whoever wrote it was killed */
	KANARY_RECORDING_ENDED,		/* as it was asked to */
	KANARY_RECORDING_MODULE_GONE,	/* because the module was unloaded */
	KANARY_RECORDING_ENDS,
};

/**
 * struct kanary_recording_loss - what a recording lacks up to here; the last one counts
 * @time: CLOCK_BOOTTIME, nanoseconds
 * @vectors: the module could not deliver
 * @paths: the same
 * @messages: with vectors or paths, that never came
 * @dropped: vectors that the module dropped meanwhile, of any container
 * @unnamed: vectors of cgroups that were gone before their container was known
 * @end: enum kanary_recording_end
 * @reserved: 0
 */
struct kanary_recording_loss {
	uint64_t time;
	uint64_t vectors;
	uint64_t paths;
	uint64_t messages;
	uint64_t dropped;
	uint64_t unnamed;
	uint32_t end;
	uint32_t reserved;
};

/**
 * struct kanary_recording_file - which file all records up to the next such note were imported from
 * @text: its path, with its zero: what was named, and the path within that directory or archive.
 *	A stranger may have chosen it: escape before printing.
 */
struct kanary_recording_file {
	char text[KANARY_RECORDING_TEXT_MAX];
};

/**
 * kanary_recording_note_text() - one of the texts that stand one behind the other
 * @text: of a checked note
 * @number: of the text, from 0
 */
const char *kanary_recording_note_text(const char *text, unsigned int number);

/**
 * kanary_recording_note_join() - put texts one behind the other
 * @joined: gets them, each with its zero
 * @size: of @joined; texts that do not fit are cut, so that none is missing
 * @texts: [@count], NULL counts as empty
 *
 * Return: bytes used.
 */
size_t kanary_recording_note_join(char *joined, size_t size, const char *const *texts,
				  unsigned int count);

/*
 * Whether untrusted bytes are a whole, valid note of that kind: NULL, or one
 * sentence that says what is wrong. @size: bytes there are, 8-byte aligned.
 */
const char *kanary_recording_note_container(const void *bytes, size_t size);
const char *kanary_recording_note_host(const void *bytes, size_t size);
const char *kanary_recording_note_loss(const void *bytes, size_t size);
const char *kanary_recording_note_file(const void *bytes, size_t size);

#endif /* KANARY_RECORDING_NOTE_H */
