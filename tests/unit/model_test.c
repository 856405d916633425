/* SPDX-License-Identifier: GPL-2.0 */
/* Hostile model files: every one is refused with a sentence, and none is run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model_patient.h"
#include "score.h"

static void refuses_bad_headers(void **state)
{
	static const char bad_name[] = "profile name has a character other than A-Z a-z 0-9 . _ -";
	static const char no_process[] = "model has no process head";
	struct kanary_model_header *header;
	struct model_patient patient;

	model_patient_admit(&patient, 2, 3);
	header = patient.header;
	SICK("not a Kanary model", header->magic[0] = 'X');
	SICK("not a Kanary model", header->magic[7] = '\r');
	SICK("model is of another format version", header->version++);
	SICK("model is of another format version", header->version = 0);
	SICK("model is cut off: it says that it is longer", header->size += 8);
	SICK("model is cut off: it says that it is longer", header->size = UINT32_MAX);
	SICK("model has bytes beyond the size that it says", header->size -= 8);
	SICK("model has bytes beyond the size that it says", header->size = 0);
	SICK("profile name is empty", memset(header->name, 0, 32));
	SICK("profile name is not terminated", memset(header->name, 'a', 32));
	SICK("profile name is followed by bytes other than 0", header->name[31] = 'a');
	SICK(bad_name, header->name[2] = ' ');
	SICK(bad_name, header->name[2] = '\n');
	SICK(bad_name, header->name[2] = '/');
	SICK(bad_name, header->name[2] = (char)0xff);
	SICK("model has unknown flags", header->flags |= 512);
	SICK("model has unknown flags", header->flags |= 1u << 31);
	SICK(no_process, header->flags &= ~(u32)KANARY_MODEL_PROCESS);
	SICK("reserved bytes of the header are not 0", header->reserved = 1);
	SICK("reserved bytes of the header are not 0", header->sequence.reserved = 1);
	SICK("reserved bytes of the header are not 0", header->container.reserved = 1);
	SICK("number of kinds of processes is out of range (up to 64)", header->kinds = 65);
	SICK("codebook is out of range (up to 128 codewords)", header->codebook = 129);
	SICK("model without a codebook has a gate for one", header->codebook = 0);
	SICK("value of a codeword is out of range (-32767 to 32767)",
	     ((s16 *)patient.model.codeword)[3] = -32768);
	SICK("period is out of range (16 to 32768 calls)", header->period = 15);
	SICK("period is out of range (16 to 32768 calls)", header->period = 32769);
	SICK("decay limit is less than a period", header->decay_limit = header->period - 1);
	SICK("decay limit is out of range (up to 2147483647 calls)",
	     header->decay_limit = 0x80000000);
	SICK("threshold is out of range (above 0, up to 100)", header->threshold = 0);
	SICK("threshold is out of range (above 0, up to 100)", header->threshold = 25601);
	SICK("critical threshold is out of range (the threshold, up to 100)",
	     header->critical_threshold = header->threshold - 1);
	SICK("critical threshold is out of range (the threshold, up to 100)",
	     header->critical_threshold = 25601);
	SICK("alert budget is 0", header->budget = 0);
	SICK("budget of critical alerts is less than that of alerts",
	     header->critical_budget = header->budget - 1);
	SICK("model says that it was trained on nothing", header->vectors = 0);

	header->decay_limit = 0;
	model_patient_accepted(&patient);
	header->decay_limit = 0x7fffffff;
	model_patient_accepted(&patient);
	header->threshold = 25600;
	header->critical_threshold = 25600;
	header->critical_budget = header->budget;
	model_patient_accepted(&patient);
	model_patient_discharge(&patient);
}

static void refuses_bad_dimensions(void **state)
{
	static const char inputs[] = "number of inputs is out of range (4 to 256)";
	static const char code[] = "width of the code is out of range (2 to 64)";
	static const char knots[] = "number of calibration points is out of range (2 to 64)";
	static const char hidden[] = "number of hidden units is out of range (2 to 128)";
	static const char steps[] = "number of steps is out of range (1 to 64)";
	static const char stride[] = "stride is out of range (1 to the number of steps)";
	static const char stray[] = "model without a sequence head has dimensions of one";
	static const char size[] = "size of the model does not follow from its dimensions";
	struct kanary_model_header *header;
	struct model_patient patient;

	model_patient_admit(&patient, 2, 3);
	header = patient.header;
	SICK(inputs, header->inputs = 0);
	SICK(inputs, header->inputs = 2);
	SICK(inputs, header->inputs = 258);
	SICK(inputs, header->inputs = 65535);
	SICK("number of inputs is odd", header->inputs = 7);
	SICK(code, header->code = 0);
	SICK(code, header->code = 66);
	SICK("width of the code is odd", header->code = 3);
	SICK(knots, header->knots = 1);
	SICK(knots, header->knots = 65);
	SICK(hidden, header->sequence.hidden = 0);
	SICK(hidden, header->sequence.hidden = 130);
	SICK(hidden, header->sequence.hidden = 65535);
	SICK("number of hidden units is odd", header->sequence.hidden = 3);
	SICK(steps, header->sequence.steps = 0);
	SICK(steps, header->sequence.steps = 65);
	SICK(stride, header->sequence.stride = 0);
	SICK(stride, header->sequence.stride = 4);
	SICK(stray, header->flags &= ~(u32)KANARY_MODEL_SEQUENCE);
	SICK(hidden, header->container.hidden = 0);
	SICK(hidden, header->container.hidden = 130);
	SICK(steps, header->container.steps = 65);
	SICK(stride, header->container.stride = 3);
	SICK(stray, header->flags &= ~(u32)KANARY_MODEL_CONTAINER);
	SICK(size, header->container.hidden = 4);
	SICK(size, header->kinds = 0);
	SICK(size, header->inputs = 256);
	SICK(size, header->sequence.hidden = 128);
	SICK(size, header->code = 2);
	SICK(size, header->knots++);
	header->sequence.steps = 64;
	model_patient_accepted(&patient);
	model_patient_discharge(&patient);

	model_patient_admit(&patient, 0, 0);
	header = patient.header;
	SICK(stray, header->sequence.hidden = 2);
	SICK(stray, header->sequence.steps = 2);
	SICK(stray, header->sequence.stride = 1);
	SICK(hidden, header->flags |= KANARY_MODEL_SEQUENCE);
	SICK(stray, header->container.steps = 2);
	SICK(hidden, header->flags |= KANARY_MODEL_CONTAINER);
	model_patient_discharge(&patient);
}

static void refuses_bad_sections(void **state)
{
	static const char map[] = "feature map leads beyond the inputs";
	static const char beyond[] = "calibration goes beyond a surprise of 100";
	static const char errors[] = "errors of the calibration do not ascend";
	static const char surprise[] = "surprise of the calibration does not ascend";
	static const char process[] = "weight of a process error is too large";
	static const char sequence[] = "weight of a sequence error is too large";
	static const char label[] = "label of a kind of process is not a printable name";
	static const char centroid[] =
		"centroid of a kind of process is out of range (0 to 32767)";
	struct kanary_model_knot *knot;
	struct kanary_model_kind *kind;
	struct model_patient patient;
	u16 *feature;
	u32 *weight;
	u32 last;

	model_patient_admit(&patient, 2, 3);
	feature = (u16 *)patient.model.feature;
	SICK(map, feature[0] = 6);
	SICK(map, feature[KANARY_BINS - 1] = 65535);
	weight = (u32 *)patient.model.process_weight;
	SICK(process, weight[5] = KANARY_MODEL_WEIGHT_MAX + 1);
	weight[0] = KANARY_MODEL_WEIGHT_MAX;
	model_patient_accepted(&patient);
	weight = (u32 *)patient.model.sequence.weight;
	SICK(sequence, weight[0] = UINT32_MAX);
	weight = (u32 *)patient.model.container.weight;
	SICK(sequence, weight[5] = UINT32_MAX);
	kind = (struct kanary_model_kind *)patient.model.kind;
	SICK(label, kind[1].label[0] = '\0');
	SICK(label, kind[1].label[0] = '\n');
	SICK(label, kind[2].label[2] = ' ');
	SICK(label, kind[2].label[2] = (char)0x80);
	SICK(label, memset(kind[0].label, 'a', KANARY_COMM_SIZE));
	SICK("label of a kind of process is followed by bytes other than 0",
	     kind[0].label[KANARY_COMM_SIZE - 1] = 'a');
	SICK("kind of process was learned from none", kind[2].processes = 0);
	SICK(centroid, ((s16 *)patient.model.centroid)[17] = -1);
	SICK("padding of the centroids is not 0", ((s16 *)patient.model.centroid)[18] = 1);

	model_patient_refuses_bad_layer(&patient, &patient.model.encode);
	model_patient_refuses_bad_layer(&patient, &patient.model.decode);
	model_patient_refuses_bad_layer(&patient, &patient.model.sequence.encoder);
	model_patient_refuses_bad_layer(&patient, &patient.model.sequence.decoder);
	model_patient_refuses_bad_layer(&patient, &patient.model.sequence.output);
	model_patient_refuses_bad_layer(&patient, &patient.model.container.encoder);
	model_patient_refuses_bad_layer(&patient, &patient.model.container.decoder);
	model_patient_refuses_bad_layer(&patient, &patient.model.container.output);

	last = patient.header->knots - 1u;
	knot = (struct kanary_model_knot *)patient.model.process_knot;
	SICK(beyond, knot[last].surprise = 25601);
	SICK(errors, knot[1].error = knot[0].error);
	SICK(errors, knot[last].error = 0);
	SICK(surprise, knot[0].surprise = 25600);
	knot = (struct kanary_model_knot *)patient.model.sequence.knot;
	SICK(beyond, knot[0].surprise = UINT32_MAX);
	SICK(errors, knot[last].error = knot[last - 1].error);
	knot = (struct kanary_model_knot *)patient.model.container.knot;
	SICK(surprise, knot[0].surprise = 25600);
	model_patient_discharge(&patient);
}

static void refuses_bad_references(void **state)
{
	static const char length[] = "length of the reference vector is out of range (1 to 32)";
	static const char repeat[] =
		"repetitions of the reference vector are out of range (1 to 128)";
	static const char behind[] = "reference vector is followed by bytes other than 0";
	struct kanary_model_reference *reference;
	struct model_patient patient;

	model_patient_admit(&patient, 2, 3);
	reference = (struct kanary_model_reference *)patient.model.reference;
	assert_in_range(reference->length, 2, 31);
	SICK(length, reference->length = 0);
	SICK(length, reference->length = 33);
	SICK(length, reference->length = UINT32_MAX);
	SICK(repeat, reference->repeat = 0);
	SICK(repeat, reference->repeat = 129);
	SICK("bin of the reference vector is out of range",
	     reference->counts[0].bin = KANARY_VECTOR_BINS);
	SICK("bins of the reference vector do not ascend",
	     reference->counts[1].bin = reference->counts[0].bin);
	SICK("reference vector has a count of 0", reference->counts[0].count = 0);
	SICK(behind, reference->counts[31].bin = 1);
	SICK(behind, reference->length--);
	model_patient_discharge(&patient);
}

static void refuses_other_sizes(void **state)
{
	static const char sentence[] = "size of the model does not follow from its dimensions";
	struct kanary_model_header *header;
	struct model_patient patient;
	const char *why;
	size_t size;
	void *cut;

	model_patient_admit(&patient, 2, 3);
	for (size = 0; size < patient.fixture.size; size++) {
		/* exactly as long as it claims to be, so that any read beyond shows */
		cut = malloc(size ? size : 1);
		memcpy(cut, patient.pristine, size);
		assert_non_null(model_patient_parse(cut, size));
		if (size >= sizeof(*header)) {
			header = cut;
			header->size = (u32)size;
			model_fixture_seal(cut, size);
			why = model_patient_parse(cut, size);
			assert_non_null(why);
			assert_string_equal(why, sentence);
		}
		free(cut);
	}
	size = KANARY_MODEL_SIZE_MAX + 8;
	cut = calloc(1, size);
	memcpy(cut, patient.pristine, patient.fixture.size);
	assert_string_equal(model_patient_parse(cut, size), "model is larger than 4 MiB");
	assert_string_equal(model_patient_parse(cut, patient.fixture.size + 8),
			    "model has bytes beyond the size that it says");
	free(cut);
	model_patient_discharge(&patient);
}

