#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What paths tell of the WordPress recordings, as it was measured before, within 0.002:
# who moves a baseline has changed the protocol, who moves paths has changed the model.
#
#	HIDS_DOCKER=FILE.tar.zst [BUILD=DIR] tests/check/paths.sh
set -euo pipefail
top=$(dirname "$(readlink -f "$0")")/../..
build=$(realpath -m "${BUILD:-$top/build}")

if [ ! -e "${HIDS_DOCKER:-}" ]; then
	echo "the WordPress recordings are not here: say HIDS_DOCKER=FILE.tar.zst (README.md tells where they are to be had)"
	exit 77
fi
archive=$(realpath "$HIDS_DOCKER")
make --no-print-directory -C "$top" user BUILD="$build" >/dev/null
json=$("$build/kanary" bench-paths "$archive" --json --paths-only)
wrong=$(jq -r '
	def near(what; seen; expected): select((seen - expected | fabs) > 0.002) |
		"\(what): \(seen) instead of \(expected)";
	near("normal recordings"; .normal; 98),
	near("recordings with an attack"; .attack; 100),
	near("groups"; .groups; 10),
	near("share, splits"; .splits.never_seen_share.auc; 0.884),
	near("count, splits"; .splits.never_seen_count.auc; 0.788),
	near("sum of path names, splits"; .splits.path_names_sum.auc; 0.718),
	near("path names, splits"; .splits.path_names.auc; 0.659),
	near("share, groups"; .groups_left_out.never_seen_share.auc; 0.701),
	near("count, groups"; .groups_left_out.never_seen_count.auc; 0.323),
	near("sum of path names, groups"; .groups_left_out.path_names_sum.auc; 0.254),
	near("path names, groups"; .groups_left_out.path_names.auc; 0.373)
	' <<<"$json")
[ -z "$wrong" ] || { echo "$wrong"; exit 1; }
