"""fake: a WeCom of our own that enforces the table of facts, for tests and for rehearsing a launch.
It keeps everything in memory, its clock can be turned, and people act in it through the doors under /fake/.
"""