/* Each bit flipped: the checksum sees it. And where the flip is sealed in, whatever passes runs. */
static void survives_every_flipped_bit(void **state)
{
	static const char damaged[] = "model is damaged: its checksum does not match";
	struct kanary_score_container *container;
	struct kanary_score_stream *stream;
	unsigned int passed = 0;
	struct model_patient patient;
	struct kanary_model *model;
	size_t size, bit;
	void *scratch;
	u8 *bytes;

	model_patient_admit(&patient, 2, 3);
	bytes = patient.fixture.file;
	size = patient.fixture.size;
	model = &patient.fixture.model;
	stream = malloc(8192);
	container = malloc(8192);
	scratch = malloc(65536);
	for (bit = 0; bit < 8 * size; bit++) {
		bytes[bit / 8] ^= (u8)(1 << bit % 8);
		if (bit / 8 < 16)
			assert_non_null(model_patient_parse(bytes, size));
		else
			assert_string_equal(model_patient_parse(bytes, size), damaged);
		model_fixture_seal(bytes, size);
		if (!kanary_model_parse(model, bytes, size)) {
			assert_true(kanary_score_stream_size(model) <= 8192);
			assert_true(kanary_score_container_size(model) <= 8192);
			assert_true(kanary_score_scratch_size(model) <= 65536);
			kanary_model_prepare(model, patient.fixture.packed);
			kanary_score_reference(model, stream, container, scratch);
			passed++;
		}
		memcpy(bytes, patient.pristine, size);
	}
	/* bits of weights mostly pass, so the flips reach the arithmetic */
	assert_in_range(passed, 1000, 8 * size);
	free(stream);
	free(container);
	free(scratch);
	model_patient_discharge(&patient);
}

