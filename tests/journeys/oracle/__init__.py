"""The oracle walks one subject through the `transitions` machine of a definition, as the rules are written.
It reads nothing of the kernel, so that an error would have to be made twice to stay hidden.
"""
