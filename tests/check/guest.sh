#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tools/vm/run.sh begins again where QEMU ends by itself before the guest's first process, and
# only then. No guest boots: QEMU, the kernel and the image are stubs.
#
#	aborts once, then runs		status of the script, and it is said
#	aborts each time		given up after three times
#	aborts behind the beginning	a failure at once
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0

mkdir "$work/vm" "$work/bin" "$work/files"
cp tools/vm/{run,common}.sh "$work/vm/"
touch "$work/files/script.sh"
cat >"$work/vm/kernel.sh" <<'EOF'
#!/bin/bash
echo "KERNEL_DIR=/none RELEASE=1.2.3 VMLINUZ=/none"
EOF
cat >"$work/vm/image.sh" <<'EOF'
#!/bin/bash
echo "ROOT=/none INITRAMFS=/none"
EOF
# The first $ABORTS times it aborts, with $SAID on the console; then its guest's script ends with 7.
cat >"$work/bin/qemu-system-x86_64" <<'EOF'
#!/bin/bash
echo run >>"$COUNT"
if [ "$(wc -l <"$COUNT")" -le "$ABORTS" ]; then
	echo "$SAID"
	kill -ABRT $$
fi
out=$(grep -o 'file=[^,]*/out,' <<<"$*" | sed 's/file=//; s/,//')
mkdir "${out%/*}/guest"
echo 7 >"${out%/*}/guest/.status"
tar -cf "$out" -C "${out%/*}/guest" .
EOF
chmod +x "$work"/vm/*.sh "$work/bin/qemu-system-x86_64"

# expect ABORTS SAID STATUS RUNS TEXT: what run.sh makes of it
expect() {
	local status=0 runs

	rm -f "$work/count"
	COUNT=$work/count ABORTS=$1 SAID=$2 PATH=$work/bin:$PATH "$work/vm/run.sh" \
		--files "$work/files" --timeout 60 script.sh >"$work/said" 2>&1 || status=$?
	runs=$(wc -l <"$work/count")
	if [ "$status $runs" != "$3 $4" ] || ! grep -qF "$5" "$work/said"; then
		echo "$1 aborts with '$2': status $status after $runs runs, not $3 after $4 and '$5':"
		cat "$work/said"
		wrong=1
	fi
}

expect 1 "qemu: Assertion failed" 7 2 "QEMU aborted before the guest's first process: trying once more"
expect 9 "qemu: Assertion failed" 1 3 "QEMU aborted before the guest's first process: see"
expect 9 "guest-init: ready" 125 1 "the guest died without an answer"
exit "$wrong"
