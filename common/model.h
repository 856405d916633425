/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model file: what the trainer writes and the kernel runs.
 *
 * Little endian. A header, then these sections in this order, each padded
 * with zeros to a multiple of 8 bytes; their sizes follow from the header, so
 * there is no offset that could lie.
 *
 *	u16 feature[KANARY_BINS]	input that each bin counts towards
 *	process head
 *		u32 weight[inputs]	Q28.4, of each squared residual
 *		s16 codeword[codebook][inputs]	Q0.15, residuals that are known
 *		layer encode [code x inputs]
 *		layer decode [inputs x code]
 *		struct kanary_model_knot knot[knots]
 *	sequence head, over the successive vectors of a task
 *		u32 weight[inputs]	as above
 *		layer encoder [4 hidden x (inputs + hidden)]	LSTM
 *		layer decoder [4 hidden x (hidden + hidden)]	LSTM
 *		layer output  [inputs x hidden]
 *		struct kanary_model_knot knot[knots]
 *	container head, over the successive processes of a container: the same
 *		sections with the dimensions of its own shape
 *	path histogram head
 *		layer encode [code x inputs]
 *		layer decode [inputs x code]
 *		struct kanary_model_knot knot[knots]
 *	names head
 *		struct kanary_name_entry entry[names]
 *		struct kanary_model_knot knot[knots]
 *	grams head
 *		u32 start[states + 1]	first gram of each state, and the end
 *		struct kanary_model_state state[states]
 *		struct kanary_model_gram gram[grams]
 *		struct kanary_model_knot knot[knots]
 *	struct kanary_model_knot task_knot[knots]	with a grams head
 *	struct kanary_model_kind kind[kinds]	for identification; never used in a verdict
 *	s16 centroid[kinds][inputs]		Q0.15, features that are typical of each
 *	struct kanary_model_reference
 *
 * A layer [rows x columns] is s16 weights[rows][columns] (padded), then
 * struct kanary_model_row row[rows]. LSTM rows come in four blocks of hidden:
 * input, forget, candidate, output gate. An encoder column is x then h; a
 * decoder column is the encoder's last h, then h.
 *
 * A model without a sequence head or a container head (hidden = 0 in its shape)
 * has none of that head's sections, nor one without a path histogram head (its
 * inputs = 0) or a grams head (its states = 0).
 *
 * The arithmetic (all integer, all rounding half up, shifts arithmetic):
 *
 *	x	Q0.15	square root of a bin's share of the calls, 0 .. 32767
 *	acc	s32	bias + sum of weight * operand, operand in -32767 .. 32767;
 *			validation proves that no partial sum can overflow
 *	out	(acc * multiplier + 2^(shift - 1)) >> shift, in 64 bits, saturated to
 *		encode: +-32767, Q4.11 (code); decode, output: +-65535 (Q1.15);
 *		encoder, decoder: +-32767, Q3.12 (gate pre-activation)
 *	gates	sigmoid or tanh of Q3.12, Q0.15, from tables
 *	c	s32 Q.20: (f * c + 2^14 >> 15) + (i * g + 2^9 >> 10), clipped to +-16
 *	h	Q0.15: o * tanh(c + 2^7 >> 8, saturated to Q3.12) + 2^14 >> 15,
 *		clipped to +-32767
 *	error	Q20.12: sum over inputs of weight * (x - out)^2, the difference first
 *		clipped to +-65535, in 64 bits (Q34), shifted right by 22, saturated;
 *		the sequence error is the sum of its steps' errors, each shifted on
 *		its own, saturated
 *	paths	Q20.12: as the process head's error, each weight being 1024.0; an input
 *		is KANARY_PATH_BINS / inputs neighbouring bins of paths; of a stream without
 *		any, the head says nothing
 *	names	Q20.12: the sum of the costs of a path's components; see name_head.h
 *	grams	Q20.12: mean of the bits of the calls so far; see grams_head.h
 *	task	Q20.12: the sum of the surprises of those that see a task's calls: process head
 *		and grams head (Fisher 1932); task_knot makes a surprise of it again
 *
 * What the linear process head cannot reconstruct although it is normal, such as
 * the one start of a service, is in its codebook: where its error exceeds
 * codebook_gate, its out is tried again with each codeword added, and the one
 * with the smallest error stays, the first of equals; none, if none is smaller.
 *
 * With KANARY_MODEL_DROPS_CLOCK no head reads calls that are no evidence (evidence.h): "calls" and
 * "counts" are the others.
 *
 * The process head reads the stream's counts so far (halved whenever their
 * sum exceeds decay_limit); the sequence head reads each vector's own counts; the
 * container head reads what the process head read of each process's last vector,
 * before its exit or exec. Both LSTMs start from c = 0 and h = 0, the encoder with
 * the oldest vector. The decoder's step k, from 0, has to say what x was k steps
 * before the last.
 */
