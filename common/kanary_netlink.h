/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR MIT) */
/*
 * The generic netlink family "kanary": what the module and its users agree on.
 * kanary.yaml beside this file is the definition; a test holds the two together.
 *
 * Every command needs CAP_NET_ADMIN in the initial user namespace, and the
 * family exists in the initial network namespace only. Errors carry a sentence
 * in the extended ACK.
 *
 * KANARY_CMD_GET_STATUS (do)
 *	-> API_VERSION, VERSION, HOOK, SELF_TEST, SCOPE, PERIOD, TASKS,
 *	   MAX_TASKS, MEMORY, RECORDER, PATH_CALLS, LOCKED, SIGNATURES, WATCHDOG,
 *	   COUNTERS {KANARY_A_COUNTER_*}
 *
 * KANARY_CMD_GET_CONTAINERS (dump)
 *	-> one message a container: CGROUP, PIDNS, TASKS, PID, COMM, VECTORS,
 *	   and with a profile: PROFILE, MODE, BUDGET, THRESHOLD, CRITICAL_BUDGET,
 *	   CRITICAL_THRESHOLD, SCORED, ALERTS, CRITICAL_ALERTS, ALARMS,
 *	   CRITICAL_ALARMS, MODEL_CHECKSUM, CONTAINER, GONE
 *
 * KANARY_CMD_RECORD_START (do): [CGROUP]
 *	Makes the calling socket the recorder, of one container or of all.
 *	-EBUSY while another socket records. Closing the socket ends it.
 * KANARY_CMD_RECORD_STOP (do)
 *	-> after the last KANARY_CMD_VECTORS of the recording
 * KANARY_CMD_VECTORS (event, unicast to the recorder)
 *	SEQUENCE, LOST, VECTOR (repeated)
 * KANARY_CMD_PATHS (event, unicast to the recorder)
 *	SEQUENCE, LOST, PATH (repeated)
 *	Paths that containers used and that were news to the kernel's cache: about
 *	one for each path, stream and CPU, and not one for each call. How often
 *	directories are used is in the vectors.
 *
 * KANARY_CMD_MODEL_BEGIN (do): SIZE
 * KANARY_CMD_MODEL_CHUNK (do): OFFSET, DATA (at most KANARY_CHUNK_MAX)
 * KANARY_CMD_MODEL_COMMIT (do): CGROUP, [SIGNATURE], [CONTAINER]
 *	One upload a socket, in order. Commit validates the whole model, runs its
 *	reference vector, and swaps it in as the profile of the container; a
 *	refused model leaves the one before in place. A signature is checked
 *	wherever there is one, and must be there where the module requires it.
 *	-ENOENT where no such cgroup is there. Of KANARY_PROFILE_MAX profiles the
 *	one whose cgroup went first makes room.
 * KANARY_CMD_UNLOAD (do): CGROUP
 * KANARY_CMD_SET_MODE (do): CGROUP, MODE
 *
 * KANARY_CMD_SCORE (do): CGROUP, [PATH (repeated)], VECTOR, and so on
 *	-> VERDICT (repeated): what the container's model says of each vector, from
 *	   a fresh state, in the kernel's arithmetic. Changes nothing.
 *	Vectors come stream by stream, in order; before each one stand the paths
 *	that were told of its stream since the vector before, in order.
 *
 * KANARY_CMD_ALERT (event, multicast group "alerts")
 *	SEQUENCE, CGROUP, PIDNS, PROFILE, PID, TGID, COMM, TIME, SURPRISE,
 *	THRESHOLD, BUDGET, REASON, MODE, VERDICT, UNUSUAL {BIN, EXCESS} (repeated),
 *	UNUSUAL_PATH {PATH, SURPRISE} (repeated), CONTAINER, KILLED, LEVEL
 *	THRESHOLD and BUDGET are those of the level.
 *
 * KANARY_CMD_LOCK (do)
 *	From here on until the machine starts anew the module cannot be unloaded,
 *	and what starts a recording or changes a model or its mode is refused with
 *	-EPERM and told to those who watch.
 * KANARY_CMD_TAMPER (event, multicast group "alerts")
 *	SEQUENCE, ATTEMPT, PID, TGID, COMM, TIME
 */
