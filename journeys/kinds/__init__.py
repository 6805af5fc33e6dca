"""kinds: one file per step kind — its schema, its exits and what it does, decided purely.
A kind sees the walk of one subject and leaves deeds behind; it opens no database and sends nothing."""
