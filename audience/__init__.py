"""audience: who is on the way, namely contacts, their identities, events, tags, consent and imports.
It knows people and nothing of journeys or messages: what it learns it puts into the inbox.
"""
