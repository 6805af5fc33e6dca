"""What is read from a company's WeCom and done there besides messages, little by little and by whichever worker comes first.
No call is made inside a transaction, and whatever was under way when a worker died is taken up by another.
"""
