/* SPDX-License-Identifier: GPL-2.0 */
#include "score.h"

#include "feature.h"
#include "layer.h"
#include "lstm.h"

/* log10(2) in Q24.8: looking with two heads doubles the chance of a false alarm. */
#define TWO_HEADS 77
/* Without a decay limit counts are halved here all the same, to stay in 32 bits. */
#define TOTAL_MAX 0x7fffffffu
#define OPERAND_LIMIT 32767
#define OUTPUT_LIMIT 65535
#define EXCESS_LIMIT 2147483647LL

/**
 * struct scratch - working memory of one verdict, laid out over the caller's bytes
 * @sums: rows' sums of any layer
 * @start: what the encoder's last h adds to every step of the decoder
 * @operands: columns of any layer
 * @outputs: one for each row of any LSTM layer, or of encode
 * @cell: Q.20
 * @h: Q0.15
 * @features: of the stream so far, Q0.15
 * @code: Q4.11
 * @process: what the process head reconstructs, its codeword included, Q1.15
 * @sequence: what the sequence head reconstructs, [steps][inputs], latest first
 */
struct scratch {
	s64 *sums;
	s64 *start;
	struct kanary_layer_operand *operands;
	s32 *outputs;
	s32 *cell;
	s32 *process;
	s32 *sequence;
	s16 *h;
	s16 *features;
	s16 *code;
};

static u32 larger(u32 a, u32 b)
{
	return a > b ? a : b;
}

/* The next @size bytes of @memory; only counted where there is no memory yet. */
static void *take(const void *memory, size_t *used, size_t size)
{
	u8 *start = memory ? (u8 *)memory + *used : NULL;

	*used += (size + 7) / 8 * 8;
	return start;
}

/* Returns the bytes that it takes. */
static size_t scratch_layout(struct scratch *scratch, const struct kanary_model *model,
			     const void *memory)
{
	const struct kanary_model_header *header = model->header;
	size_t inputs = header->inputs;
	size_t hidden = header->hidden;
	u32 rows = larger(larger(header->inputs, header->code), 4 * header->hidden);
	size_t columns = larger(header->code, header->inputs) + 2 * hidden;
	size_t used = 0;

	scratch->sums = take(memory, &used, kanary_layer_sums(rows) * sizeof(s64));
	scratch->start = take(memory, &used, kanary_layer_sums(4 * header->hidden) * sizeof(s64));
	scratch->operands = take(memory, &used, columns * sizeof(*scratch->operands));
	scratch->outputs = take(memory, &used, rows * sizeof(s32));
	scratch->cell = take(memory, &used, hidden * sizeof(s32));
	scratch->process = take(memory, &used, inputs * sizeof(s32));
	scratch->sequence = take(memory, &used, header->steps * inputs * sizeof(s32));
	scratch->h = take(memory, &used, hidden * sizeof(s16));
	scratch->features = take(memory, &used, inputs * sizeof(s16));
	scratch->code = take(memory, &used, header->code * sizeof(s16));
	return used;
}

size_t kanary_score_scratch_size(const struct kanary_model *model)
{
	struct scratch scratch;

	return scratch_layout(&scratch, model, NULL);
}

size_t kanary_score_stream_size(const struct kanary_model *model)
{
	const struct kanary_model_header *header = model->header;

	return sizeof(struct kanary_score_stream) + header->inputs * sizeof(u32) +
	       (size_t)header->steps * header->inputs * sizeof(s16);
}

void kanary_score_stream_init(const struct kanary_model *model,
			      struct kanary_score_stream *stream)
{
	memset(stream, 0, kanary_score_stream_size(model));
}

/* Features of the vector that came @age vectors before the latest. */
static s16 *ring_slot(const struct kanary_model *model, const struct kanary_score_stream *stream,
		      u32 age)
{
	u32 steps = model->header->steps;
	u32 inputs = model->header->inputs;
	u32 slot = stream->next + steps - 1 - age;

	if (slot >= steps)
		slot -= steps;
	return (s16 *)(stream->memory + inputs) + (size_t)slot * inputs;
}

static void decay(const struct kanary_model *model, struct kanary_score_stream *stream)
{
	u32 limit = model->header->decay_limit;
	u32 i;

	if (!limit)
		limit = TOTAL_MAX;
	while (stream->total > limit) {
		stream->total = 0;
		for (i = 0; i < model->header->inputs; i++) {
			stream->memory[i] /= 2;
			stream->total += stream->memory[i];
		}
	}
}

static void remember_process(const struct kanary_model *model, struct kanary_score_stream *stream,
			     const struct kanary_count *counts, u32 length, s16 *features)
{
	u64 reciprocal;
	u32 i;

	for (i = 0; i < length; i++) {
		stream->memory[model->feature[counts[i].bin]] += counts[i].count;
		stream->total += counts[i].count;
	}
	decay(model, stream);
	reciprocal = kanary_feature_reciprocal(stream->total);
	for (i = 0; i < model->header->inputs; i++)
		features[i] = kanary_feature_value(stream->memory[i], reciprocal);
}