#ifndef _UAPI_KANARY_NETLINK_H
#define _UAPI_KANARY_NETLINK_H

#include <linux/types.h>

#define KANARY_FAMILY_NAME "kanary"
#define KANARY_FAMILY_VERSION 1
#define KANARY_GROUP_ALERTS "alerts"

/* Raised whenever an old client would misread a new module or the reverse. */
#ifndef KANARY_API_VERSION
#define KANARY_API_VERSION 7
#endif

/* Bytes of model in one KANARY_CMD_MODEL_CHUNK. */
#define KANARY_CHUNK_MAX 32768
/* Bytes of a detached PKCS#7 signature. */
#define KANARY_SIGNATURE_MAX 16384
/* Bytes of a profile's name and of a comm, with their terminating zero. */
#define KANARY_NAME_SIZE 32
#define KANARY_COMM_SIZE 16
/* The same of a container's name. */
#define KANARY_CONTAINER_SIZE 64
/* Containers that can have a model at once. */
#define KANARY_PROFILE_MAX 256
/* Vectors in one KANARY_CMD_SCORE. */
#define KANARY_SCORE_MAX 256
/* Paths in one, before all of its vectors together. */
#define KANARY_SCORE_PATHS_MAX 1024

/*
 * Bins of a histogram: the native ABI's syscall numbers, then the 32-bit ABI's.
 * The last bin of each bank takes every number beyond it.
 */
#define KANARY_BINS_BANK 480
/*
 * Operations of io_uring are calls, too: they have the bins of native numbers that
 * are given to no call on x86-64, by opcode; the last takes every opcode beyond.
 */
#define KANARY_IO_URING_FIRST 340
#define KANARY_IO_URING_BINS 80
#define KANARY_BINS (2 * KANARY_BINS_BANK)
/*
 * Bins after them that nothing is counted in. Older recordings have counts there, and
 * nobody reads these.
 */
#define KANARY_RESERVED_BINS 1024
/*
 * Bins of paths, after those: hashed directory prefixes of the paths that calls
 * were given, as path.h beside this file has them. They have no fixed sum, and a
 * vector of calls without a path has none.
 */
#define KANARY_PATH_BINS 512
#define KANARY_PATH_FIRST (KANARY_BINS + KANARY_RESERVED_BINS)
#define KANARY_VECTOR_BINS (KANARY_PATH_FIRST + KANARY_PATH_BINS)
/* Bytes of a path that are kept. */
#define KANARY_PATH_SIZE_MAX 256
/*
 * Calls of a task that are kept in their order, a power of two, and calls before
 * these that a vector repeats of the vector before it.
 */
#define KANARY_LOG_CALLS 1024
#define KANARY_LOG_CONTEXT 8
/* In a context: what comes after it is the stream's beginning. */
#define KANARY_LOG_START KANARY_BINS
/* Calls between two vectors of a task: limits of the "period" parameter. */
#define KANARY_PERIOD_MIN 16
#define KANARY_PERIOD_MAX 32768

/**
 * enum kanary_reason - why a vector was taken
 * @KANARY_REASON_PERIOD: the task has made as many calls as the period, and makes another
 * @KANARY_REASON_EXEC: the task runs another program from here on
 * @KANARY_REASON_EXIT: the task has ended
 */
enum kanary_reason {
	KANARY_REASON_PERIOD,
	KANARY_REASON_EXEC,
	KANARY_REASON_EXIT,
};

/**
 * enum kanary_mode - what happens to the vectors of a container with a profile
 * @KANARY_MODE_LEARN: they go to the recorder, if there is one; nothing is scored
 * @KANARY_MODE_MONITOR: they are scored, and alerts are raised
 * @KANARY_MODE_ENFORCE: as monitor, and the process that raised a critical alert is killed
 */
enum kanary_mode {
	KANARY_MODE_LEARN,
	KANARY_MODE_MONITOR,
	KANARY_MODE_ENFORCE,
};

