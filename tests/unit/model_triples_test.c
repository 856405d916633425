/* SPDX-License-Identifier: GPL-2.0 */
/* Model files with a triples head: what is wrong with one is said, and none is run. */
#include "model_patient.h"
#include "score.h"

#include <stdlib.h>

static const char inputs[] = "inputs of the triples head are no power of 2 from 4 to 256";
static const char code[] = "code of the triples head is odd or out of range (2 to 192)";
static const char stray[] = "model without a triples head has dimensions of one";
static const char size[] = "size of the model does not follow from its dimensions";

static void refuses_bad_dimensions(void **state)
{
	struct kanary_model_header *header;
	struct model_patient patient;

	model_patient_admit_whole(&patient, 0, 0, 0, 8);
	header = patient.header;
	assert_int_equal(header->flags, KANARY_MODEL_PROCESS | KANARY_MODEL_TRIPLES);
	SICK(inputs, header->triples_inputs = 0);
	SICK(inputs, header->triples_inputs = 1);
	SICK(inputs, header->triples_inputs = 2);
	SICK(inputs, header->triples_inputs = 6);
	SICK(inputs, header->triples_inputs = 9);
	SICK(inputs, header->triples_inputs = 192);
	SICK(inputs, header->triples_inputs = 512);
	SICK(inputs, header->triples_inputs = 32768);
	SICK(inputs, header->triples_inputs = 65535);
	SICK(code, header->triples_code = 0);
	SICK(code, header->triples_code = 5);
	SICK(code, header->triples_code = 193);
	SICK(code, header->triples_code = 194);
	SICK(code, header->triples_code = 65534);
	SICK(stray, header->flags &= ~(u32)KANARY_MODEL_TRIPLES);
	SICK(stray, header->flags &= ~(u32)KANARY_MODEL_TRIPLES, header->triples_inputs = 0);
	SICK(stray, header->flags &= ~(u32)KANARY_MODEL_TRIPLES, header->triples_code = 0);
	SICK(size, header->flags &= ~(u32)KANARY_MODEL_TRIPLES, header->triples_code = 0,
	     header->triples_inputs = 0);
	SICK(size, header->triples_inputs = 4);
	SICK(size, header->triples_inputs = 256);
	SICK(size, header->triples_code = 2);
	SICK(size, header->triples_code = 192);
	model_patient_discharge(&patient);

	model_patient_admit(&patient, 0, 0);
	header = patient.header;
	SICK(inputs, header->flags |= KANARY_MODEL_TRIPLES);
	SICK(code, header->flags |= KANARY_MODEL_TRIPLES, header->triples_inputs = 4);
	SICK(stray, header->triples_inputs = 4);
	SICK(stray, header->triples_code = 2);
	model_patient_discharge(&patient);
}

static void refuses_bad_knots(struct model_patient *shared, const struct kanary_model_knot *knots)
{
	struct kanary_model_knot *knot = (struct kanary_model_knot *)knots;
	struct model_patient patient = *shared;
	u32 last = patient.header->knots - 1u;

	SICK("calibration goes beyond a surprise of 100", knot[last].surprise = 25601);
	SICK("errors of the calibration do not ascend", knot[1].error = knot[0].error);
	SICK("errors of the calibration do not ascend", knot[last].error = 0);
	SICK("surprise of the calibration does not ascend", knot[0].surprise = 25600);
}

/* With memories and without: what is combined has a curve of its own in either case. */
static void refuses_bad_sections(void **state)
{
	struct model_patient patient;
	unsigned int items;

	for (items = 0; items <= 3; items += 3) {
		model_patient_admit_whole(&patient, 2, 3, items, 8);
		model_patient_refuses_bad_layer(&patient, &patient.model.triples.encode);
		model_patient_refuses_bad_layer(&patient, &patient.model.triples.decode);
		refuses_bad_knots(&patient, patient.model.triples.knot);
		refuses_bad_knots(&patient, patient.model.task_knot);
		model_patient_discharge(&patient);
	}
}

static void smallest_and_largest_are_accepted(void **state)
{
	static const unsigned int shapes[][2] = { { 4, 2 }, { 256, 192 }, { 4, 192 }, { 256, 2 } };
	struct kanary_model_reference *reference;
	struct kanary_score_container *container;
	struct kanary_score_stream *stream;
	struct model_fixture fixture;
	unsigned int i;
	void *scratch;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		/* as long as they say, so that any access beyond shows */
		model_fixture_create_whole(&fixture, 1, &(struct model_fixture_shape){
			.inputs = 4, .code = 2, .triples_inputs = shapes[i][0],
			.triples_code = shapes[i][1] });
		assert_int_equal(fixture.model.triples.encode.rows, shapes[i][1]);
		assert_int_equal(fixture.model.triples.decode.rows, shapes[i][0]);
		stream = malloc(kanary_score_stream_size(&fixture.model));
		scratch = malloc(kanary_score_scratch_size(&fixture.model));
		container = malloc(kanary_score_container_size(&fixture.model) + 1);
		assert_true(kanary_score_reference(&fixture.model, stream, container, scratch));
		/* its verdict is part of the file */
		reference = (struct kanary_model_reference *)fixture.model.reference;
		assert_true(reference->verdict.triples_error > 0);
		reference->verdict.triples_error ^= 1;
		assert_false(kanary_score_reference(&fixture.model, stream, container, scratch));
		free(stream);
		free(scratch);
		free(container);
		model_fixture_destroy(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_bad_dimensions),
		cmocka_unit_test(refuses_bad_sections),
		cmocka_unit_test(smallest_and_largest_are_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