#ifndef _KANARY_MODEL_H
#define _KANARY_MODEL_H

#include "kanary_netlink.h"
#include "log.h"
#include "name_head.h"
#include "types.h"

#define KANARY_MODEL_MAGIC "KANARYM\n"
#define KANARY_MODEL_VERSION 6

/* Every size below is also a bound on the time and memory of a verdict. */
#define KANARY_MODEL_SIZE_MAX (4 * 1024 * 1024)
#define KANARY_MODEL_INPUTS_MIN 4
#define KANARY_MODEL_INPUTS_MAX 256
#define KANARY_MODEL_CODE_MAX 64
#define KANARY_MODEL_HISTOGRAM_CODE_MAX 128
#define KANARY_MODEL_CODEBOOK_MAX 128
#define KANARY_MODEL_HIDDEN_MAX 128
#define KANARY_MODEL_STEPS_MAX 64
#define KANARY_MODEL_KNOTS_MAX 64
#define KANARY_MODEL_KINDS_MAX 64
#define KANARY_MODEL_STATES_MAX 131072
#define KANARY_MODEL_GRAMS_MAX 262144
#define KANARY_MODEL_DEPTH_MAX KANARY_LOG_CONTEXT
/*
 * Largest weight of a squared residual: 1 / sigma^2 with sigma = 1/1024, Q28.4.
 * With KANARY_MODEL_INPUTS_MAX inputs the sum of an error just fits into 64 bits.
 */
#define KANARY_MODEL_WEIGHT_MAX (1u << 24)
/* 1024.0 in Q28.4: weight of each input where all weigh the same. */
#define KANARY_MODEL_WEIGHT_EVEN (1u << 14)
/* Cell clip of training and inference. */
#define KANARY_MODEL_CELL_CLIP 16

#define KANARY_MODEL_PROCESS 1 /* flags: has a process head (always) */
#define KANARY_MODEL_SEQUENCE 2 /* flags: has a sequence head */
#define KANARY_MODEL_CONTAINER 4 /* flags: has a container head */
#define KANARY_MODEL_PATH_NAMES 64 /* flags: has a names head */
#define KANARY_MODEL_GRAMS 32 /* flags: has a grams head */
#define KANARY_MODEL_PATH_HISTOGRAM 128 /* flags: has a path histogram head */
#define KANARY_MODEL_DROPS_CLOCK 256 /* flags: leaves out calls that a vDSO may answer */

/**
 * struct kanary_model_shape - dimensions of a head over a sequence, all 0 for none
 * @hidden: width of both LSTM layers, even
 * @steps: elements in a sequence
 * @stride: elements between two verdicts, 1 .. @steps
 * @reserved: 0
 */
struct kanary_model_shape {
	u16 hidden;
	u16 steps;
	u16 stride;
	u16 reserved;
};

/**
 * struct kanary_model_grams_shape - dimensions of the grams head, all 0 for none
 * @states: contexts, the empty one included, up to KANARY_MODEL_STATES_MAX
 * @grams: of all states, up to KANARY_MODEL_GRAMS_MAX
 * @reserved: 0
 */
struct kanary_model_grams_shape {
	u32 states;
	u32 grams;
	u32 reserved[2];
};

/**
 * struct kanary_model_header - first bytes of a model file
 * @magic: KANARY_MODEL_MAGIC
 * @version: KANARY_MODEL_VERSION
 * @size: bytes of the whole file
 * @checksum: CRC-32C of the whole file, with this field as 0
 * @period: calls per vector that the model was trained with
 * @decay_limit: calls after which the stream's counts are halved, 0 for never
 * @flags: KANARY_MODEL_PROCESS, _SEQUENCE, _CONTAINER, _GRAMS, _PATH_NAMES,
 *	_PATH_HISTOGRAM, _DROPS_CLOCK
 * @threshold: surprise from which on a vector is an alert, Q24.8
 * @critical_threshold: from which on the alert is critical, Q24.8; @threshold or more
 * @codebook_gate: error of the process head up to which the codebook is not
 *	searched, Q20.12; 0 without a codebook
 * @names: entries of the names head, up to KANARY_NAME_HEAD_ENTRIES_MAX; or 0
 * @budget: vectors for each false alarm, what @threshold was derived from
 * @critical_budget: the same of @critical_threshold; @budget or more
 * @vectors: vectors that the model was trained and calibrated on
 * @inputs: features, even
 * @code: width of the process head's bottleneck, even
 * @knots: points of each calibration curve, 2 .. KANARY_MODEL_KNOTS_MAX
 * @codebook: codewords, up to KANARY_MODEL_CODEBOOK_MAX, or 0
 * @sequence: shape of the head over the successive vectors of a task
 * @container: shape of the head over the successive processes of a container
 * @grams: shape of the grams head
 * @kinds: of processes that were learned, up to KANARY_MODEL_KINDS_MAX, or 0
 * @paths_inputs: of the path histogram head, a power of 2 up to KANARY_MODEL_INPUTS_MAX; or 0
 * @paths_code: width of its bottleneck, even; or 0
 * @reserved: 0
 * @name: of the profile, [A-Za-z0-9._-], zero-padded, terminated
 */