/* @sums: one for each input, as scratch */
static void remember_sequence(const struct kanary_model *model, struct kanary_score_stream *stream,
			      const struct kanary_count *counts, u32 length, u32 *sums)
{
	u32 inputs = model->header->inputs;
	u64 reciprocal;
	u32 total = 0;
	s16 *features;
	u32 i;

	memset(sums, 0, inputs * sizeof(*sums));
	for (i = 0; i < length; i++) {
		sums[model->feature[counts[i].bin]] += counts[i].count;
		total += counts[i].count;
	}
	if (++stream->next >= model->header->steps)
		stream->next = 0;
	if (stream->filled < model->header->steps)
		stream->filled++;
	features = ring_slot(model, stream, 0);
	reciprocal = kanary_feature_reciprocal(total);
	for (i = 0; i < inputs; i++)
		features[i] = kanary_feature_value(sums[i], reciprocal);
}

/* Q34 share of one input in an error. */
static u64 weigh(u32 weight, s32 feature, s32 reconstruction)
{
	s64 difference = feature - reconstruction;

	if (difference > OUTPUT_LIMIT)
		difference = OUTPUT_LIMIT;
	if (difference < -OUTPUT_LIMIT)
		difference = -OUTPUT_LIMIT;
	return weight * (u64)(difference * difference);
}

/* Q34 */
static u64 error_of(const u32 *weights, const s16 *features, const s32 *reconstruction, u32 inputs)
{
	u64 error = 0;
	u32 i;

	for (i = 0; i < inputs; i++)
		error += weigh(weights[i], features[i], reconstruction[i]);
	return error;
}

/* The same with @codeword added to the reconstruction; gives up where it is no less than @limit. */
static u64 error_with(const u32 *weights, const s16 *features, const s32 *reconstruction,
		      const s16 *codeword, u32 inputs, u64 limit)
{
	u64 error = 0;
	u32 i;

	for (i = 0; i < inputs && error < limit; i++)
		error += weigh(weights[i], features[i], reconstruction[i] + codeword[i]);
	return error;
}

/* From Q34 to Q20.12. */
static u32 saturate(u64 error)
{
	error >>= 22;
	return error > 0xffffffffu ? 0xffffffffu : (u32)error;
}

static void multiply(const struct kanary_layer *layer, const struct scratch *scratch, u32 operands,
		     s32 limit, s32 *output)
{
	kanary_layer_accumulate(layer, scratch->sums, NULL, scratch->operands, operands);
	kanary_layer_finish(layer, scratch->sums, limit, output);
}

/* Adds the codeword that explains most of what is left; returns what is left then, Q34. */
static u64 search_codebook(const struct kanary_model *model, const struct scratch *scratch,
			   u64 error)
{
	u32 inputs = model->header->inputs;
	const s16 *codeword = model->codeword;
	const s16 *best = NULL;
	u64 with;
	u32 i;

	for (i = 0; i < model->header->codebook; i++, codeword += inputs) {
		with = error_with(model->process_weight, scratch->features, scratch->process,
				  codeword, inputs, error);
		if (with < error) {
			error = with;
			best = codeword;
		}
	}
	for (i = 0; best && i < inputs; i++)
		scratch->process[i] += best[i];
	return error;
}

static u32 process_error(const struct kanary_model *model, const struct scratch *scratch)
{
	u32 inputs = model->header->inputs;
	u32 code = model->header->code;
	u32 operands, i;
	u64 error;

	operands = kanary_layer_gather(scratch->operands, 0, scratch->features, inputs);
	multiply(&model->encode, scratch, operands, OPERAND_LIMIT, scratch->outputs);
	for (i = 0; i < code; i++)
		scratch->code[i] = (s16)scratch->outputs[i];
	operands = kanary_layer_gather(scratch->operands, 0, scratch->code, code);
	multiply(&model->decode, scratch, operands, OUTPUT_LIMIT, scratch->process);
	error = error_of(model->process_weight, scratch->features, scratch->process, inputs);
	if (saturate(error) > model->header->codebook_gate)
		error = search_codebook(model, scratch, error);
	return saturate(error);
}

static void lstm_reset(const struct kanary_model *model, const struct scratch *scratch)
{
	memset(scratch->cell, 0, model->header->hidden * sizeof(*scratch->cell));
	memset(scratch->h, 0, model->header->hidden * sizeof(*scratch->h));
}

