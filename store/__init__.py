"""store: the session, the base tables, the column types, and the inbox and outbox that rooms meet in.
It keeps and never decides: every row belongs to a workspace, and nothing of ours is imported.
"""
