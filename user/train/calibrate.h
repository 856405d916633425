/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From errors to surprise: -log10 of the probability of so large an error.
 *
 * Where there are enough errors, by counting: the order statistic at which ten
 * or more errors are larger. Beyond, by peaks over threshold (Pickands 1975):
 * the excesses follow a generalised Pareto distribution, whose shape is held
 * near what such errors have, as few excesses tell little about it. The largest
 * errors, as many as one event makes, are left out of the fit: an event that was
 * seen once tells nothing about the tail of what is usual.
 */
#ifndef KANARY_CALIBRATE_H
#define KANARY_CALIBRATE_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

/**
 * struct kanary_tail - generalised Pareto distribution of excesses
 * @threshold: beyond which the excesses were taken
 * @rate: share of the errors that are beyond it
 * @scale: above 0
 * @shape: KANARY_TAIL_SHAPE_MIN .. _MAX
 * @excesses: how many it was fitted to
 */
struct kanary_tail {
	double threshold;
	double rate;
	double scale;
	double shape;
	uint32_t excesses;
};

/*
 * However light the tail of what was seen, the next event may be of a kind that was
 * not: a lighter tail is never promised. Beyond the upper end there is no mean.
 */
#define KANARY_TAIL_SHAPE_MIN 0.1
#define KANARY_TAIL_SHAPE_MAX 0.9

/**
 * kanary_calibrate_tail() - fit the tail
 * @errors: ascending
 * @count: at least 10
 * @repeats: errors that tell together what one independent error would: what they
 *	share of their input makes successive errors alike
 */
void kanary_calibrate_tail(struct kanary_tail *tail, const double *errors, size_t count,
			   double repeats);

/** kanary_calibrate_surprise() - -log10 of the probability of more than @error, in the tail */
double kanary_calibrate_surprise(const struct kanary_tail *tail, double error);

/**
 * kanary_calibrate_knots() - the curve that the model carries
 * @errors: Q20.12, sorted on return
 * @count: at least 10
 * @repeats: as above
 * @knot: [@knots], set
 * @knots: 8 .. KANARY_MODEL_KNOTS_MAX
 * @tail: set; in units of 1.0
 */
void kanary_calibrate_knots(u32 *errors, size_t count, double repeats,
			    struct kanary_model_knot *knot, uint32_t knots,
			    struct kanary_tail *tail);

/**
 * kanary_calibrate_bound() - where an error is itself a surprise, of something less often looked at
 * @knot: [@knots], surprises are bounded
 * @per_look: what is judged of each look, at least 1
 *
 * An error of e says that one look in 10^e finds something as rare; where a look takes in n
 * of what is judged, one in n 10^e of these has it, or more. So no surprise is more than
 * e + log10(n), however short the tail of the errors that were seen.
 */
void kanary_calibrate_bound(struct kanary_model_knot *knot, uint32_t knots, double per_look);

/**
 * kanary_calibrate_told() - whoever knows more than the recordings says how rare an error is
 * @knot: [@knots], from kanary_calibrate_bound()
 * @error: from which on what is told counts, Q20.12
 * @per_look: as above
 *
 * From @error on a surprise is what kanary_calibrate_bound() allows, however short of it the tail
 * of what was held out falls; up to the knot before, it is what that says.
 */
void kanary_calibrate_told(struct kanary_model_knot *knot, uint32_t knots, u32 error,
			   double per_look);

#endif /* KANARY_CALIBRATE_H */