/* Oldest vector first; leaves the sequence in scratch->h. */
static void encode_sequence(const struct kanary_model *model,
			    const struct kanary_score_stream *stream,
			    const struct scratch *scratch)
{
	u32 inputs = model->header->inputs;
	u32 hidden = model->header->hidden;
	u32 age, operands;

	lstm_reset(model, scratch);
	for (age = model->header->steps; age--;) {
		operands = kanary_layer_gather(scratch->operands, 0, ring_slot(model, stream, age),
					       inputs);
		operands += kanary_layer_gather(scratch->operands + operands, inputs, scratch->h,
						hidden);
		multiply(&model->encoder, scratch, operands, OPERAND_LIMIT, scratch->outputs);
		kanary_lstm_step(hidden, scratch->outputs, scratch->cell, scratch->h);
	}
}

static u32 sequence_error(const struct kanary_model *model,
			  const struct kanary_score_stream *stream, const struct scratch *scratch)
{
	s32 *reconstruction = scratch->sequence;
	u32 inputs = model->header->inputs;
	u32 hidden = model->header->hidden;
	u32 age, operands;
	u64 step, error = 0;

	encode_sequence(model, stream, scratch);
	operands = kanary_layer_gather(scratch->operands, 0, scratch->h, hidden);
	kanary_layer_accumulate(&model->decoder, scratch->start, NULL, scratch->operands, operands);
	lstm_reset(model, scratch);
	operands = 0;
	for (age = 0; age < model->header->steps; age++, reconstruction += inputs) {
		operands = kanary_layer_gather(scratch->operands, hidden, scratch->h, hidden);
		kanary_layer_accumulate(&model->decoder, scratch->sums, scratch->start,
					scratch->operands, operands);
		kanary_layer_finish(&model->decoder, scratch->sums, OPERAND_LIMIT,
				    scratch->outputs);
		kanary_lstm_step(hidden, scratch->outputs, scratch->cell, scratch->h);
		operands = kanary_layer_gather(scratch->operands, 0, scratch->h, hidden);
		multiply(&model->output, scratch, operands, OUTPUT_LIMIT, reconstruction);
		step = error_of(model->sequence_weight, ring_slot(model, stream, age),
				reconstruction, inputs);
		error += saturate(step);
	}
	return error > 0xffffffffu ? 0xffffffffu : (u32)error;
}

/*
 * rise * run / width, rounded half up. A bit at a time: a 64-bit division would
 * not link on 32-bit kernels. @rise is below 2^15, @run at most @width.
 */
static u32 interpolate(u32 rise, u32 run, u32 width)
{
	u64 product = (u64)rise * run + width / 2;
	u32 quotient = 0;
	u32 bit;

	for (bit = 1u << 14; bit; bit >>= 1)
		if ((quotient + bit) * (u64)width <= product)
			quotient += bit;
	return quotient;
}

static u32 surprise_of(const struct kanary_model_knot *knot, u32 knots, u32 error)
{
	const struct kanary_model_knot *last = knot + knots - 1;

	if (error < knot->error)
		return 0;
	if (error >= last->error)
		return last->surprise;
	while (error >= knot[1].error)
		knot++;
	return knot->surprise + interpolate(knot[1].surprise - knot->surprise,
					    error - knot->error, knot[1].error - knot->error);
}

/* Whether the vector completes a sequence that is due. */
static bool sequence_due(const struct kanary_model *model, struct kanary_score_stream *stream)
{
	if (stream->filled < model->header->steps)
		return false;
	if (stream->due) {
		stream->due--;
		return false;
	}
	stream->due = model->header->stride - 1;
	return true;
}

void kanary_score_vector(const struct kanary_model *model, struct kanary_score_stream *stream,
			 const struct kanary_count *counts, u32 length, void *memory,
			 struct kanary_verdict *verdict)
{
	u32 knots = model->header->knots;
	struct scratch scratch;
	u32 both;

	scratch_layout(&scratch, model, memory);
	memset(verdict, 0, sizeof(*verdict));

	remember_process(model, stream, counts, length, scratch.features);
	verdict->process_error = process_error(model, &scratch);
	verdict->process_surprise = surprise_of(model->process_knot, knots,
						verdict->process_error);
	verdict->surprise = verdict->process_surprise;

	if (model->header->hidden) {
		remember_sequence(model, stream, counts, length, (u32 *)scratch.outputs);
		if (sequence_due(model, stream)) {
			verdict->flags |= KANARY_VERDICT_SEQUENCE;
			verdict->sequence_error = sequence_error(model, stream, &scratch);
			verdict->sequence_surprise = surprise_of(model->sequence_knot, knots,
								 verdict->sequence_error);
			both = larger(verdict->process_surprise, verdict->sequence_surprise);
			verdict->surprise = both > TWO_HEADS ? both - TWO_HEADS : 0;
		}
	}
	if (verdict->surprise >= model->header->threshold)
		verdict->flags |= KANARY_VERDICT_ALERT;
}

