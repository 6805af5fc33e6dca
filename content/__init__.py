"""content: what is said, namely materials by carrier and their rendering for one contact.
Templates are data in a closed language: nothing a user writes is ever run.
"""