static void runs_its_reference(void **state)
{
	static const unsigned int shapes[][2] = { { 2, 3 }, { 0, 0 }, { 16, 8 } };
	struct kanary_model_reference *reference;
	struct kanary_score_container *container;
	struct kanary_score_stream *stream;
	struct model_patient patient;
	struct kanary_model *model;
	void *scratch;
	unsigned int i;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		model_patient_admit(&patient, shapes[i][0], shapes[i][1]);
		model = &patient.fixture.model;
		stream = malloc(kanary_score_stream_size(model));
		scratch = malloc(kanary_score_scratch_size(model));
		container = malloc(kanary_score_container_size(model) + 1);
		assert_true(kanary_score_reference(model, stream, container, scratch));
		reference = (struct kanary_model_reference *)model->reference;
		reference->verdict.process_error ^= 1;
		assert_false(kanary_score_reference(model, stream, container, scratch));
		free(stream);
		free(container);
		free(scratch);
		model_patient_discharge(&patient);
	}
}

/* The trainer lays its file out with the same functions. */
static void largest_model_fits(void **state)
{
	const struct model_fixture_shape shape = {
		.inputs = 256, .code = 64, .sequence = { 128, 64, 64, 0 },
		.container = { 128, 64, 64, 0 }, .kinds = KANARY_MODEL_KINDS_MAX,
		.paths_inputs = 256, .paths_code = KANARY_MODEL_HISTOGRAM_CODE_MAX,
	};
	struct kanary_model_header header;
	struct model_fixture fixture;

	model_fixture_create_whole(&fixture, 3, &shape);
	assert_in_range(fixture.size, 1000000, KANARY_MODEL_SIZE_MAX / 2);
	assert_ptr_equal((u8 *)fixture.model.reference + sizeof(*fixture.model.reference),
			 (u8 *)fixture.file + fixture.size);
	/* with the tables that hold as much as ever they may */
	header = *fixture.model.header;
	header.codebook = KANARY_MODEL_CODEBOOK_MAX;
	header.knots = KANARY_MODEL_KNOTS_MAX;
	header.grams.states = KANARY_MODEL_STATES_MAX;
	assert_in_range(kanary_model_size(&header), 2000000, KANARY_MODEL_SIZE_MAX);
	model_fixture_destroy(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_bad_headers),
		cmocka_unit_test(refuses_bad_dimensions),
		cmocka_unit_test(refuses_bad_sections),
		cmocka_unit_test(refuses_bad_references),
		cmocka_unit_test(refuses_other_sizes),
		cmocka_unit_test(survives_every_flipped_bit),
		cmocka_unit_test(runs_its_reference),
		cmocka_unit_test(largest_model_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
