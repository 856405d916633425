/* SPDX-License-Identifier: GPL-2.0 */
/* Model files with histogram heads: what is wrong with one is said, and none is run. */
#include "model_patient.h"
#include "score.h"

#include <stdlib.h>

static const char inputs[] = "inputs of a histogram head are no power of 2 from 4 to 256";
static const char code[] = "code of a histogram head is odd or out of range (2 to 192)";
static const char paths_code[] = "code of the path histogram head is out of range (2 to 128)";
static const char stray[] = "model without a histogram head has dimensions of one";
static const char size[] = "size of the model does not follow from its dimensions";

/* A head's dimensions in the header. */
struct shape {
	u16 *inputs;
	u16 *code;
	u32 flag;
};

static struct shape shape_of(struct kanary_model_header *header, unsigned int head)
{
	if (head)
		return (struct shape){ &header->paths_inputs, &header->paths_code,
				       KANARY_MODEL_PATH_HISTOGRAM };
	return (struct shape){ &header->triples_inputs, &header->triples_code,
			       KANARY_MODEL_TRIPLES };
}

static void refuses_bad_dimensions_of(unsigned int head)
{
	struct kanary_model_header *header;
	struct model_patient patient;
	struct shape shape;

	model_patient_admit_whole(&patient, 0, 0, 8);
	header = patient.header;
	shape = shape_of(header, head);
	assert_int_equal(header->flags, KANARY_MODEL_PROCESS | KANARY_MODEL_TRIPLES |
			 KANARY_MODEL_PATH_HISTOGRAM);
	SICK(inputs, *shape.inputs = 0);
	SICK(inputs, *shape.inputs = 1);
	SICK(inputs, *shape.inputs = 2);
	SICK(inputs, *shape.inputs = 6);
	SICK(inputs, *shape.inputs = 9);
	SICK(inputs, *shape.inputs = 192);
	SICK(inputs, *shape.inputs = 512);
	SICK(inputs, *shape.inputs = 32768);
	SICK(inputs, *shape.inputs = 65535);
	SICK(code, *shape.code = 0);
	SICK(code, *shape.code = 5);
	SICK(code, *shape.code = 193);
	SICK(code, *shape.code = 194);
	SICK(code, *shape.code = 65534);
	SICK(stray, header->flags &= ~shape.flag);
	SICK(stray, header->flags &= ~shape.flag, *shape.inputs = 0);
	SICK(stray, header->flags &= ~shape.flag, *shape.code = 0);
	SICK(size, header->flags &= ~shape.flag, *shape.code = 0, *shape.inputs = 0);
	SICK(size, *shape.inputs = 4);
	SICK(size, *shape.inputs = 256);
	SICK(size, *shape.code = 2);
	SICK(size, *shape.code = head ? 128 : 192);
	if (head) {
		SICK(paths_code, *shape.code = 130);
		SICK(paths_code, *shape.code = 192);
	}
	model_patient_discharge(&patient);

	model_patient_admit(&patient, 0, 0);
	header = patient.header;
	shape = shape_of(header, head);
	SICK(inputs, header->flags |= shape.flag);
	SICK(code, header->flags |= shape.flag, *shape.inputs = 4);
	SICK(stray, *shape.inputs = 4);
	SICK(stray, *shape.code = 2);
	model_patient_discharge(&patient);
}

static void refuses_bad_dimensions(void **state)
{
	refuses_bad_dimensions_of(0);
	refuses_bad_dimensions_of(1);
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

static void refuses_bad_sections(void **state)
{
	struct model_patient patient;

	model_patient_admit_whole(&patient, 2, 3, 8);
	model_patient_refuses_bad_layer(&patient, &patient.model.triples.encode);
	model_patient_refuses_bad_layer(&patient, &patient.model.triples.decode);
	refuses_bad_knots(&patient, patient.model.triples.knot);
	model_patient_refuses_bad_layer(&patient, &patient.model.paths.encode);
	model_patient_refuses_bad_layer(&patient, &patient.model.paths.decode);
	refuses_bad_knots(&patient, patient.model.paths.knot);
	refuses_bad_knots(&patient, patient.model.task_knot);
	model_patient_discharge(&patient);
}

static void is_accepted(const struct model_fixture_shape *shape)
{
	struct kanary_model_reference *reference;
	struct kanary_score_container *container;
	const struct kanary_model *model;
	struct kanary_score_stream *stream;
	struct model_fixture fixture;
	void *scratch;

	/* as long as they say, so that any access beyond shows */
	model_fixture_create_whole(&fixture, 1, shape);
	model = &fixture.model;
	assert_int_equal(model->triples.encode.rows, shape->triples_code);
	assert_int_equal(model->triples.decode.rows, shape->triples_inputs);
	assert_int_equal(model->paths.encode.rows, shape->paths_code);
	assert_int_equal(model->paths.decode.rows, shape->paths_inputs);
	stream = malloc(kanary_score_stream_size(model));
	scratch = malloc(kanary_score_scratch_size(model));
	container = malloc(kanary_score_container_size(model) + 1);
	assert_true(kanary_score_reference(model, stream, container, scratch));
	/* its verdict is part of the file */
	reference = (struct kanary_model_reference *)model->reference;
	assert_int_equal(!reference->verdict.triples_error, !shape->triples_inputs);
	assert_int_equal(!reference->verdict.path_histogram_error, !shape->paths_inputs);
	reference->verdict.triples_error ^= !!shape->triples_inputs;
	reference->verdict.path_histogram_error ^= !shape->triples_inputs;
	assert_false(kanary_score_reference(model, stream, container, scratch));
	free(stream);
	free(scratch);
	free(container);
	model_fixture_destroy(&fixture);
}

static void smallest_and_largest_are_accepted(void **state)
{
	/* inputs, code of triples, code of paths */
	static const unsigned int shapes[][3] = {
		{ 4, 2, 2 }, { 256, 192, 128 }, { 4, 192, 128 }, { 256, 2, 2 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		is_accepted(&(struct model_fixture_shape){ .inputs = 4, .code = 2,
			.triples_inputs = shapes[i][0], .triples_code = shapes[i][1] });
		is_accepted(&(struct model_fixture_shape){ .inputs = 4, .code = 2,
			.paths_inputs = shapes[i][0], .paths_code = shapes[i][2] });
		is_accepted(&(struct model_fixture_shape){ .inputs = 4, .code = 2,
			.triples_inputs = shapes[i][0], .triples_code = shapes[i][1],
			.paths_inputs = shapes[3 - i][0], .paths_code = shapes[3 - i][2] });
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
