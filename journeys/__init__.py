"""journeys: what a journey is and how a contact moves through it, decided by one pure function.
Only tables.py, drafts.py, moves.py and versions.py know the store; time comes in as `now`, deeds go out as data.
"""
