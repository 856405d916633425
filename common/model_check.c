/* SPDX-License-Identifier: GPL-2.0 */
/* Validation of a model file: until all of this has passed, every byte is hostile. */
#include "model.h"

#include "checksum.h"

#define SURPRISE_MAX 25600 /* 100.0 in Q24.8 */
#define OPERAND_MAX 32767
#define ACCUMULATOR_MAX 2147483647

static bool all_zero(const void *data, size_t size)
{
	const u8 *byte = data;

	while (size--)
		if (*byte++)
			return false;
	return true;
}

static u32 file_checksum(const void *file, size_t size)
{
	size_t offset = offsetof(struct kanary_model_header, checksum);
	const u8 *byte = file;
	u32 zero = 0;
	u32 crc;

	crc = kanary_checksum_update(0, byte, offset);
	crc = kanary_checksum_update(crc, &zero, sizeof(zero));
	offset += sizeof(zero);
	return kanary_checksum_update(crc, byte + offset, size - offset);
}

static const char *check_envelope(const struct kanary_model_header *header, size_t size)
{
	if (size < sizeof(*header))
		return "model is shorter than its header";
	if (memcmp(header->magic, KANARY_MODEL_MAGIC, sizeof(header->magic)))
		return "not a Kanary model";
	if (header->version != KANARY_MODEL_VERSION)
		return "model is of another format version";
	if (size > KANARY_MODEL_SIZE_MAX)
		return "model is larger than 4 MiB";
	if (size < header->size)
		return "model is cut off: it says that it is longer";
	if (size > header->size)
		return "model has bytes beyond the size that it says";
	if (file_checksum(header, size) != header->checksum)
		return "model is damaged: its checksum does not match";
	return NULL;
}

static bool in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

static const char *check_name(const struct kanary_model_header *header)
{
	u32 length = 0;

	while (length < sizeof(header->name) && header->name[length]) {
		if (!in_name(header->name[length]))
			return "profile name has a character other than A-Z a-z 0-9 . _ -";
		length++;
	}
	if (!length)
		return "profile name is empty";
	if (length == sizeof(header->name))
		return "profile name is not terminated";
	if (!all_zero(header->name + length, sizeof(header->name) - length))
		return "profile name is followed by bytes other than 0";
	return NULL;
}

static const char *check_shape(const struct kanary_model_shape *shape, bool present)
{
	if (!present) {
		if (!all_zero(shape, sizeof(*shape)))
			return "model without a sequence head has dimensions of one";
		return NULL;
	}
	if (!shape->hidden || shape->hidden > KANARY_MODEL_HIDDEN_MAX)
		return "number of hidden units is out of range (2 to 128)";
	if (shape->hidden % 2)
		return "number of hidden units is odd";
	if (!shape->steps || shape->steps > KANARY_MODEL_STEPS_MAX)
		return "number of steps is out of range (1 to 64)";
	if (!shape->stride || shape->stride > shape->steps)
		return "stride is out of range (1 to the number of steps)";
	if (shape->reserved)
		return "reserved bytes of the header are not 0";
	return NULL;
}

static const char *check_histogram_shape(const struct kanary_model_header *header)
{
	u32 inputs = header->paths_inputs, code = header->paths_code;

	if (!(header->flags & KANARY_MODEL_PATH_HISTOGRAM))
		return inputs || code ? "model without a histogram head has dimensions of one" :
					NULL;
	if (inputs < KANARY_MODEL_INPUTS_MIN || inputs > KANARY_MODEL_INPUTS_MAX ||
	    inputs & (inputs - 1))
		return "inputs of a histogram head are no power of 2 from 4 to 256";
	if (!code || code % 2 || code > KANARY_MODEL_HISTOGRAM_CODE_MAX)
		return "code of a histogram head is odd or out of range (2 to 128)";
	return NULL;
}

static const char *check_grams_shape(const struct kanary_model_header *header)
{
	const struct kanary_model_grams_shape *shape = &header->grams;

	if (!(header->flags & KANARY_MODEL_GRAMS))
		return all_zero(shape, sizeof(*shape)) ?
		       NULL : "model without a grams head has dimensions of one";
	if (!shape->states || shape->states > KANARY_MODEL_STATES_MAX)
		return "number of states of the grams head is out of range (1 to 131072)";
	if (!shape->grams || shape->grams > KANARY_MODEL_GRAMS_MAX)
		return "number of grams is out of range (1 to 262144)";
	if (shape->reserved[0] || shape->reserved[1])
		return "reserved bytes of the header are not 0";
	return NULL;
}

