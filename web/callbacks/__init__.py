"""Where providers call us: each address is unguessable, and what is not signed with its own secret is not read.
A call is stored as signals and answered at once; nothing is sent from here.
"""
