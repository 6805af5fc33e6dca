"""templates_lib: industry templates as files, each a journey with its materials, tags and a README.
A template passes the same checks as any drawing, and a clone owes its template nothing.
"""
