// SPDX-License-Identifier: GPL-2.0
#include "signature.h"

#include <linux/errno.h>
#include <linux/verification.h>

bool kanary_signature_required;

/* The one place that knows whether this kernel can. */
#ifdef CONFIG_SYSTEM_DATA_VERIFICATION
static int verify(const void *file, u32 size, const void *signature, u32 length)
{
	int ret;

	ret = verify_pkcs7_signature(file, size, signature, length, VERIFY_USE_SECONDARY_KEYRING,
				     VERIFYING_UNSPECIFIED_SIGNATURE, NULL, NULL);
	/* As Debian's kernel does for modules: this is where a machine owner's key is. */
	if (ret == -ENOKEY && IS_ENABLED(CONFIG_INTEGRITY_PLATFORM_KEYRING))
		ret = verify_pkcs7_signature(file, size, signature, length,
					     VERIFY_USE_PLATFORM_KEYRING,
					     VERIFYING_UNSPECIFIED_SIGNATURE, NULL, NULL);
	return ret;
}
#else
static int verify(const void *file, u32 size, const void *signature, u32 length)
{
	return -EOPNOTSUPP;
}
#endif

bool kanary_signature_possible(void)
{
	return IS_ENABLED(CONFIG_SYSTEM_DATA_VERIFICATION);
}

const char *kanary_signature_state(void)
{
	if (!kanary_signature_possible())
		return "impossible";
	return kanary_signature_required ? "required" : "optional";
}

int kanary_signature_check(const void *file, u32 size, const void *signature, u32 length,
			   const char **why)
{
	int ret;

	if (!signature) {
		*why = "this module takes signed models only: kanary load --signature FILE";
		return kanary_signature_required ? -EKEYREJECTED : 0;
	}
	ret = verify(file, size, signature, length);
	switch (ret) {
	case 0:
		return 0;
	case -EOPNOTSUPP:
		*why = "this kernel cannot check signatures: it lacks SYSTEM_DATA_VERIFICATION";
		return ret;
	case -ENOMEM:
		*why = "no memory for the signature";
		return ret;
	case -ENOKEY:
		*why = "the model is signed with a key that the kernel does not trust";
		return ret;
	case -ENOPKG:
		*why = "the signature is of a kind that the kernel does not know";
		return ret;
	case -EKEYREJECTED:
		*why = "the signature is not one of this model, or its key is revoked";
		return ret;
	default:
		*why = "the signature is no detached PKCS#7 signature in DER";
		return -EBADMSG;
	}
}