struct kanary_model_header {
	u8 magic[8];
	u32 version;
	u32 size;
	u32 checksum;
	u32 period;
	u32 decay_limit;
	u32 flags;
	u32 threshold;
	u32 critical_threshold;
	u32 codebook_gate;
	u32 names;
	u64 budget;
	u64 critical_budget;
	u64 vectors;
	u16 inputs;
	u16 code;
	u16 knots;
	u16 codebook;
	struct kanary_model_shape sequence;
	struct kanary_model_shape container;
	struct kanary_model_grams_shape grams;
	u16 kinds;
	u16 paths_inputs;
	u16 paths_code;
	u16 reserved;
	char name[KANARY_NAME_SIZE];
};

/**
 * struct kanary_model_row - what turns a row's accumulator into its output
 * @bias: in units of the accumulator
 * @multiplier: 1 .. 2^31 - 1
 * @shift: 1 .. 62
 */
struct kanary_model_row {
	s32 bias;
	s32 multiplier;
	u32 shift;
};

/**
 * struct kanary_model_knot - a point of the curve from error to surprise
 * @error: Q20.12, strictly ascending
 * @surprise: Q24.8, ascending; linear between knots, 0 before the first,
 *	constant after the last
 */
struct kanary_model_knot {
	u32 error;
	u32 surprise;
};

/**
 * struct kanary_model_kind - a kind of process that was learned
 * @label: what such processes call themselves: printable ASCII without blanks,
 *	zero-padded, terminated; several kinds may share one
 * @processes: that it was learned from, not 0
 * @spread: mean squared distance of these to the centroid, Q2.30
 */
struct kanary_model_kind {
	char label[KANARY_COMM_SIZE];
	u32 processes;
	u32 spread;
};

/**
 * struct kanary_model_state - a context of calls
 * @shorter: the state of a context without its oldest call, or with fewer of them;
 *	lower than the state itself; 0 of the empty context, which is state 0
 * @backoff: bits of going there, Q6.10; of the empty context the bits of a call that
 *	no gram has
 * @depth: 0 of state 0, else one more than that of @shorter, up to
 *	KANARY_MODEL_DEPTH_MAX: the bound of a search
 */
struct kanary_model_state {
	u32 shorter;
	u16 backoff;
	u16 depth;
};

/**
 * struct kanary_model_gram - a call after a context
 * @bin: up to KANARY_LOG_START, ascending within a state
 * @bits: -log2 of its probability, Q6.10
 * @next: state after it
 */
struct kanary_model_gram {
	u16 bin;
	u16 bits;
	u32 next;
};

#define KANARY_MODEL_REFERENCE_COUNTS 32
#define KANARY_MODEL_REFERENCE_PATH 60
#define KANARY_MODEL_REFERENCE_LOG 64

/**
 * struct kanary_model_reference - the self-test that a model carries
 * @length: number of @counts, 1 .. KANARY_MODEL_REFERENCE_COUNTS
 * @repeat: how often the vector is scored in a row from a fresh state, each time
 *	as the last of a process too, 1 .. 2 * KANARY_MODEL_STEPS_MAX
 * @counts: the vector, by ascending bin; the rest is 0
 * @path: told before it each time, of @path_length bytes; the rest is 0
 * @path_length: 0 for none
 * @path_flags: KANARY_PATH_*
 * @context: of its log
 * @logged: calls of its log; 0 for no log
 * @call: the log; the rest is 0
 * @verdict: what the last of them must give
 * @reserved: 0
 */
