// SPDX-License-Identifier: GPL-2.0
#include "head_curves.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_sort_uint.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "score.h"

#define NO_MEMORY KANARY_TRAINER_NO_MEMORY
#define ERROR_UNIT 4096.0
#define SURPRISE_UNIT 256.0
/* Standard deviations by which a count of fitted errors may be above what was held out. */
#define CHANCE 3

static u32 *sorted(const struct kanary_held_out_errors *errors)
{
	u32 *value = malloc(((size_t)errors->count + 1) * sizeof(*value));

	if (!value)
		return NULL;
	if (errors->count)
		memcpy(value, errors->value, errors->count * sizeof(*value));
	gsl_sort_uint(value, 1, errors->count);
	return value;
}

/*
 * What a model was fitted to surprises it less than what it does not know. Where more of its errors
 * are as large as this than chance makes of what was held out from others, it is another than these
 * in this: then it is its own errors that tell how rare they are.
 *
 * @value: ascending, @count of them
 * @repeats: fitted errors that tell together what one independent error would
 */
static bool raise(u32 *value, uint32_t count, const struct kanary_held_out_errors *fitted,
		  double repeats)
{
	double share = (double)fitted->count / count, expected;
	uint32_t larger, place, raised = 0, i;
	u32 *own = sorted(fitted);

	if (!own)
		return false;
	for (larger = 1; larger <= count; larger++) {
		expected = larger * share;
		place = (uint32_t)ceil(expected + CHANCE * sqrt(expected * repeats) + repeats);
		if (place > fitted->count)
			break;
		if (own[fitted->count - place] <= value[count - larger])
			continue;
		/* all that are as large, of which there may be more */
		while (place < fitted->count &&
		       own[fitted->count - place - 1] == own[fitted->count - place])
			place++;
		for (i = raised + 1; i <= place / share && i <= count; i++)
			if (value[count - i] < own[fitted->count - place])
				value[count - i] = own[fitted->count - place];
		raised = i - 1 > raised ? i - 1 : raised;
	}
	free(own);
	return true;
}

/* The tail of raised errors may be a shorter one: no error is the rarer for it. */
static void lower(struct kanary_model_knot *knot, const struct kanary_model_knot *before,
		  uint32_t knots)
{
	uint32_t i;

	for (i = 0; i < knots; i++) {
		u32 limit = kanary_score_surprise(before, knots, knot[i].error);

		knot[i].surprise = knot[i].surprise < limit ? knot[i].surprise : limit;
	}
}

/*
 * @fitted: NULL for none, else @curve is that of the first fold before
 * @copies: of each vector in @errors
 */
static bool fit(struct kanary_trainer_head *head, const struct kanary_held_out_errors *errors,
		const struct kanary_held_out_errors *fitted, double repeats, uint32_t copies,
		const struct kanary_model_knot *curve, uint32_t knots)
{
	struct kanary_model_knot *knot = (struct kanary_model_knot *)curve;
	struct kanary_model_knot before[KANARY_MODEL_KNOTS_MAX];
	u32 *value = sorted(errors);

	if (!value || (fitted && !raise(value, errors->count, fitted, repeats))) {
		free(value);
		return false;
	}
	memcpy(before, knot, knots * sizeof(*knot));
	kanary_calibrate_knots(value, errors->count, copies * repeats, knot, knots, &head->tail);
	if (fitted)
		lower(knot, before, knots);
	head->errors = errors->count;
	head->median_error = value[errors->count / 2] / ERROR_UNIT;
	free(value);
	if (!errors->compared)
		return true;
	gsl_sort(errors->difference, 1, errors->compared);
	head->loss_median = gsl_stats_median_from_sorted_data(errors->difference, 1,
							      errors->compared);
	head->loss_max = errors->difference[errors->compared - 1];
	return true;
}

static u32 surprise(const struct kanary_model *model, const struct kanary_model_knot *knot,
		    const struct kanary_held_out_errors *errors, uint32_t i)
{
	return knot ? kanary_score_surprise(knot, model->header->knots, errors->value[i]) : 0;
}

/* What the views of a task say together, vector by vector. */
static bool say_together(struct kanary_held_out_errors *together,
			 const struct kanary_model *model, const struct kanary_held_out_set *set)
{
	struct kanary_score_views said;
	uint32_t i;

	together->count = set->process.count;
	together->value = malloc(((size_t)together->count + 1) * sizeof(*together->value));
	if (!together->value)
		return false;
	for (i = 0; i < together->count; i++) {
		said = (struct kanary_score_views){
			.process = surprise(model, model->process_knot, &set->process, i),
			.grams = surprise(model, model->grams_knot, &set->grams, i),
		};
		together->value[i] = kanary_score_together(&said);
	}
	return true;
}