static const char *check_dimensions(const struct kanary_model_header *header)
{
	const char *why;

	if (header->inputs < KANARY_MODEL_INPUTS_MIN || header->inputs > KANARY_MODEL_INPUTS_MAX)
		return "number of inputs is out of range (4 to 256)";
	if (header->inputs % 2)
		return "number of inputs is odd";
	if (!header->code || header->code > KANARY_MODEL_CODE_MAX)
		return "width of the code is out of range (2 to 64)";
	if (header->code % 2)
		return "width of the code is odd";
	if (header->knots < 2 || header->knots > KANARY_MODEL_KNOTS_MAX)
		return "number of calibration points is out of range (2 to 64)";
	why = check_shape(&header->sequence, header->flags & KANARY_MODEL_SEQUENCE);
	if (!why)
		why = check_shape(&header->container, header->flags & KANARY_MODEL_CONTAINER);
	if (!why)
		why = check_histogram_shape(header);
	if (!why && !header->names != !(header->flags & KANARY_MODEL_PATH_NAMES))
		why = "model has names without a names head, or the reverse";
	if (!why && header->names > KANARY_NAME_HEAD_ENTRIES_MAX)
		why = "number of names is out of range (up to 131072)";
	return why ? why : check_grams_shape(header);
}

static const char *check_header(const struct kanary_model_header *header)
{
	if (header->flags & ~(u32)(KANARY_MODEL_PROCESS | KANARY_MODEL_SEQUENCE |
				   KANARY_MODEL_CONTAINER | KANARY_MODEL_GRAMS |
				   KANARY_MODEL_PATH_NAMES | KANARY_MODEL_PATH_HISTOGRAM |
				   KANARY_MODEL_DROPS_CLOCK))
		return "model has unknown flags";
	if (!(header->flags & KANARY_MODEL_PROCESS))
		return "model has no process head";
	if (header->reserved)
		return "reserved bytes of the header are not 0";
	if (header->codebook > KANARY_MODEL_CODEBOOK_MAX)
		return "codebook is out of range (up to 128 codewords)";
	if (!header->codebook && header->codebook_gate)
		return "model without a codebook has a gate for one";
	if (header->kinds > KANARY_MODEL_KINDS_MAX)
		return "number of kinds of processes is out of range (up to 64)";
	if (header->period < KANARY_PERIOD_MIN || header->period > KANARY_PERIOD_MAX)
		return "period is out of range (16 to 32768 calls)";
	if (header->decay_limit && header->decay_limit < header->period)
		return "decay limit is less than a period";
	if (header->decay_limit > ACCUMULATOR_MAX)
		return "decay limit is out of range (up to 2147483647 calls)";
	if (!header->threshold || header->threshold > SURPRISE_MAX)
		return "threshold is out of range (above 0, up to 100)";
	if (header->critical_threshold < header->threshold ||
	    header->critical_threshold > SURPRISE_MAX)
		return "critical threshold is out of range (the threshold, up to 100)";
	if (!header->budget)
		return "alert budget is 0";
	if (header->critical_budget < header->budget)
		return "budget of critical alerts is less than that of alerts";
	if (!header->vectors)
		return "model says that it was trained on nothing";
	return NULL;
}

static const char *check_inputs(const struct kanary_model *model)
{
	u32 inputs = model->header->inputs;
	u32 i;

	for (i = 0; i < KANARY_BINS; i++)
		if (model->feature[i] >= inputs)
			return "feature map leads beyond the inputs";
	for (i = 0; i < inputs; i++)
		if (model->process_weight[i] > KANARY_MODEL_WEIGHT_MAX)
			return "weight of a process error is too large";
	return NULL;
}

static const char *check_codebook(const struct kanary_model *model)
{
	size_t count = (size_t)model->header->codebook * model->header->inputs;
	const s16 *value = model->codeword;
	size_t i;

	for (i = 0; i < count; i++)
		if (value[i] < -OPERAND_MAX)
			return "value of a codeword is out of range (-32767 to 32767)";
	if (count && !all_zero(value + count, (4 - count % 4) % 4 * sizeof(*value)))
		return "padding of the codebook is not 0";
	return NULL;
}

static u32 magnitude(s32 value)
{
	return value < 0 ? 0 - (u32)value : (u32)value;
}