/**
 * enum kanary_level - how certain an alert is
 * @KANARY_LEVEL_WARNING: as unusual as the model's recordings bear witness to
 * @KANARY_LEVEL_CRITICAL: as unusual as the user's budget of false alarms asks for
 */
enum kanary_level {
	KANARY_LEVEL_WARNING,
	KANARY_LEVEL_CRITICAL,
};

/**
 * struct kanary_count - one bin of a vector
 * @bin: 0 .. KANARY_VECTOR_BINS - 1; from KANARY_PATH_FIRST on of paths, from
 *	KANARY_BINS on reserved, below of calls
 * @count: calls since the stream's vector before, or prefixes of their paths,
 *	never 0; of paths 65535 stands for that many or more
 */
struct kanary_count {
	__u16 bin;
	__u16 count;
};

/**
 * struct kanary_vector - the calls of one task since its vector before
 * @stream: names one program image in one task, unique since the module's load
 * @cgroup: cgroup v2 id of the container
 * @time: CLOCK_BOOTTIME, nanoseconds
 * @pidns: inode number of the pid namespace
 * @pid: thread id in the initial pid namespace
 * @tgid: process id in the initial pid namespace
 * @index: position in the stream, from 0
 * @calls: sum of the counts of calls, 1 .. KANARY_PERIOD_MAX
 * @reason: enum kanary_reason
 * @length: number of @counts, 1 .. KANARY_VECTOR_BINS
 * @comm: the task's name for itself, zero-padded, not to be trusted
 * @context: calls in the log that were made before the vector's own
 * @logged: calls of the vector in the log: all, or the last KANARY_LOG_CALLS
 *	without a context; 0 for no log
 * @reserved: 0
 * @counts: by ascending bin
 *
 * Behind the counts stands the log: __u16 call[@context + @logged], bins of
 * calls, oldest first. Where the context reaches back to the beginning of the stream,
 * its first element is KANARY_LOG_START.
 *
 * Host byte order. This is the payload of KANARY_A_VECTOR and of a recording.
 */
struct kanary_vector {
	__u64 stream;
	__u64 cgroup;
	__u64 time;
	__u32 pidns;
	__u32 pid;
	__u32 tgid;
	__u32 index;
	__u32 calls;
	__u16 reason;
	__u16 length;
	char comm[KANARY_COMM_SIZE];
	__u16 context;
	__u16 logged;
	__u32 reserved;
	struct kanary_count counts[];
};

#define KANARY_PATH_RELATIVE 1 /* does not begin with a slash: to the working directory */
#define KANARY_PATH_DIRFD 2 /* relative, and to an open directory instead */
#define KANARY_PATH_TRUNCATED 4 /* the rest is not known: too long, or cut by strace */
#define KANARY_PATH_SECOND 8 /* the call's second path: where to rename, link or mount to */
#define KANARY_PATH_FLAGS 15 /* all of them */

/**
 * struct kanary_path - a path that a container gave to a system call
 * @stream: of the task, as in struct kanary_vector
 * @cgroup: cgroup v2 id of the container
 * @time: CLOCK_BOOTTIME, nanoseconds
 * @pid: thread id in the initial pid namespace
 * @call: bin of the system call
 * @flags: KANARY_PATH_*
 * @length: bytes of @name, 1 .. KANARY_PATH_SIZE_MAX
 * @reserved: 0
 * @name: as the task wrote it: any bytes but 0, not terminated, not resolved,
 *	not to be trusted
 *
 * Host byte order. This is the payload of KANARY_A_PATH and of a recording.
 */
struct kanary_path {
	__u64 stream;
	__u64 cgroup;
	__u64 time;
	__u32 pid;
	__u16 call;
	__u16 flags;
	__u16 length;
	__u16 reserved[3];
	char name[];
};

