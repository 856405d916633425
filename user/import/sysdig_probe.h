/* SPDX-License-Identifier: GPL-2.0 */
/* What the first lines of a file tell of all: which columns, and whether calls begin there. */
#ifndef KANARY_SYSDIG_PROBE_H
#define KANARY_SYSDIG_PROBE_H

#include "sysdig_line.h"

/**
 * struct kanary_sysdig_probe - what was found
 * @layout: of the lines
 * @pairs: beginnings stand there as well as ends, so that a call of which neither says
 *	anything has two lines
 */
struct kanary_sysdig_probe {
	struct kanary_sysdig_layout layout;
	bool pairs;
};

/**
 * kanary_sysdig_probe_take() - look at the first lines
 * @text: [@size], not terminated
 *
 * Return: NULL, or what the text is instead and what to do, for the end of a sentence.
 */
const char *kanary_sysdig_probe_take(struct kanary_sysdig_probe *probe, const char *text,
				     size_t size);

#endif /* KANARY_SYSDIG_PROBE_H */