struct kanary_model_reference {
	u32 length;
	u32 repeat;
	struct kanary_count counts[KANARY_MODEL_REFERENCE_COUNTS];
	u8 path[KANARY_MODEL_REFERENCE_PATH];
	u16 path_length;
	u16 path_flags;
	u16 context;
	u16 logged;
	u16 call[KANARY_MODEL_REFERENCE_LOG];
	struct kanary_verdict verdict;
	u32 reserved[2];
};

/** kanary_model_reference_log() - its calls in their order */
static inline struct kanary_log
kanary_model_reference_log(const struct kanary_model_reference *reference)
{
	struct kanary_log log = {
		.call = reference->call,
		.context = reference->context,
		.calls = reference->logged,
	};

	return log;
}

/**
 * struct kanary_layer - a view of one layer, ready to be multiplied
 * @rows: even
 * @columns: any
 * @weights: in the file, [rows][columns]
 * @row: in the file, [rows]
 * @packed: made by kanary_model_prepare(): two rows' weights in one s64, so
 *	that one multiplication serves both; layout is the business of layer.c
 */
struct kanary_layer {
	u32 rows;
	u32 columns;
	const s16 *weights;
	const struct kanary_model_row *row;
	const s64 *packed;
};

/**
 * struct kanary_model_sequence - a view of a head over a sequence
 * @shape: in the header
 * @weight: of each squared residual; NULL where there is no such head
 */
struct kanary_model_sequence {
	const struct kanary_model_shape *shape;
	const u32 *weight;
	struct kanary_layer encoder;
	struct kanary_layer decoder;
	struct kanary_layer output;
	const struct kanary_model_knot *knot;
};

/**
 * struct kanary_model_histogram - a view of a histogram head
 * @first: bin that it begins with
 * @bins: that it reads, a power of 2
 * @inputs: each is of @bins / @inputs neighbouring bins; a power of 2, 0 for no such head
 * @code: width of its bottleneck
 * @encode: [@code][@inputs]
 * @decode: [@inputs][@code]
 * @knot: NULL where there is no such head
 */
struct kanary_model_histogram {
	u32 first;
	u32 bins;
	u32 inputs;
	u32 code;
	struct kanary_layer encode;
	struct kanary_layer decode;
	const struct kanary_model_knot *knot;
};

/**
 * struct kanary_model - a validated model file, taken apart
 *
 * All pointers lead into the file or into the memory given to
 * kanary_model_prepare(); both must live as long as this does.
 */
struct kanary_model {
	const struct kanary_model_header *header;
	const u16 *feature;
	const u32 *process_weight;
	const s16 *codeword;
	struct kanary_layer encode;
	struct kanary_layer decode;
	const struct kanary_model_knot *process_knot;
	struct kanary_model_sequence sequence;
	struct kanary_model_sequence container;
	struct kanary_model_histogram paths;
	struct kanary_name_table names;
	const struct kanary_model_knot *name_knot;
	const u32 *grams_start;
	const struct kanary_model_state *grams_state;
	const struct kanary_model_gram *gram;
	const struct kanary_model_knot *grams_knot;
	const struct kanary_model_knot *task_knot;
	const struct kanary_model_kind *kind;
	const s16 *centroid;
	const struct kanary_model_reference *reference;
};

/**
 * kanary_model_size() - bytes of a file with these dimensions
 * @header: dimensions; not trusted, but within the KANARY_MODEL_*_MAX
 */
u32 kanary_model_size(const struct kanary_model_header *header);

/**
 * kanary_model_layout() - lead @model's pointers into a file of @header's dimensions
 *
 * No validation: for the trainer, which writes a file through the same layout.
 */
void kanary_model_layout(struct kanary_model *model, const void *file);

/**
 * kanary_model_parse() - validate a whole file and take it apart
 * @model: filled in on success only
 * @file: 8-byte aligned
 * @size: bytes of @file, whatever its header says
 *
 * Everything in the file is hostile until this returns NULL.
 *
 * Return: NULL, or one sentence that says what is wrong.
 */
const char *kanary_model_parse(struct kanary_model *model, const void *file, size_t size);

/** kanary_model_packed_size() - bytes that kanary_model_prepare() needs, 8-aligned */
size_t kanary_model_packed_size(const struct kanary_model *model);

/**
 * kanary_model_prepare() - pack the weights for multiplication
 * @model: from kanary_model_parse()
 * @memory: kanary_model_packed_size() bytes, 8-byte aligned
 */
void kanary_model_prepare(struct kanary_model *model, void *memory);

#endif /* _KANARY_MODEL_H */