#define KANARY_VERDICT_SEQUENCE 1 /* the sequence head had enough vectors to speak */
#define KANARY_VERDICT_ALERT 2 /* surprise reached the model's threshold */
#define KANARY_VERDICT_CONTAINER 4 /* the container head had enough processes to speak */
#define KANARY_VERDICT_PATH_HISTOGRAM 8 /* the path histogram head has counts of paths */
#define KANARY_VERDICT_CRITICAL 16 /* an alert, and the surprise reached the critical threshold */
#define KANARY_VERDICT_ALARM 32 /* an alert that begins an alarm: the stream had none for a while */
#define KANARY_VERDICT_CRITICAL_ALARM 64 /* the same of critical alerts alone */

/**
 * struct kanary_verdict - what a model says of one vector
 * @process_error: process head, Q20.12
 * @sequence_error: sequence head, Q20.12; 0 without KANARY_VERDICT_SEQUENCE
 * @container_error: container head, Q20.12; 0 without KANARY_VERDICT_CONTAINER
 * @path_names_error: names head, the most surprising path since the vector before, Q20.12; 0
 *	without one, or without a path that was told
 * @grams_error: bits a call in its order, Q20.12; 0 without a grams head
 * @process_surprise: -log10 of the tail probability of @process_error, Q24.8
 * @sequence_surprise: the same of @sequence_error
 * @container_surprise: the same of @container_error
 * @path_names_surprise: the same of @path_names_error
 * @grams_surprise: the same of @grams_error
 * @task_surprise: the process head and the grams head together; @process_surprise
 *	without a grams head
 * @surprise: all heads combined, Q24.8
 * @flags: KANARY_VERDICT_*
 * @path_histogram_error: path histogram head, Q20.12; 0 without KANARY_VERDICT_PATH_HISTOGRAM
 * @path_histogram_surprise: the same of @path_histogram_error as of the others
 */
struct kanary_verdict {
	__u32 process_error;
	__u32 sequence_error;
	__u32 container_error;
	__u32 path_names_error;
	__u32 grams_error;
	__u32 process_surprise;
	__u32 sequence_surprise;
	__u32 container_surprise;
	__u32 path_names_surprise;
	__u32 grams_surprise;
	__u32 task_surprise;
	__u32 surprise;
	__u32 flags;
	__u32 path_histogram_error;
	__u32 path_histogram_surprise;
};

enum kanary_command {
	KANARY_CMD_UNSPEC,
	KANARY_CMD_GET_STATUS,
	KANARY_CMD_GET_CONTAINERS,
	KANARY_CMD_RECORD_START,
	KANARY_CMD_RECORD_STOP,
	KANARY_CMD_VECTORS,
	KANARY_CMD_MODEL_BEGIN,
	KANARY_CMD_MODEL_CHUNK,
	KANARY_CMD_MODEL_COMMIT,
	KANARY_CMD_UNLOAD,
	KANARY_CMD_SET_MODE,
	KANARY_CMD_SCORE,
	KANARY_CMD_ALERT,
	KANARY_CMD_PATHS,
	KANARY_CMD_LOCK,
	KANARY_CMD_TAMPER,

	__KANARY_CMD_MAX,
	KANARY_CMD_MAX = __KANARY_CMD_MAX - 1,
};

