/* SPDX-License-Identifier: GPL-2.0 */
/* What a recorder says of itself, under way and at its end. */
#ifndef KANARY_RECORD_REPORT_H
#define KANARY_RECORD_REPORT_H

#include "record_sink.h"

/**
 * struct kanary_record_summary - a recording that has ended
 * @output: its file
 * @sink: what is in it
 * @period: calls per vector
 * @nanoseconds: it took
 * @begun: CLOCK_BOOTTIME at its start, nanoseconds
 * @dropped: vectors that the module dropped meanwhile, of any container
 * @overruns: of the socket's buffer
 * @follows: whether it was of some containers alone
 * @module_gone: it ended because the module was unloaded
 */
struct kanary_record_summary {
	const char *output;
	const struct kanary_record_sink *sink;
	uint32_t period;
	uint64_t nanoseconds;
	uint64_t begun;
	uint64_t dropped;
	uint64_t overruns;
	bool follows;
	bool module_gone;
};

/** kanary_record_report_life() - note that a container came or went, @elapsed ns from the start */
void kanary_record_report_life(const struct kanary_roster_member *member,
			       enum kanary_recording_event event, uint64_t elapsed);

/** kanary_record_report_progress() - on a terminal, how far it is; @last: for the last time */
void kanary_record_report_progress(const struct kanary_record_sink *sink, uint64_t elapsed,
				   bool last);

/** kanary_record_report_end() - say what was recorded; exit status */
int kanary_record_report_end(const struct kanary_record_summary *summary, bool json);

#endif /* KANARY_RECORD_REPORT_H */
