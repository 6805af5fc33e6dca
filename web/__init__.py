"""web: the Flask app, the HTTP API, sign-in and the studio, which uses that API and nothing else.
It reads and writes the store for people and programs; it never advances a contact and never sends.
"""