enum kanary_attribute {
	KANARY_A_UNSPEC,
	KANARY_A_PAD,
	KANARY_A_API_VERSION,	/* u32 */
	KANARY_A_VERSION,	/* string, of the module */
	KANARY_A_HOOK,		/* string: x64_sys_call, handlers or sys_enter */
	KANARY_A_SELF_TEST,	/* string: passed or pending */
	KANARY_A_SCOPE,		/* string: containers or all */
	KANARY_A_PERIOD,	/* u32, calls */
	KANARY_A_TASKS,		/* u32, tasks with a histogram */
	KANARY_A_MAX_TASKS,	/* u32 */
	KANARY_A_MEMORY,	/* u64, bytes held by the module for tasks, queues, models */
	KANARY_A_RECORDER,	/* u32, netlink port of the recorder, 0 for none */
	KANARY_A_COUNTERS,	/* nest of KANARY_A_COUNTER_* */
	KANARY_A_CGROUP,	/* u64, cgroup v2 id */
	KANARY_A_PIDNS,		/* u32, inode number */
	KANARY_A_PID,		/* u32, in the initial pid namespace */
	KANARY_A_TGID,		/* u32, likewise */
	KANARY_A_COMM,		/* string, as the task wrote it */
	KANARY_A_VECTORS,	/* u64, vectors taken of this container */
	KANARY_A_PROFILE,	/* string, the model's name */
	KANARY_A_MODE,		/* u32, enum kanary_mode */
	KANARY_A_BUDGET,	/* u64, vectors a false alarm */
	KANARY_A_THRESHOLD,	/* u32, surprise, Q24.8 */
	KANARY_A_SCORED,	/* u64, vectors */
	KANARY_A_ALERTS,	/* u64 */
	KANARY_A_MODEL_CHECKSUM,/* u32 */
	KANARY_A_SEQUENCE,	/* u32, counts the messages of one kind */
	KANARY_A_LOST,		/* u64, vectors not delivered since the recording began */
	KANARY_A_VECTOR,	/* struct kanary_vector, repeated */
	KANARY_A_SIZE,		/* u32, bytes of model */
	KANARY_A_OFFSET,	/* u32, bytes */
	KANARY_A_DATA,		/* bytes */
	KANARY_A_VERDICT,	/* struct kanary_verdict */
	KANARY_A_TIME,		/* u64, CLOCK_BOOTTIME, nanoseconds */
	KANARY_A_SURPRISE,	/* u32, Q24.8 */
	KANARY_A_REASON,	/* u32, enum kanary_reason */
	KANARY_A_UNUSUAL,	/* nest of BIN and EXCESS, repeated, largest first */
	KANARY_A_BIN,		/* u32, 0 .. KANARY_BINS - 1 */
	KANARY_A_EXCESS,	/* s32, calls more (or fewer) than the model expects */
	KANARY_A_PATH_CALLS,	/* u32, system calls whose paths are read, 0 when paths are off */
	KANARY_A_PATH,		/* struct kanary_path, repeated */
	KANARY_A_UNUSUAL_PATH,	/* nest of PATH and SURPRISE, repeated, most telling first */
	KANARY_A_LOCKED,	/* u32, 1 once nothing can be changed any more, else 0 */
	KANARY_A_ATTEMPT,	/* string: record, load, unload, mode, rmmod or rmmod-force */
	KANARY_A_SIGNATURES,	/* string, of models: required, optional or impossible */
	KANARY_A_SIGNATURE,	/* bytes, detached PKCS#7 of the model file, DER */
	KANARY_A_WATCHDOG,	/* string: working, hook-silent, worker-stalled, late or off */
	KANARY_A_CONTAINER,	/* string, the container's name as who loaded the model knew it */
	KANARY_A_GONE,		/* u32, 1 once the container's cgroup was removed, else 0 */
	KANARY_A_KILLED,	/* u32, 1 where the process was killed for it, else 0 */
	KANARY_A_LEVEL,		/* u32, enum kanary_level */
	KANARY_A_CRITICAL_BUDGET,	/* u64, vectors a false alarm that is critical */
	KANARY_A_CRITICAL_THRESHOLD,	/* u32, surprise, Q24.8 */
	KANARY_A_CRITICAL_ALERTS,	/* u64, of the alerts */
	KANARY_A_ALARMS,	/* u64, rows of alerts */
	KANARY_A_CRITICAL_ALARMS,	/* u64, rows of critical alerts */

	__KANARY_A_MAX,
	KANARY_A_MAX = __KANARY_A_MAX - 1,
};

/*
 * All u64. Of every vector seen exactly one thing is true, so
 *
 *	SEEN = QUEUED + DELIVERED + SCORED + the sum of all DROPPED_*
 *
 * and of every path that was news
 *
 *	PATHS_NEWS = PATHS_QUEUED + PATHS_DELIVERED + PATHS_JUDGED +
 *		     the sum of all PATHS_DROPPED_*
 */
