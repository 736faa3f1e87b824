"""The command line (命令行), a module for each panel of `mingzhang --help`.

Here stand names, parameters and help. What a command needs is imported when it is called, so
that the others begin at once.
"""
