"""`cleat_tap_test`: a program that prints TAP, each case counted as one."""

def cleat_tap_test(name, src, data = [], args = [], tags = [], **kwargs):
    """Makes a test of a program that prints TAP version 13.

    It is run at the top of the tree, as the files of cleat_bats_test are.

    Args:
      name: of the target, by custom NOUN_test.
      src: the program.
      data: programs and files that it uses.
      args: what it is called with.
      tags: of the test: those that touch the kernel have "kernel".
      **kwargs: passed on to sh_test.
    """
    native.sh_test(
        name = name,
        srcs = ["//tools/dev:tap_test.sh"],
        args = ["$(rootpath %s)" % src] + args,
        data = data + [
            src,
            "//tools/dev:tap.awk",
        ],
        tags = tags + ["no-asan"],
        **kwargs
    )
