"""Code samples of pages, run for real against the mock: what each sends, beside what its page says that it sends.

A child process imports from here with nothing but the standard library: modules are imported by name, none from here.
"""
