// SPDX-License-Identifier: GPL-2.0
#include "novelty.h"

/* Of a bin: in no run yet, in this one run, or in several. */
#define NOWHERE UINT32_MAX
#define SEVERAL (UINT32_MAX - 1)

uint32_t kanary_novelty_count(const struct kanary_dataset *dataset)
{
	uint32_t only[KANARY_BINS], run, counted = NOWHERE, count = 0, bin, i, j;

	for (bin = 0; bin < KANARY_BINS; bin++)
		only[bin] = NOWHERE;
	for (run = 0; run < dataset->runs; run++)
		for (i = 0; i < dataset->run[run].length; i++) {
			const struct kanary_vector *vector =
				kanary_dataset_vector(dataset, dataset->run[run].first + i);

			for (j = 0; j < vector->length; j++) {
				bin = vector->counts[j].bin;
				if (bin >= KANARY_BINS)
					continue;
				if (only[bin] == NOWHERE)
					only[bin] = run;
				else if (only[bin] != run)
					only[bin] = SEVERAL;
			}
		}
	for (run = 0; run < dataset->runs; run++)
		for (bin = 0; bin < KANARY_BINS; bin++)
			if (only[bin] == run && counted != run) {
				counted = run;
				count++;
			}
	return count;
}
