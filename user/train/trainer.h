/* SPDX-License-Identifier: GPL-2.0 */
/* From a dataset to a finished model file: fit, quantise, calibrate, prove. */
#ifndef KANARY_TRAINER_H
#define KANARY_TRAINER_H

#include "calibrate.h"
#include "recording/dataset.h"
#include "foreign.h"
#include "train/head/sequence_train.h"

/*
 * Vectors, or streams, below which nothing is trained, and vectors which calibration needs of each
 * part that is held out. Of streams alone, one a part is enough: they say little, and it is told.
 */
#define KANARY_TRAINER_VECTORS_MIN 50
#define KANARY_TRAINER_STREAMS_MIN 8
#define KANARY_TRAINER_CALIBRATION_MIN 10
/* How far a budget of alerts may go beyond what was counted. */
#define KANARY_TRAINER_BUDGET_FACTOR 3
#define KANARY_TRAINER_BUDGET_MIN 10
#define KANARY_TRAINER_NO_MEMORY "out of memory: give fewer recordings"

/**
 * struct kanary_trainer_settings - what the user may choose
 * @name: of the profile, as struct kanary_model_header has it
 * @inputs: features at most, even
 * @code: width of the process head's bottleneck, even
 * @codewords: of the process head's codebook at most
 * @path_histogram: width of the path histogram head's bottleneck, even; less where paths were
 *	counted towards less than twice as many inputs; 0 for none
 * @grams: calls of the grams head's longest grams, 0 for none
 * @kinds: of processes that it can name, at most
 * @stride: vectors between two verdicts of the sequence head
 * @decay_limit: as in struct kanary_model_header
 * @path_news: vectors for each name that is new in a quiet directory (name_train.h), by what the
 *	user knows; 0 where the recordings are to tell
 * @drift: of the mix of calls that is normal, as struct kanary_drift has it
 * @folds: parts of the data that are held out in turn, up to KANARY_DATASET_TURNS, 0
 *	like 1
 * @jobs: models that are trained at a time, 0 like 1; the model is the same for any number
 * @budget: vectors for each false alarm that is critical. Of alerts in all it is less, where the
 *	recordings bear witness to less: KANARY_TRAINER_BUDGET_FACTOR times as many as are supported
 * @strict_budget: no such alerts
 * @sequence: of the sequence head; hidden or steps 0 for none
 * @container: of the container head, the same
 * @container_stride: processes between two verdicts of the container head
 * @foreign: programs by which to estimate what the model would see; NULL for none
 * @against: the user's own, likewise
 */
struct kanary_trainer_settings {
	const char *name;
	uint32_t inputs;
	uint32_t code;
	uint32_t codewords;
	uint32_t path_histogram;
	uint32_t grams;
	uint32_t kinds;
	uint32_t stride;
	uint32_t decay_limit;
	uint32_t folds;
	uint32_t jobs;
	uint64_t budget;
	bool strict_budget;
	uint64_t path_news;
	double drift;
	struct kanary_sequence_settings sequence;
	struct kanary_sequence_settings container;
	uint32_t container_stride;
	const struct kanary_foreign_list *foreign;
	const struct kanary_foreign_list *against;
};

/**
 * struct kanary_trainer_head - what became of one head
 * @loss_median: relative difference of the errors, fixed against floating point, median
 * @loss_max: the largest of these
 * @errors: that calibration saw
 * @median_error: half of these are larger
 * @tail: of these
 */
struct kanary_trainer_head {
	double loss_median;
	double loss_max;
	uint32_t errors;
	double median_error;
	struct kanary_tail tail;
};

/**
 * struct kanary_trainer_result - a model, and what there is to say of it
 * @file: of @size bytes, accepted by kanary_model_parse(); to be freed
 * @has_sequence: whether there is a sequence head
 * @inputs: features
 * @seen: system calls with an input of their own
 * @codewords: of the process head's codebook
 * @explained: share of the variance that the process head's code keeps
 * @sequences: of the training part
 * @epochs: of the sequence head
 * @work: sequences times steps that it learned from
 * @first_loss: held-out loss before training
 * @loss: after
 * @stopped: what ended its training
 * @networks: LSTMs that were trained, those of the folds and of the container head included
 * @cut_by_work: of these, how many the limit of work ended
 * @cut_by_epochs: how many the limit of epochs ended
 * @processes: that were seen to end, in order
 * @has_container: whether there is a container head
 * @container_sequences: of its training part
 * @container_first_loss: its held-out loss before training
 * @container_loss: after
 * @threshold: surprise of an alert
 * @critical_threshold: of one that is critical
 * @folds: parts that were held out in turn
 * @held_out: vectors that some model did not know
 * @novel: runs of the data with a system call that no other has
 * @supported: vectors a false alarm for which no extrapolation is needed
 * @highest: surprise of any held-out vector
 * @alarms: that the held-out vectors raise
 * @critical_alarms: of these
 * @foreign: what came of the programs that are installed
 * @against: of the user's own
 * @quiet: directories to which hardly a new name came
 * @quiet_surprise: of a name that is news in one of these, at most
 * @process: head
 * @path_histogram: head, without errors where there is none
 * @names: head, likewise
 * @grams: head, likewise
 * @task: these together, but for those that judge paths
 * @sequence: head
 * @container: head
 */
struct kanary_trainer_result {
	void *file;
	size_t size;
	bool has_sequence;
	uint32_t inputs;
	uint32_t seen;
	uint32_t codewords;
	double explained;
	uint32_t sequences;
	uint32_t epochs;
	uint64_t work;
	double first_loss;
	double loss;
	const char *stopped;
	uint32_t networks;
	uint32_t cut_by_work;
	uint32_t cut_by_epochs;
	uint32_t processes;
	bool has_container;
	uint32_t container_sequences;
	double container_first_loss;
	double container_loss;
	double threshold;
	double critical_threshold;
	uint32_t folds;
	uint32_t held_out;
	uint32_t novel;
	double supported;
	double highest;
	size_t alarms;
	size_t critical_alarms;
	struct kanary_foreign_found foreign;
	struct kanary_foreign_found against;
	uint32_t quiet;
	double quiet_surprise;
	struct kanary_trainer_head process;
	struct kanary_trainer_head path_histogram;
	struct kanary_trainer_head names;
	struct kanary_trainer_head grams;
	struct kanary_trainer_head task;
	struct kanary_trainer_head sequence;
	struct kanary_trainer_head container;
};

/**
 * kanary_trainer_run() - train a model
 * @dataset: finished; split on return
 *
 * Return: NULL, or a sentence that says why not.
 */
const char *kanary_trainer_run(struct kanary_trainer_result *result,
			       struct kanary_dataset *dataset,
			       const struct kanary_trainer_settings *settings,
			       struct kanary_progress *progress);

#endif /* KANARY_TRAINER_H */