/* Calls more than the reconstruction expects of one input among @total calls. */
static s32 excess_calls(s64 observed, s32 reconstruction, u32 total)
{
	u64 expected = 0;

	if (reconstruction > 0)
		expected = (u64)reconstruction * (u64)reconstruction;
	expected = (expected * total + (1u << 29)) >> 30;
	observed -= (s64)expected;
	if (observed > EXCESS_LIMIT)
		observed = EXCESS_LIMIT;
	if (observed < -EXCESS_LIMIT)
		observed = -EXCESS_LIMIT;
	return (s32)observed;
}

/* Of the bins that count towards @input, the one with most calls, or else the first. */
static u32 name_input(const struct kanary_model *model, const struct kanary_count *counts,
		      u32 length, u32 input)
{
	u32 most = 0;
	u32 bin = 0;
	u32 i;

	for (i = 0; i < length; i++) {
		if (model->feature[counts[i].bin] == input && counts[i].count > most) {
			most = counts[i].count;
			bin = counts[i].bin;
		}
	}
	if (most)
		return bin;
	while (bin < KANARY_BINS - 1 && model->feature[bin] != input)
		bin++;
	return bin;
}

/* What one input adds to the process head's error, and the calls behind it. */
static u64 process_share(const struct kanary_model *model,
			 const struct kanary_score_stream *stream, const struct scratch *scratch,
			 u32 input, s32 *excess)
{
	s32 reconstruction = scratch->process[input];

	*excess = excess_calls(stream->memory[input], reconstruction, stream->total);
	return weigh(model->process_weight[input], scratch->features[input], reconstruction);
}

/*
 * The same for the sequence head, summed over its steps. The calls are those of
 * the step that adds most, taken as a whole period: in a sum over the steps,
 * calls in the wrong order would cancel out.
 */
static u64 sequence_share(const struct kanary_model *model,
			  const struct kanary_score_stream *stream,
			  const struct scratch *scratch, u32 input, s32 *excess)
{
	u32 inputs = model->header->inputs;
	u32 period = model->header->period;
	s32 reconstruction, feature;
	u64 share, most = 0, sum = 0;
	s64 calls;
	u32 age;

	for (age = 0; age < model->header->steps; age++) {
		reconstruction = scratch->sequence[(size_t)age * inputs + input];
		feature = ring_slot(model, stream, age)[input];
		share = weigh(model->sequence_weight[input], feature, reconstruction);
		sum += share;
		if (share > most) {
			most = share;
			calls = ((s64)(feature * feature) * period + (1 << 29)) >> 30;
			*excess = excess_calls(calls, reconstruction, period);
		}
	}
	return sum;
}

u32 kanary_score_explain(const struct kanary_model *model,
			 const struct kanary_score_stream *stream,
			 const struct kanary_count *counts, u32 length, const void *memory,
			 const struct kanary_verdict *verdict,
			 struct kanary_unusual unusual[KANARY_UNUSUAL_MAX])
{
	bool sequence = (verdict->flags & KANARY_VERDICT_SEQUENCE) &&
			verdict->sequence_surprise > verdict->process_surprise;
	u64 shares[KANARY_UNUSUAL_MAX];
	struct scratch scratch;
	u32 input, at, found = 0;
	s32 excess;
	u64 share;

	scratch_layout(&scratch, model, memory);
	for (input = 0; input < model->header->inputs; input++) {
		excess = 0;
		if (sequence)
			share = sequence_share(model, stream, &scratch, input, &excess);
		else
			share = process_share(model, stream, &scratch, input, &excess);
		/* less than half a call says nothing to anyone */
		if (!share || !excess)
			continue;
		if (found < KANARY_UNUSUAL_MAX)
			found++;
		else if (share <= shares[KANARY_UNUSUAL_MAX - 1])
			continue;
		for (at = found - 1; at && shares[at - 1] < share; at--) {
			shares[at] = shares[at - 1];
			unusual[at] = unusual[at - 1];
		}
		shares[at] = share;
		unusual[at].bin = input;
		unusual[at].excess = excess;
	}
	for (at = 0; at < found; at++)
		unusual[at].bin = name_input(model, counts, length, unusual[at].bin);
	return found;
}

bool kanary_score_reference(const struct kanary_model *model,
			    struct kanary_score_stream *stream, void *scratch)
{
	const struct kanary_model_reference *reference = model->reference;
	struct kanary_verdict verdict;
	u32 i;

	kanary_score_stream_init(model, stream);
	for (i = 0; i < reference->repeat; i++)
		kanary_score_vector(model, stream, reference->counts, reference->length, scratch,
				    &verdict);
	return !memcmp(&verdict, &reference->verdict, sizeof(verdict));
}