static bool fit_together(const struct kanary_model *model, const struct kanary_trainer *trainer,
			 bool fitted, double memory, struct kanary_trainer_head *head)
{
	struct kanary_held_out_errors held_out = { 0 }, own = { 0 };
	bool done = say_together(&held_out, model, &trainer->held_out) &&
		    (!fitted || say_together(&own, model, &trainer->fitted)) &&
		    fit(head, &held_out, fitted ? &own : NULL, memory,
			kanary_drift_copies(trainer->drift), model->task_knot,
			model->header->knots);

	free(held_out.value);
	free(own.value);
	return done;
}

double kanary_head_curves_per_document(const struct kanary_trainer *trainer)
{
	return (double)trainer->dataset->count / trainer->name_fit.documents;
}

const char *kanary_head_curves_fit(void *file, const struct kanary_trainer *trainer, bool fitted,
				   struct kanary_trainer_result *result)
{
	const struct kanary_held_out_set *held_out = &trainer->held_out, *own = &trainer->fitted;
	uint32_t copies = kanary_drift_copies(trainer->drift);
	struct kanary_model_header *header = file;
	/* counts are remembered for about so many vectors, a sequence for its length */
	double memory = header->decay_limit ? (double)header->decay_limit / header->period : 1;
	struct kanary_model model;

	kanary_model_layout(&model, file);
	const struct {
		const struct kanary_model_knot *knot;
		const struct kanary_held_out_errors *held_out, *fitted;
		struct kanary_trainer_head *head;
		double repeats;
	} heads[] = {
		{ model.process_knot, &held_out->process, &own->process, &result->process, memory },
		{ model.grams_knot, &held_out->grams, &own->grams, &result->grams, memory },
		{ model.paths.knot, &held_out->path_histogram, &own->path_histogram,
		  &result->path_histogram, memory },
		{ model.sequence.knot, &held_out->sequence, &own->sequence, &result->sequence,
		  header->sequence.steps },
	};
	uint32_t i;

	for (i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (heads[i].knot &&
		    !fit(heads[i].head, heads[i].held_out, fitted ? heads[i].fitted : NULL,
			 heads[i].repeats, copies, heads[i].knot, header->knots))
			return NO_MEMORY;
	if (model.task_knot && !fit_together(&model, trainer, fitted, memory, &result->task))
		return NO_MEMORY;
	if (model.sequence.knot)
		header->sequence.stride = trainer->settings->stride;
	/* the names head has seen every name that it was fitted to */
	if (!model.name_knot || fitted)
		return NULL;
	if (!fit(&result->names, &held_out->names, NULL, 1, copies, model.name_knot,
		 header->knots))
		return NO_MEMORY;
	/* a directory's news is counted by documents, not by vectors */
	kanary_calibrate_bound((struct kanary_model_knot *)model.name_knot, header->knots,
			       kanary_head_curves_per_document(trainer));
	return NULL;
}

const char *kanary_head_curves_fit_container(void *file, const struct kanary_trainer *trainer,
					     struct kanary_trainer_result *result)
{
	struct kanary_model_header *header = file;
	struct kanary_model model;

	kanary_model_layout(&model, file);
	if (!model.container.knot)
		return NULL;
	header->container.stride = trainer->settings->container_stride;
	return fit(&result->container, &trainer->held_out.container, NULL,
		   header->container.steps, 1, model.container.knot, header->knots) ?
	       NULL : NO_MEMORY;
}

void kanary_head_curves_copy(void *to, const void *from)
{
	struct kanary_model_header *header = to;
	struct kanary_model old, new;
	size_t size = header->knots * sizeof(struct kanary_model_knot);

	kanary_model_layout(&old, from);
	kanary_model_layout(&new, to);
	header->budget = old.header->budget;
	header->threshold = old.header->threshold;
	header->critical_budget = old.header->critical_budget;
	header->critical_threshold = old.header->critical_threshold;
	memcpy((void *)new.process_knot, old.process_knot, size);
	if (old.task_knot && new.task_knot)
		memcpy((void *)new.task_knot, old.task_knot, size);
	if (old.paths.knot && new.paths.knot)
		memcpy((void *)new.paths.knot, old.paths.knot, size);
	if (old.name_knot && new.name_knot)
		memcpy((void *)new.name_knot, old.name_knot, size);
	if (old.grams_knot && new.grams_knot)
		memcpy((void *)new.grams_knot, old.grams_knot, size);
	if (old.sequence.knot && new.sequence.knot) {
		header->sequence.stride = old.header->sequence.stride;
		memcpy((void *)new.sequence.knot, old.sequence.knot, size);
	}
}