static const char *check_layer(const struct kanary_layer *layer)
{
	const struct kanary_model_row *row = layer->row;
	size_t count = (size_t)layer->rows * layer->columns;
	const s16 *weight = layer->weights;
	u32 i, column;
	u64 bound;

	for (i = 0; i < layer->rows; i++, row++) {
		bound = 0;
		for (column = 0; column < layer->columns; column++)
			bound += magnitude(*weight++);
		bound = bound * OPERAND_MAX + magnitude(row->bias);
		if (bound > ACCUMULATOR_MAX)
			return "weights of a row could overflow its accumulator";
		if (row->multiplier < 1)
			return "multiplier of a row is out of range (1 to 2147483647)";
		if (row->shift < 1 || row->shift > 62)
			return "shift of a row is out of range (1 to 62)";
	}
	/* an odd number of pairs of weights leaves half of the last 8 bytes unused */
	if (!all_zero(weight, (4 - count % 4) % 4 * sizeof(*weight)))
		return "padding of the weights is not 0";
	return NULL;
}

static const char *check_knots(const struct kanary_model_knot *knot, u32 knots)
{
	u32 i;

	for (i = 0; i < knots; i++) {
		if (knot[i].surprise > SURPRISE_MAX)
			return "calibration goes beyond a surprise of 100";
		if (i && knot[i].error <= knot[i - 1].error)
			return "errors of the calibration do not ascend";
		if (i && knot[i].surprise < knot[i - 1].surprise)
			return "surprise of the calibration does not ascend";
	}
	return NULL;
}

static const char *check_sequence(const struct kanary_model *model,
				  const struct kanary_model_sequence *head)
{
	const char *why;
	u32 i;

	if (!head->weight)
		return NULL;
	for (i = 0; i < model->header->inputs; i++)
		if (head->weight[i] > KANARY_MODEL_WEIGHT_MAX)
			return "weight of a sequence error is too large";
	why = check_layer(&head->encoder);
	if (!why)
		why = check_layer(&head->decoder);
	if (!why)
		why = check_layer(&head->output);
	if (!why)
		why = check_knots(head->knot, model->header->knots);
	return why;
}

static const char *check_histogram(const struct kanary_model *model,
				   const struct kanary_model_histogram *head)
{
	const char *why;

	if (!head->knot)
		return NULL;
	why = check_layer(&head->encode);
	if (!why)
		why = check_layer(&head->decode);
	if (!why)
		why = check_knots(head->knot, model->header->knots);
	return why;
}

/* No search is longer than the states are deep: each leads to one that is less deep. */
static const char *check_state(const struct kanary_model *model, u32 number)
{
	const struct kanary_model_state *state = &model->grams_state[number];
	u32 grams = model->header->grams.grams;
	u32 i, end = model->grams_start[number + 1];

	if (number ? state->shorter >= number : state->shorter)
		return "state of the grams head does not lead to one before it";
	if (state->depth > KANARY_MODEL_DEPTH_MAX ||
	    state->depth != (number ? model->grams_state[state->shorter].depth + 1 : 0))
		return "state of the grams head has a depth that is not its own";
	if (model->grams_start[number] > end || end > grams)
		return "states of the grams head do not ascend";
	for (i = model->grams_start[number]; i < end; i++) {
		if (model->gram[i].bin > KANARY_LOG_START)
			return "bin of a gram is out of range";
		if (i > model->grams_start[number] && model->gram[i].bin <= model->gram[i - 1].bin)
			return "bins of a state's grams do not ascend";
		if (model->gram[i].next >= model->header->grams.states)
			return "gram leads beyond the states";
	}
	return NULL;
}

static const char *check_grams(const struct kanary_model *model)
{
	u32 states = model->header->grams.states;
	const char *why = NULL;
	u32 i;

	if (!model->grams_start)
		return NULL;
	if (model->grams_start[0] || model->grams_start[states] != model->header->grams.grams)
		return "states of the grams head do not cover its grams";
	for (i = 0; i < states && !why; i++)
		why = check_state(model, i);
	if (!why && !all_zero(model->grams_start + states + 1,
			      (states + 1) % 2 * sizeof(*model->grams_start)))
		why = "padding of the grams head is not 0";
	return why ? why : check_knots(model->grams_knot, model->header->knots);
}

static const char *check_label(const char label[KANARY_COMM_SIZE])
{
	u32 length = 0;

	while (length < KANARY_COMM_SIZE && label[length] > ' ' && label[length] < 0x7f)
		length++;
	if (!length || length == KANARY_COMM_SIZE || label[length])
		return "label of a kind of process is not a printable name";
	if (!all_zero(label + length, KANARY_COMM_SIZE - length))
		return "label of a kind of process is followed by bytes other than 0";
	return NULL;
}

