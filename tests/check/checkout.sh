#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make check-kernels works wherever the checkout lies, and its table names the cause of a failure.
# No kernel is fetched, built or booted: scripts that would are replaced in copies of the checkout.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
[ "$(id -u)" -eq 0 ] || { echo "it mounts, and wants root"; exit 77; }
work=$(mktemp -d /tmp/kanary-check.XXXXXX)
shared=$(mktemp -d /dev/shm/kanary-check.XXXXXX)
trap 'rm -rf "$work" "$shared"' EXIT
wrong=0

complain() {
	echo "$*"
	wrong=1
}

# stub FILE LINE...: a script that does just that
stub() {
	local file=$1

	shift
	printf '%s\n' '#!/bin/bash' "$@" >"$file"
	chmod +x "$file"
}

# checkout DIR: as much of it as check-kernels wants
checkout() {
	mkdir -p "$1/tools/vm" "$1/tests/vm"
	cp tools/vm/{inside,plain}.sh "$1/tools/vm/"
	cp tests/kernels.sh "$1/tests/"
	touch "$1/tests/vm/core.sh"
	stub "$1/tools/install-packages"
	stub "$1/tests/vm/build_status.sh"
	stub "$1/tools/vm/kernel.sh" 'echo "RELEASE=1.2.3 KDIR=/none BUILDER=\"$PWD/tools/vm/inside.sh $TREE\""'
	stub "$1/tools/vm/run.sh" '[ -z "${GUEST:-}" ] || { echo "$GUEST"; exit 1; }
		while [ "$1" != --files ]; do shift; done; files=$2
		while [ "$1" != --out ]; do shift; done; mkdir -p "$2/models"
		cp "$files/models/kernel" "$2/models/" 2>/dev/null || basename "${2%/out}" >"$2/models/kernel"
		echo "{\"kernel\": \"1.2.3\", \"trained\": \"$(cat "$2/models/kernel")\"}" >"$2/core.json"'
	# As Kanary's own, it cannot do with a blank in the folder's name.
	printf '%s\n' 'user:' $'\tmkdir -p $(BUILD) && touch $(CURDIR)/$(BUILD)/kanary{,-model}' 'SHELL := bash' \
		'module:' $'\t@test ! -e broken || { echo "kmod/hook.c:7:1: error: no | such thing"; exit 1; }' \
		$'\tmkdir -p $(CURDIR)/$(BUILD) && touch $(CURDIR)/$(BUILD)/kanary.ko' \
		$'\ttest "$(CURDIR)" = /checkout' >"$1/Makefile"
}

# A tree of another Debian: this one's programs are enough.
make_tree() {
	mkdir -p "$TREE"/{usr,proc,dev,tmp}
	for directory in bin sbin lib lib64; do
		ln -s "usr/$directory" "$TREE/$directory"
	done
}

# kernels DIR [NAME]: check-kernels in that checkout, one kernel; what it said is in said
kernels() {
	export NAME=${2:-trixie-backports/linux-image-amd64}
	said=$(cd "$1" && unshare --mount bash -euc 'mount --rbind /usr "$TREE/usr"; exec tests/kernels.sh "$NAME"' 2>&1)
}

# works DIR
works() {
	checkout "$1"
	kernels "$1" && [[ $said == *"1 passed, 0 failed"* ]] || complain "in '$1': $said"
	[ -e "$1/build/kernels/1.2.3/kanary.ko" ] || complain "in '$1': the module is not there"
	! compgen -G '/tmp/kanary-checkout.*' >/dev/null || complain "in '$1': its folder below /tmp is left behind"
}

# names CAUSE: the table of a run that fails has it
names() {
	local table=$work/plain/build/kernels/table.md

	rm -f "$table"
	! kernels "$work/plain" || complain "it passes, in spite of: $1"
	grep -qF "| **fails**, $1 |" "$table" || complain "the table does not say '$1': $(cat "$table"): $said"
}

# hands_over: all kernels that are asked for are given the models of the first
hands_over() {
	local rows first=trixie-backports-linux-image-cloud-amd64

	kernels "$work/plain" trixie-backports || complain "two kernels: $said"
	rows=$(grep -c "| $first |" "$work/plain/build/kernels/table.md") || :
	[ "$rows" = 2 ] ||
		complain "$rows of 2 kernels have the models of $first: $(cat "$work/plain/build/kernels/table.md")"
}

export TREE=$work/tree
make_tree
works "$work/plain"
works "$work/with two blanks"
works "$work/quote's \$HOME (1)"
works "$shared/below dev"
hands_over
touch "$work/plain/broken"
names 'building the module: kmod/hook.c:7:1: error: no \| such thing'
rm "$work/plain/broken"
GUEST='core.sh:12: not within 60 s: alerted' names 'in the guest: core.sh:12: not within 60 s: alerted'
GUEST='kanary: run.sh: no end after 600 s' names 'in the guest: kanary: run.sh: no end after 600 s'
stub "$work/plain/tools/vm/kernel.sh" 'echo "kanary: apt knows no linux-image-amd64" >&2; exit 1'
names 'getting the kernel: kanary: apt knows no linux-image-amd64'
exit $wrong