enum kanary_counter {
	KANARY_A_COUNTER_UNSPEC,
	KANARY_A_COUNTER_SEEN,		/* vectors taken */
	KANARY_A_COUNTER_QUEUED,	/* on their way from the hook to the worker */
	KANARY_A_COUNTER_DELIVERED,	/* handed to the recorder's socket */
	KANARY_A_COUNTER_SCORED,	/* judged by a model */
	KANARY_A_COUNTER_DROPPED_QUEUE_FULL,	/* the worker did not keep up */
	KANARY_A_COUNTER_DROPPED_UNCLAIMED,	/* no model in force, no recorder */
	KANARY_A_COUNTER_DROPPED_RECORDER_FULL,	/* the recorder's socket was full */
	KANARY_A_COUNTER_DROPPED_NO_MEMORY,	/* no memory in the worker */
	/* beside the identity */
	KANARY_A_COUNTER_MIRRORED,	/* scored vectors that the recorder got too */
	KANARY_A_COUNTER_ALERTS,	/* raised */
	KANARY_A_COUNTER_ALERTS_THROTTLED,	/* of these, not in the kernel log */
	KANARY_A_COUNTER_KILLED,	/* processes, in mode enforce */
	KANARY_A_COUNTER_CALLS_NO_MEMORY,	/* calls not counted: no memory for the task */
	KANARY_A_COUNTER_CALLS_TABLE_FULL,	/* calls not counted: max_tasks reached */
	KANARY_A_COUNTER_CALLS_MISSED,	/* calls that the hook itself missed */
	KANARY_A_COUNTER_VERDICT_NS_MEDIAN,	/* time of a verdict, estimate, ns */
	KANARY_A_COUNTER_VERDICT_NS_MAX,	/* ns */
	/* paths that calls were given: each is counted, unread or without memory */
	KANARY_A_COUNTER_PATHS_COUNTED,	/* read, and counted in the task's histogram */
	KANARY_A_COUNTER_PATHS_UNREAD,	/* not in memory when the call was made */
	KANARY_A_COUNTER_PATHS_NO_MEMORY,	/* not counted: no memory for the histogram */
	KANARY_A_COUNTER_PATHS_MISSED,	/* calls whose paths the hook missed */
	/* of those that are counted, the ones that were news */
	KANARY_A_COUNTER_PATHS_NEWS,	/* offered to the worker */
	KANARY_A_COUNTER_PATHS_QUEUED,	/* on their way to the worker */
	KANARY_A_COUNTER_PATHS_DELIVERED,	/* handed to the recorder's socket */
	KANARY_A_COUNTER_PATHS_JUDGED,	/* by a model in force */
	KANARY_A_COUNTER_PATHS_DROPPED_QUEUE_FULL,	/* the worker did not keep up */
	KANARY_A_COUNTER_PATHS_DROPPED_UNCLAIMED,	/* no model in force, no recorder */
	KANARY_A_COUNTER_PATHS_DROPPED_RECORDER_FULL,	/* the recorder's socket was full */
	KANARY_A_COUNTER_PATHS_DROPPED_NO_MEMORY,	/* no memory in the worker */
	KANARY_A_COUNTER_PATHS_MIRRORED,	/* judged paths that the recorder got too */
	KANARY_A_COUNTER_TAMPERS,	/* attempts on what is locked */
	KANARY_A_COUNTER_WATCHDOG_TESTS,	/* of the hook and the worker */
	KANARY_A_COUNTER_WATCHDOG_FAILURES,	/* of these, that found something wrong */
	KANARY_A_COUNTER_EVENTS_NO_MEMORY,	/* alerts, attempts: not sent to a watcher */
	KANARY_A_COUNTER_CONTAINERS_GONE,	/* with a model, whose cgroup was removed */
	KANARY_A_COUNTER_MODELS_EVICTED,	/* of these, whose model made room for another */
	KANARY_A_COUNTER_ALERTS_CRITICAL,	/* of the alerts */
	KANARY_A_COUNTER_ALARMS,	/* rows of alerts: what a budget counts */
	KANARY_A_COUNTER_ALARMS_CRITICAL,	/* rows of critical alerts */

	__KANARY_A_COUNTER_MAX,
	KANARY_A_COUNTER_MAX = __KANARY_A_COUNTER_MAX - 1,
};

#endif /* _UAPI_KANARY_NETLINK_H */