static const char *check_kinds(const struct kanary_model *model)
{
	size_t count = (size_t)model->header->kinds * model->header->inputs;
	const s16 *value = model->centroid;
	const char *why = NULL;
	size_t i;

	for (i = 0; i < model->header->kinds && !why; i++) {
		why = check_label(model->kind[i].label);
		if (!why && !model->kind[i].processes)
			why = "kind of process was learned from none";
	}
	for (i = 0; i < count && !why; i++)
		if (value[i] < 0)
			why = "centroid of a kind of process is out of range (0 to 32767)";
	if (count && !why && !all_zero(value + count, (4 - count % 4) % 4 * sizeof(*value)))
		why = "padding of the centroids is not 0";
	return why;
}

static const char *check_reference_log(const struct kanary_model_reference *reference)
{
	struct kanary_log log = kanary_model_reference_log(reference);
	u32 length = log.context + log.calls;

	if (log.context > KANARY_LOG_CONTEXT || length > KANARY_MODEL_REFERENCE_LOG ||
	    (log.context && !log.calls))
		return "length of the reference's log is out of range (up to 64)";
	if (!all_zero(log.call + length, (KANARY_MODEL_REFERENCE_LOG - length) * sizeof(u16)))
		return "log of the reference is followed by bytes other than 0";
	return kanary_log_check(&log) ? "log of the reference has a bin out of range" : NULL;
}

static const char *check_reference(const struct kanary_model_reference *reference)
{
	const struct kanary_count *count = reference->counts;
	u32 length = reference->length;
	const char *why;
	u32 i;

	if (!length || length > KANARY_MODEL_REFERENCE_COUNTS)
		return "length of the reference vector is out of range (1 to 32)";
	if (!reference->repeat || reference->repeat > 2 * KANARY_MODEL_STEPS_MAX)
		return "repetitions of the reference vector are out of range (1 to 128)";
	for (i = 0; i < length; i++) {
		if (count[i].bin >= KANARY_VECTOR_BINS)
			return "bin of the reference vector is out of range";
		if (i && count[i].bin <= count[i - 1].bin)
			return "bins of the reference vector do not ascend";
		if (!count[i].count)
			return "reference vector has a count of 0";
	}
	why = check_reference_log(reference);
	if (why)
		return why;
	if (!all_zero(count + length, (KANARY_MODEL_REFERENCE_COUNTS - length) * sizeof(*count)))
		return "reference vector is followed by bytes other than 0";
	if (reference->path_length > KANARY_MODEL_REFERENCE_PATH)
		return "path of the reference is too long (up to 60 bytes)";
	if (reference->path_flags & ~KANARY_PATH_FLAGS)
		return "path of the reference has an unknown flag";
	if (!all_zero(reference->path + reference->path_length,
		      KANARY_MODEL_REFERENCE_PATH - reference->path_length))
		return "path of the reference is followed by bytes other than 0";
	if (!all_zero(reference->reserved, sizeof(reference->reserved)))
		return "reserved bytes of the reference are not 0";
	return NULL;
}

static const char *check_body(const struct kanary_model *model)
{
	const char *why;

	why = check_inputs(model);
	if (!why)
		why = check_codebook(model);
	if (!why)
		why = check_layer(&model->encode);
	if (!why)
		why = check_layer(&model->decode);
	if (!why)
		why = check_knots(model->process_knot, model->header->knots);
	if (!why)
		why = check_sequence(model, &model->sequence);
	if (!why)
		why = check_sequence(model, &model->container);
	if (!why)
		why = check_histogram(model, &model->paths);
	if (!why)
		why = kanary_name_head_check(&model->names);
	if (!why && model->name_knot)
		why = check_knots(model->name_knot, model->header->knots);
	if (!why)
		why = check_grams(model);
	if (!why && model->task_knot)
		why = check_knots(model->task_knot, model->header->knots);
	if (!why)
		why = check_kinds(model);
	if (!why)
		why = check_reference(model->reference);
	return why;
}

const char *kanary_model_parse(struct kanary_model *model, const void *file, size_t size)
{
	const struct kanary_model_header *header = file;
	struct kanary_model parsed;
	const char *why;

	why = check_envelope(header, size);
	if (!why)
		why = check_name(header);
	if (!why)
		why = check_header(header);
	if (!why)
		why = check_dimensions(header);
	if (why)
		return why;
	if (kanary_model_size(header) != size)
		return "size of the model does not follow from its dimensions";
	kanary_model_layout(&parsed, file);
	why = check_body(&parsed);
	if (!why)
		*model = parsed;
	return why;
}
