# SPDX-License-Identifier: GPL-2.0
# Wrong command lines: one clear line each.
# shellcheck shell=bash

test_help()
{
	lab help
	expect_status 0
	grep -q '^usage: lab/vm' out || fail "usage expected"
}

test_list()
{
	lab list
	expect_status 0
	[ "$(cut -d ' ' -f 1 out | paste -sd ' ')" = "6.1 6.12 7.3" ] || fail "three kernels expected"
}

test_unknown_words()
{
	lab dance
	expect_refusal "unknown subcommand 'dance'"
	lab run --dance -- true
	expect_refusal "unknown option '--dance'"
	lab fetch --icount 6.1
	expect_refusal "unknown option '--icount'"
	lab list 6.1
	expect_refusal "list takes no argument"
}

test_missing_words()
{
	lab run
	expect_refusal "run needs a command"
	lab run -k
	expect_refusal "-k needs a value"
	lab fetch
	expect_refusal "fetch takes one kernel"
	lab build
	expect_refusal "build takes a folder"
	lab shell
	expect_refusal "shell needs a terminal"
}

test_bad_numbers()
{
	lab run -c 0 -- true
	expect_refusal "-c takes a number from 1"
	lab run -m lots -- true
	expect_refusal "-m takes a number"
	lab run --timeout -5 -- true
	expect_refusal "--timeout takes a number"
	lab run --numa 9 -- true
	expect_refusal "--numa takes a number from 1 to 8"
	lab run --numa 8 -m 200 -- true
	expect_refusal "--numa 8 needs at least -m 768"
}

test_unknown_kernel()
{
	lab run -k 2.4 -- true
	expect_refusal "no kernel '2.4'; take one of: 6.1 6.12 7.3"
	mkdir tree
	lab run -k tree -- true
	expect_refusal "tree is not a kernel tree that was built"
}

test_kernel_without_options()
{
	mkdir -p tree/include/generated tree/arch/x86/boot
	echo '#define UTS_RELEASE "6.0.0-own"' >tree/include/generated/utsrelease.h
	touch tree/Module.symvers tree/arch/x86/boot/bzImage
	echo CONFIG_MODULES=y >tree/.config
	lab run -k tree -- true
	expect_refusal "lacks BLK_DEV_INITRD .* VIRTIO_BLK"
}

test_bad_share()
{
	lab run --share nowhere -- true
	expect_refusal "there is no folder 'nowhere'"
}

test_bad_module_folder()
{
	lab build nowhere
	expect_refusal "there is no folder nowhere"
	mkdir empty
	lab build empty
	expect_refusal "empty holds neither a Kbuild nor a Makefile"
}

test_module_that_does_not_compile()
{
	mkdir broken
	echo 'obj-m := broken.o' >broken/Kbuild
	echo 'int broken(void) { return nonsense; }' >broken/broken.c
	lab build broken
	expect_status 123
	expect_err "nonsense.* undeclared"
	expect_err "^lab/vm: .*/broken does not build for kernel 6.1"
	[ "$(ls -A broken)" = "$(printf 'Kbuild\nbroken.c')" ] || fail "the sources must stay clean"
	rm -rf "$ROOT/build/lab/6.1/broken"
}

test_build_follows_changes()
{
	mkdir one
	echo 'obj-m := one.o' >one/Kbuild
	printf '%s\n' '#include <linux/module.h>' '#include "../number.h"' 'int one = NUMBER;' \
		'MODULE_LICENSE("GPL");' 'MODULE_DESCRIPTION("test");' >one/one.c
	echo '#define NUMBER 1' >number.h
	sed -i "s#\\.\\./#$PWD/#" one/one.c
	lab build one
	expect_status 0
	cp "$(cat out)" before.ko
	lab build one
	[ ! -s err ] || fail "nothing was to be built"
	sleep 0.01
	echo '#define NUMBER 2' >number.h
	lab build one
	! cmp -s before.ko "$(cat out)" || fail "the change of a header was not noticed"
	rm -rf "$ROOT/build/lab/6.1/one"
}
