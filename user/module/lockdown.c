// SPDX-License-Identifier: GPL-2.0
#include "lockdown.h"

#include <stdio.h>
#include <string.h>

bool kanary_lockdown_engaged(void)
{
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	char line[128] = "";
	bool engaged;

	/* Such as "none [integrity] confidentiality"; without the file it was not built in. */
	engaged = file && fgets(line, sizeof(line), file) && strchr(line, '[') &&
		  !strstr(line, "[none]");
	if (file)
		fclose(file);
	return engaged;
}
